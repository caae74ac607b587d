import type { Random } from '../../base/random.js';
import type { BinnedRows } from '../trees/binned-rows.js';
import type { GrownTree } from '../trees/grown-tree.js';
import type { GbdtParams } from './options.js';
import { addTrees, type WatchedRows } from './watched-rows.js';

/**
 * Rounds that a round of DART learns without (Rashmi and Gilad-Bachrach 2015): with k rounds dropped, the new one counts 1 / (k + 1) and
 * the dropped ones k / (k + 1) of what they did, so that their sum stays as large as it was.
 */
export class DroppedRounds {
  /** Factor on what the new round learns. */
  readonly share: number;
  readonly #trees: readonly GrownTree[];
  readonly #sum: Float64Array;
  readonly #scores: Float64Array;

  /** Takes the trees out of the scores of the training rows. */
  constructor(trees: readonly GrownTree[], outputs: number, { arena, memory }: BinnedRows, scores: Float64Array) {
    const count = trees.length / outputs;
    this.share = 1 / (count + 1);
    this.#trees = trees;
    this.#scores = scores;
    this.#sum = new Float64Array(trees.length === 0 ? 0 : scores.length);
    addTrees(trees, { bytes: memory.u8, columnsAt: arena.columnsAt, rows: arena.rows }, outputs, this.#sum);
    for (let i = 0; i < this.#sum.length; i++) scores[i] -= this.#sum[i];
  }

  /** Puts the trees back with less weight, also in the scores of watched rows. */
  restore(watched: WatchedRows | undefined): void {
    if (this.#trees.length === 0) return;
    const kept = 1 - this.share;
    for (let i = 0; i < this.#sum.length; i++) this.#scores[i] += kept * this.#sum[i];
    if (watched) {
      const sum = new Float64Array(watched.scores.length);
      watched.add(this.#trees, sum);
      for (let i = 0; i < sum.length; i++) watched.scores[i] -= this.share * sum[i];
    }
    for (const tree of this.#trees) for (let node = 0; node < tree.value.length; node++) tree.value[node] *= kept;
  }
}

/** The rounds to drop, ascending: each by its own chance, at least one unless the whole drop is skipped, and at most `maxDrop`. */
export function drawDrops(
  rounds: number,
  { dropRate, maxDrop, skipDrop }: Pick<GbdtParams, 'dropRate' | 'maxDrop' | 'skipDrop'>,
  source: Random,
): number[] {
  if (rounds === 0 || dropRate === 0 || source.next() < skipDrop) return [];
  const dropped: number[] = [];
  for (let round = 0; round < rounds; round++) if (source.next() < dropRate) dropped.push(round);
  if (dropped.length === 0) return [source.below(rounds)];
  while (dropped.length > maxDrop) dropped.splice(source.below(dropped.length), 1);
  return dropped;
}
