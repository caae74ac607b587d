import type { ConnectorPlan } from '../define/plan.js';
import type { BareSource } from '../ingest/read-source.js';

/** What is said of how a file is written; what is not said is found. */
export interface FileReading {
  readonly delimiter?: string | null;
  readonly header?: boolean | null;
  readonly encoding?: string | null;
  /** Texts that mean missing in every column. */
  readonly missing?: readonly string[];
  readonly decimal?: ',' | '.' | null;
  /** Which of month and day comes first in dates of figures. */
  readonly dates?: 'mdy' | 'dmy' | null;
}

/** A file of which only this is known. */
export function fileSource(path: string, reading: FileReading = {}): BareSource {
  const { decimal = null, dates = null } = reading;
  return { from: { kind: 'connector', format: null, path, options: readOptionsOf(reading) }, contract: null, decimal, dates };
}

/** What is said of a file as the options of a connector. */
export function readOptionsOf({ delimiter, header, encoding, missing }: FileReading): ConnectorPlan['options'] {
  return {
    ...(delimiter ? { delimiter } : {}),
    ...(header === null || header === undefined ? {} : { header }),
    ...(encoding ? { encoding } : {}),
    ...(missing && missing.length > 0 ? { missing } : {}),
  };
}
