import { type Column, columnLength, type StringColumn } from '../frame/column.js';

/**
 * Numbers that were read as such while they were plain, and the texts of the rows where they were not. It saves making a text of each
 * number of a large file.
 */
export interface NumbersAndTexts {
  readonly kind: 'numbers';
  /** NaN where there is a text or nothing. */
  readonly values: Float64Array;
  /** The other texts: `rows` ascend, `codes` index `dictionary`. */
  readonly texts: {
    readonly rows: Int32Array;
    readonly codes: Int32Array;
    readonly dictionary: readonly (string | boolean)[];
  };
  /** Whether a number is its own text (of JSON), or was written in a way that is not known any more. */
  readonly native: boolean;
  /** Whether a number was written with a point. */
  readonly pointed: boolean;
}

/** A column as a reader gives it, before it is what a plan says: typed by its format, or texts. */
export type RawColumn = Column | NumbersAndTexts;

export const rawLength = (column: RawColumn): number =>
  column.kind === 'numbers' ? column.values.length : columnLength(column);

/** A string column whose texts have no white space around them; empty texts are missing. Codes stay in order of first appearance. */
export function trimmed(column: StringColumn): StringColumn {
  const { dictionary, recoded, same } = trimmedTexts(column.dictionary);
  return same
    ? column
    : { kind: 'string', codes: column.codes.map((code) => (code < 0 ? -1 : (recoded[code] as number))), dictionary };
}

/** Distinct trimmed texts, and which of them each text is; -1 for one that is empty. */
export function trimmedTexts<T extends string | boolean>(
  texts: readonly T[],
): { dictionary: T[]; recoded: Int32Array; same: boolean } {
  const dictionary: T[] = [];
  const seen = new Map<T, number>();
  const recoded = new Int32Array(texts.length);
  let same = true;
  texts.forEach((raw, code) => {
    const text = (typeof raw === 'string' ? raw.trim() : raw) as T;
    let to = -1;
    if (text !== '') {
      to = seen.get(text) ?? dictionary.push(text) - 1;
      seen.set(text, to);
    }
    recoded[code] = to;
    same &&= to === code && text === raw;
  });
  return { dictionary, recoded, same };
}
