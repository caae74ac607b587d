import { type Forest, ForestScorer } from '../trees/forest.js';
import { PackedForest } from '../trees/packed-forest.js';
import { asForest, splitsInfinity } from './as-forest.js';
import { addLeaves, FLOAT, type ImportedForestParts } from './imported-trees.js';

/** Scores rows of an imported forest by the kernels of our own trees. Sums are made here, in the width and order of the import. */
export class ImportedScorer {
  readonly #parts: ImportedForestParts;
  readonly #scorer: ForestScorer;
  readonly #packed: PackedForest | undefined;
  /** Categorical features, whose values are cut to whole numbers, and the row that they are cut in. */
  readonly #categorical: readonly number[];
  readonly #float: boolean;
  readonly #row: Float64Array;
  /** Which infinities leave a row to the plain walk. */
  readonly #infinite: { readonly upper: boolean; readonly lower: boolean };
  /** The leaf of each tree. */
  readonly #leaves: Float64Array;

  /** Null where the kernels would walk otherwise. */
  static of(parts: ImportedForestParts): ImportedScorer | null {
    const forest = parts.forest.output.length === 0 ? null : asForest(parts.forest, parts.inputs);
    return forest && new ImportedScorer(parts, forest);
  }

  private constructor(parts: ImportedForestParts, forest: Forest) {
    const trees = parts.forest.output.length;
    this.#parts = parts;
    // Each tree adds to an output of its own.
    this.#scorer = new ForestScorer(forest, trees);
    this.#packed = PackedForest.pack(forest, trees);
    this.#categorical = forest.features.flatMap((categories, j) => (categories ? [j] : []));
    this.#float = parts.forest.rule.some((bits) => (bits & FLOAT) !== 0);
    this.#row = new Float64Array(parts.inputs);
    this.#infinite = splitsInfinity(parts.forest);
    this.#leaves = new Float64Array(trees);
  }

  /** Adds the leaves of a row to the sums at `offset`. */
  add(row: Float64Array, out: Float64Array, offset: number): void {
    const { upper, lower } = this.#infinite;
    if (upper && row.includes(Infinity)) return addLeaves(this.#parts, row, out, offset);
    if (lower && (row.includes(-Infinity) || row.includes(-Number.MAX_VALUE))) return addLeaves(this.#parts, row, out, offset);
    const leaves = this.#leaves.fill(0);
    const whole = this.#categorical.length === 0 ? row : this.#wholeCodes(row);
    if (!this.#packed?.addRow(whole, leaves, 0)) this.#scorer.add(whole, leaves, 0);
    const { forest, sums } = this.#parts;
    const { output } = forest;
    if (sums === 'float32')
      for (let t = 0; t < leaves.length; t++) out[offset + output[t]] = Math.fround(out[offset + output[t]] + leaves[t]);
    else for (let t = 0; t < leaves.length; t++) out[offset + output[t]] += leaves[t];
  }

  #wholeCodes(row: Float64Array): Float64Array {
    const whole = this.#row;
    for (let j = 0; j < whole.length; j++) whole[j] = row[j];
    for (const j of this.#categorical) whole[j] = Math.trunc(this.#float ? Math.fround(whole[j]) : whole[j]);
    return whole;
  }
}
