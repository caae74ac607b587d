import type { TrainingData } from '../estimator.js';
import type { BinCache } from '../trees/bin-cache.js';
import { binColumn, type FeatureBins } from '../trees/binning.js';
import type { GrownTree } from '../trees/grown-tree.js';
import type { Objective } from './objective.js';
import { type ByteColumns, TreeWalk } from './tree-walk.js';

/** Rows that are not learnt from, with their scores kept up with the trees. */
export class WatchedRows {
  /** Row-major, rows x outputs. */
  readonly scores: Float64Array;
  readonly #data: TrainingData;
  readonly #columns: ByteColumns;
  readonly #objective: Objective;

  /** @param scores what the rows' sums begin with; kept and changed */
  constructor(data: TrainingData, bins: readonly FeatureBins[], objective: Objective, scores: Float64Array, shared?: BinCache) {
    const { rows, columns } = data.matrix;
    this.#data = data;
    this.#objective = objective;
    const all = new Uint8Array(rows * bins.length);
    bins.forEach((feature, j) => {
      const bin = () => {
        const bytes = new Uint8Array(rows);
        binColumn(columns[j], feature, bytes, 0, 1);
        return bytes;
      };
      all.set(shared ? shared.bytes(columns[j], feature, bin) : bin(), j * rows);
    });
    this.#columns = { bytes: all, columnsAt: 0, rows };
    this.scores = scores;
  }

  /** Adds whole rounds of trees, a tree an output, to scores of the rows, their own unless others are given. */
  add(trees: readonly GrownTree[], scores = this.scores): void {
    addTrees(trees, this.#columns, this.#objective.outputs, scores);
  }

  loss(): number {
    return this.#objective.meanLoss(this.scores, this.#data);
  }
}

/** Adds trees, in rounds of one an output, to the scores of all rows. */
export function addTrees(trees: readonly GrownTree[], columns: ByteColumns, outputs: number, scores: Float64Array): void {
  trees.forEach((tree, t) => new TreeWalk(tree).add(columns, scores, outputs, t % outputs));
}
