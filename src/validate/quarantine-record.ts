import type { ContentHash } from '../base/hash.js';
import type { Row } from '../frame/frame.js';

/** A row that was put away, as it was and why. */
export interface QuarantineEntry {
  readonly kind: 'quarantined';
  readonly id: string;
  readonly source: string;
  /** The snapshot it came with. */
  readonly snapshot: ContentHash;
  /** Where it stood: row and line of the file, from 1. */
  readonly row: number | null;
  readonly line: number | null;
  readonly file: string | null;
  /** Its values; null for a row that could not be read. */
  readonly values: Row | null;
  /** Its text, of a row that could not be read. */
  readonly raw: string | null;
  readonly reasons: readonly string[];
  /** When it was put away, epoch milliseconds. */
  readonly at: number;
}

/** How an entry was resolved. */
export interface Resolution {
  readonly kind: 'resolved';
  readonly id: string;
  readonly as: 'fixed' | 'dropped';
  /** The new values of a fixed row. */
  readonly values: Row | null;
  readonly by: string;
  readonly at: number;
}

export interface TakenBack {
  readonly kind: 'takenBack';
  readonly ids: readonly string[];
  readonly at: number;
}

/**
 * Rows that were put away together: what they have in common stands once, so that a row of few bytes takes few. The file and the
 * reasons of a row are places in the lists.
 */
interface Packed {
  readonly kind: 'packed';
  readonly source: string;
  readonly snapshot: ContentHash;
  readonly at: number;
  readonly files: readonly string[];
  readonly reasons: readonly (readonly string[])[];
  readonly rows: readonly PackedRow[];
}
type PackedRow = readonly [
  id: string,
  reasons: number,
  raw: string | null,
  values: Row | null,
  row: number | null,
  line: number | null,
  file: number | null,
];

export type QuarantineRecord = QuarantineEntry | Packed | Resolution | TakenBack;

/** Entries in one record; also about as many bytes of their rows. */
const TOGETHER = { entries: 1000, bytes: 2 ** 20 };

/** Entries of one source, snapshot and moment as records. */
export function packEntries(entries: readonly QuarantineEntry[]): QuarantineRecord[] {
  const records: QuarantineRecord[] = [];
  let group: QuarantineEntry[] = [];
  let bytes = 0;
  const close = () => {
    if (group.length > 0) records.push(pack(group));
    group = [];
    bytes = 0;
  };
  for (const entry of entries) {
    group.push(entry);
    bytes += entry.raw?.length ?? JSON.stringify(entry.values).length;
    if (group.length >= TOGETHER.entries || bytes >= TOGETHER.bytes) close();
  }
  close();
  return records;
}

function pack(entries: readonly QuarantineEntry[]): Packed {
  const { source, snapshot, at } = entries[0] as QuarantineEntry;
  const files = new Map<string, number>();
  const reasons = new Map<string, number>();
  const lists: (readonly string[])[] = [];
  const rows = entries.map(
    (entry): PackedRow => [
      entry.id,
      placeIn(reasons, JSON.stringify(entry.reasons), () => lists.push(entry.reasons)),
      entry.raw,
      entry.values,
      entry.row,
      entry.line,
      entry.file === null ? null : placeIn(files, entry.file, () => {}),
    ],
  );
  return { kind: 'packed', source, snapshot, at, files: [...files.keys()], reasons: lists, rows };
}

/** Where a text stands in a list; `add` is told of one that is new. */
function placeIn(list: Map<string, number>, text: string, add: () => void): number {
  const known = list.get(text);
  if (known !== undefined) return known;
  list.set(text, list.size);
  add();
  return list.size - 1;
}

export const readRecord = (record: Uint8Array): QuarantineRecord =>
  JSON.parse(Buffer.from(record).toString('utf8')) as QuarantineRecord;

/** The entries that a record put away. */
export function entriesOf(record: QuarantineEntry | Packed): readonly QuarantineEntry[] {
  if (record.kind === 'quarantined') return [record];
  const { source, snapshot, at, files, reasons } = record;
  return record.rows.map(
    ([id, why, raw, values, row, line, file]): QuarantineEntry => ({
      kind: 'quarantined',
      id,
      source,
      snapshot,
      row,
      line,
      file: file === null ? null : (files[file] ?? null),
      values,
      raw,
      reasons: reasons[why] as readonly string[],
      at,
    }),
  );
}
