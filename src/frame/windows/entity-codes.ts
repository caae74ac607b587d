import { type Column, columnLength, type Scalar, valueAt } from '../column.js';

/** Dense codes of entities: one integer per distinct key, -1 for a row whose key has a missing part. */
export interface EntityCodes {
  readonly entities: number;
  readonly events: Int32Array;
  readonly spine: Int32Array;
}

/**
 * Codes the keys of events and spine alike. Keys are tuples: their parts are told apart by kind, so (1, 23) is not (12, 3) and
 * 1 is not '1'. Without key columns every row is of the one entity 0.
 */
export function entityCodes(
  eventKeys: readonly Column[],
  events: number,
  spineKeys: readonly Column[],
  spine: number,
): EntityCodes {
  let codes: Omit<EntityCodes, 'entities'> = { events: new Int32Array(events), spine: new Int32Array(spine) };
  let entities = 1;
  for (let k = 0; k < eventKeys.length; k++) {
    const part = new Map<Scalar, number>();
    const eventPart = partCodes(eventKeys[k], part);
    const spinePart = partCodes(spineKeys[k], part);
    if (k === 0) {
      codes = { events: eventPart, spine: spinePart };
      entities = part.size;
    } else {
      const pairs = new Pairs(part.size);
      codes = { events: pairs.join(codes.events, eventPart), spine: pairs.join(codes.spine, spinePart) };
      entities = pairs.size;
    }
  }
  return { entities, ...codes };
}

function partCodes(column: Column, known: Map<Scalar, number>): Int32Array {
  const n = columnLength(column);
  const out = new Int32Array(n);
  const codeOf = (value: Scalar) => {
    const code = known.get(value) ?? known.size;
    known.set(value, code);
    return code;
  };
  if (column.kind === 'string') {
    const { codes, dictionary } = column;
    const translated = new Int32Array(dictionary.length).fill(-1);
    for (let i = 0; i < n; i++) {
      const code = codes[i];
      if (code < 0) out[i] = -1;
      else {
        if (translated[code] < 0) translated[code] = codeOf(dictionary[code]);
        out[i] = translated[code];
      }
    }
    return out;
  }
  for (let i = 0; i < n; i++) {
    const value = valueAt(column, i);
    out[i] = value === null ? -1 : codeOf(value);
  }
  return out;
}

/** Codes of pairs of codes, in order of appearance. */
class Pairs {
  readonly #width: number;
  readonly #known = new Map<number, number>();

  constructor(width: number) {
    this.#width = width;
  }
  get size(): number {
    return this.#known.size;
  }
  join(first: Int32Array, second: Int32Array): Int32Array {
    const out = new Int32Array(first.length);
    for (let i = 0; i < out.length; i++) {
      if (first[i] < 0 || second[i] < 0) {
        out[i] = -1;
        continue;
      }
      const pair = first[i] * this.#width + second[i];
      let code = this.#known.get(pair);
      if (code === undefined) {
        code = this.#known.size;
        this.#known.set(pair, code);
      }
      out[i] = code;
    }
    return out;
  }
}

/** Rows (in a given order) brought together by code; `starts[c]` to `starts[c + 1]` are those of code c. Rows of code -1 are left out. */
export function groupRows(codes: Int32Array, entities: number, order: Int32Array) {
  const starts = new Int32Array(entities + 1);
  for (let i = 0; i < order.length; i++) if (codes[order[i]] >= 0) starts[codes[order[i]] + 1]++;
  for (let c = 0; c < entities; c++) starts[c + 1] += starts[c];
  const next = starts.slice(0, entities);
  const rows = new Int32Array(starts[entities]);
  for (let i = 0; i < order.length; i++) {
    const code = codes[order[i]];
    if (code >= 0) rows[next[code]++] = order[i];
  }
  return { starts, rows };
}
