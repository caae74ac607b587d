import { checkAdditive, fillDiagonal, type MarginUnit, type RowExplainer } from '../explainer.js';
import { type Forest, ForestScorer, spreadRow } from './forest.js';
import { PackedShap } from './packed-shap.js';
import { addInteractions } from './shap-interactions.js';
import { explainTree, type PassBuffers, passBuffers } from './shap-passes.js';
import { type ShapPlan, shapPlan } from './shap-plan.js';

/**
 * Exact path-dependent Shapley values of a forest (TreeSHAP; Lundberg et al., 2020). Of a leaf with value v, an absent feature j
 * contributes the share z of training rows that its splits on the path let through, a present one o = 1 or 0: the game of the leaf is
 * v times a product over features. Its Shapley value is the integral over t of v (o_i - z_i) prod_{j != i} (z_j + (o_j - z_j) t)
 * (Owen, 1972), a polynomial that a Gauss-Legendre rule with half as many points as features integrates exactly. All leaves together
 * take one pass down a tree and one up (as in Linear TreeSHAP; Yu et al., 2022), and no factor is ever negative, so that deep trees
 * lose no digits.
 */
export class TreeExplainer implements RowExplainer {
  readonly unit: MarginUnit;
  readonly base: Float64Array;
  readonly #estimator: string;
  readonly #forest: Forest;
  readonly #start: Float64Array;
  readonly #scorer: ForestScorer;
  readonly #row: Float64Array;
  readonly #plan: ShapPlan;
  /** The passes as the kernel makes them, or the buffers for making them here. */
  readonly #packed: PackedShap | undefined;
  #buffers: PassBuffers | undefined;

  /** Tree t adds to output t modulo the number of `start` values, the margins before any tree. */
  constructor(estimator: string, forest: Forest, start: Float64Array, unit: MarginUnit) {
    this.#estimator = estimator;
    this.#forest = forest;
    this.#start = start;
    this.unit = unit;
    this.#scorer = new ForestScorer(forest, start.length);
    this.#row = new Float64Array(Math.max(2, 2 * forest.features.length));
    this.#plan = shapPlan(forest);
    this.#packed = PackedShap.pack(forest, this.#plan, start.length);
    this.#buffers = this.#packed ? undefined : passBuffers(this.#plan);
    this.base = expectedMargins(forest, start);
  }

  explainRow(row: Float64Array, contributions: Float64Array, margins: Float64Array): void {
    const forest = this.#forest;
    const outputs = this.#start.length;
    const inputs = forest.features.length;
    contributions.fill(0, 0, outputs * inputs);
    if (!this.#packed?.addRow(row, contributions)) {
      this.#buffers ??= passBuffers(this.#plan);
      spreadRow(forest.features, row, this.#row);
      for (let t = 0, output = 0; t + 1 < forest.roots.length; t++, output = output + 1 === outputs ? 0 : output + 1)
        explainTree(forest, this.#plan, t, this.#row, this.#buffers, contributions, output * inputs);
    }
    for (let k = 0; k < outputs; k++) margins[k] = this.#start[k];
    this.#scorer.add(row, margins, 0);
    checkAdditive(this.#estimator, this.base, contributions, margins, inputs);
  }

  interactRow(row: Float64Array, contributions: Float64Array, interactions: Float64Array): void {
    const { features, roots } = this.#forest;
    const inputs = features.length;
    const outputs = this.#start.length;
    interactions.fill(0);
    spreadRow(features, row, this.#row);
    for (let t = 0; t + 1 < roots.length; t++)
      addInteractions(this.#forest, this.#plan, t, this.#row, interactions, (t % outputs) * inputs * inputs);
    fillDiagonal(contributions, interactions, inputs);
  }
}

/** Margins with every feature absent. */
function expectedMargins(forest: Forest, start: Float64Array): Float64Array {
  const { roots, left, cover, value } = forest;
  const out = start.slice();
  const reach = new Float64Array(left.length);
  for (let t = 0; t + 1 < roots.length; t++) {
    reach[roots[t]] = 1;
    for (let i = roots[t]; i < roots[t + 1]; i++) {
      if (left[i] === i) {
        out[t % start.length] += reach[i] * value[i];
        continue;
      }
      for (let side = left[i]; side <= left[i] + 1; side++)
        reach[side] = cover[i] > 0 ? (reach[i] * cover[side]) / cover[i] : 0;
    }
  }
  return out;
}
