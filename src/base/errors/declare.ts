/** One documented error: its meaning, the usual remedy, and how surfaces report it. */
export interface ErrorEntry {
  /** What the code means, one sentence (docs/errors.md is generated from it). */
  readonly doc: string;
  /** What to do, unless the place that throws knows better. */
  readonly fix: string;
  /** HTTP status; 400 unless given. */
  readonly status?: number;
  /** Exit code of the CLI; 1 unless given (2 usage, 3 a check or gate refused, 4 store, 130 interrupted). */
  readonly exit?: number;
}

/** Identity that keeps the literal codes in the type. */
export const declareErrors = <const T extends Record<`MW_${string}`, ErrorEntry>>(entries: T): T => Object.freeze(entries);
