import { random, shuffle } from '../base/random.js';
import type { RowSplit } from '../train/split-rows.js';

/** A split over a table of its own: `rows` are the source rows of that table, in order, and the split counts within them. */
export interface SelectedRows {
  readonly rows: Int32Array;
  readonly split: RowSplit;
}

/**
 * The rows that training and testing will look at: all test rows, and at most `sample` of the others, drawn evenly from training and
 * validation rows, seeded. Features are then computed for these alone.
 */
export function selectRows(split: RowSplit, sample: number | null, seed: number): SelectedRows {
  const fit = sample === null || split.fit.length <= sample ? split.fit : drawn(split.fit, sample, seed);
  const rows = new Int32Array(fit.length + split.test.length);
  rows.set(fit);
  rows.set(split.test, fit.length);
  rows.sort();
  const highest = rows.at(-1) ?? -1;
  const place = new Int32Array(highest + 1).fill(-1);
  for (let i = 0; i < rows.length; i++) place[rows[i] as number] = i;
  const within = (part: Int32Array) =>
    part.filter((row) => row <= highest && (place[row] as number) >= 0).map((row) => place[row] as number);
  return {
    rows,
    split: {
      folds: split.folds.map((fold) => ({ train: within(fold.train), validation: within(fold.validation) })),
      fit: within(split.fit),
      test: within(split.test),
      leftOut: split.leftOut,
    },
  };
}

function drawn(rows: Int32Array, count: number, seed: number): Int32Array {
  return shuffle(rows.slice(), random(seed).fork('sample of rows')).slice(0, count).sort();
}
