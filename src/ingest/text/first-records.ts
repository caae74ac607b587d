import { type RecordForm, RecordScanner, type ScannedRecord } from './record-scanner.js';

export interface FirstRecord {
  readonly fields: readonly string[];
  readonly line: number;
}

export interface FirstRecords {
  readonly records: readonly FirstRecord[];
  /** Records whose quotes do not end where fields do. */
  readonly odd: number;
}

/**
 * The first records of a delimited text as texts, for looking at a file before it is read.
 * @param cut whether the text goes on behind the bytes, so that the last record may not be whole
 */
export function firstRecords(bytes: Uint8Array, form: RecordForm, most: number, cut: boolean): FirstRecords {
  const records: FirstRecord[] = [];
  let odd = 0;
  const scanner = new RecordScanner(form);
  scanner.feed(bytes);
  while (records.length < most && scanner.next(!cut)) {
    if (scanner.odd || scanner.unclosed) odd++;
    if (!scanner.unclosed) records.push({ fields: textsOf(scanner), line: scanner.line });
  }
  return { records, odd };
}

/** The fields of a record as texts. */
export function textsOf(record: ScannedRecord): string[] {
  return Array.from({ length: record.fields }, (_, i) =>
    Buffer.from((record.bytes[i] as Uint8Array).subarray(record.from[i], record.to[i])).toString('utf8'),
  );
}
