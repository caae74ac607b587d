import { fail } from '../base/error.js';

/** How much a body may hold. */
export interface BodyLimits {
  readonly bytes: number;
  /** Entries of a list of the outermost object: rows, labels. */
  readonly rows: number;
  /** Lists and objects within one another. */
  readonly depth: number;
  /** What to do about too many rows, where the code's own remedy does not fit. */
  readonly fix?: string;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const LIST = 0x5b;
const LIST_END = 0x5d;
const OBJECT = 0x7b;
const OBJECT_END = 0x7d;
/** The list of rows stands within the outermost object. */
const ROWS_DEPTH = 2;

/**
 * Counts rows and depth of a JSON body while it arrives, so that one that holds too much is refused before it is parsed, or even whole.
 * It does not judge the syntax: of a text that is no JSON the counts mean nothing, and parsing refuses it.
 */
export class BodyScan {
  readonly #limits: BodyLimits;
  #depth = 0;
  #quoted = false;
  #escaped = false;
  #rows = 0;
  #inRows = false;

  constructor(limits: BodyLimits) {
    this.#limits = limits;
  }

  /** Takes the next bytes. @throws MW_SERVE_BODY_TOO_DEEP, MW_SERVE_ROWS_TOO_MANY */
  add(chunk: Uint8Array): void {
    const { depth: deepest } = this.#limits;
    let depth = this.#depth;
    let quoted = this.#quoted;
    let escaped = this.#escaped;
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i] as number;
      if (quoted) {
        if (escaped) escaped = false;
        else if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE) quoted = false;
      } else if (byte === QUOTE) quoted = true;
      else if (byte === COMMA) {
        if (depth === ROWS_DEPTH && this.#inRows) this.#rows++;
      } else if (byte === LIST || byte === OBJECT) {
        depth++;
        if (depth === ROWS_DEPTH) {
          this.#inRows = byte === LIST;
          this.#rows = 1;
        } else if (depth > deepest) tooDeep(deepest);
      } else if (byte === LIST_END || byte === OBJECT_END) {
        if (depth === ROWS_DEPTH && this.#inRows) {
          this.#check('');
          this.#inRows = false;
        }
        depth--;
      }
    }
    this.#depth = depth;
    this.#quoted = quoted;
    this.#escaped = escaped;
    if (this.#inRows) this.#check(' or more');
  }

  #check(more: string): void {
    const { rows: limit, fix } = this.#limits;
    if (this.#rows > limit)
      fail('MW_SERVE_ROWS_TOO_MANY', {
        what: `The request holds ${this.#rows}${more} rows; at most ${limit} are taken.`,
        where: { rows: this.#rows, limit },
        ...(fix === undefined ? {} : { fix }),
      });
  }
}

function tooDeep(limit: number): never {
  fail('MW_SERVE_BODY_TOO_DEEP', {
    what: `The body holds lists or objects more than ${limit} deep within one another.`,
    where: { limit },
  });
}
