import type { Column } from '../frame/column.js';
import { denseColumn, type FeatureColumn } from '../models/sparse.js';
import type { Encoding } from './encodings/encoding.js';
import { numbersOf, type Texts, textsOf } from './read-column.js';

/** Share of nonzeros up to which an output is kept sparse. */
const MOSTLY_ZERO = 0.25;

/** The outputs of an encoding for every row; `sparse` allows columns without their zeros, which hold the same values. */
export function encodeColumn(encoding: Encoding, column: Column, sparse: boolean): FeatureColumn[] {
  const width = encoding.outputs.length;
  const scratch = new Float64Array(width);
  if (encoding.reads === 'number') {
    const values = numbersOf(column);
    if (encoding.identity) return [values];
    const out = Array.from({ length: width }, () => new Float64Array(values.length));
    for (let i = 0; i < values.length; i++) {
      encoding.put(values[i], scratch, 0);
      for (let k = 0; k < width; k++) out[k][i] = scratch[k];
    }
    return out;
  }
  const texts = textsOf(column);
  if (sparse && encoding.sparse) return encodeSparse(encoding, texts);
  const { codes, dictionary } = texts;
  const out = Array.from({ length: width }, () => new Float64Array(codes.length));
  // Each level is encoded once, when a row first needs it; the missing one is kept last.
  const table = new Float64Array((dictionary.length + 1) * width);
  const done = new Uint8Array(dictionary.length + 1);
  for (let i = 0; i < codes.length; i++) {
    const slot = codes[i] < 0 ? dictionary.length : codes[i];
    if (done[slot] === 0) {
      encoding.put(codes[i] < 0 ? null : dictionary[slot], table, slot * width);
      done[slot] = 1;
    }
    for (let k = 0; k < width; k++) out[k][i] = table[slot * width + k];
  }
  return out;
}

/** The same where most outputs of a level are zero: one pass over the rows for the outputs that are not. */
function encodeSparse(encoding: Encoding & { readonly reads: 'text' }, { codes, dictionary }: Texts): FeatureColumn[] {
  const width = encoding.outputs.length;
  const scratch = new Float64Array(width);
  const levels = dictionary.length + 1;
  const rows = new Uint32Array(levels);
  const levelOf = (code: number): number => (code < 0 ? dictionary.length : code);
  for (const code of codes) rows[levelOf(code)]++;
  const set: { readonly output: number; readonly value: number }[][] = [];
  const nonzeros = new Uint32Array(width);
  for (let level = 0; level < levels; level++) {
    set.push([]);
    if (rows[level] === 0) continue;
    encoding.put(dictionary[level] ?? null, scratch, 0);
    scratch.forEach((value, output) => {
      if (value === 0) return;
      set[level].push({ output, value });
      nonzeros[output] += rows[level];
    });
  }
  const columns = Array.from(nonzeros, (count) => ({ indexes: new Uint32Array(count), values: new Float64Array(count) }));
  const next = new Uint32Array(width);
  for (let i = 0; i < codes.length; i++)
    for (const { output, value } of set[levelOf(codes[i])]) {
      const k = next[output]++;
      columns[output].indexes[k] = i;
      columns[output].values[k] = value;
    }
  return columns.map((column) =>
    column.values.length > MOSTLY_ZERO * codes.length ? denseColumn(column, codes.length) : column,
  );
}
