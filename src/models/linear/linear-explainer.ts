import { checkAdditive, fillDiagonal, type MarginUnit, type RowExplainer } from '../explainer.js';

/**
 * Shapley values of a weighted sum whose inputs count as independent: weight times distance from the training mean (Strumbelj and
 * Kononenko, 2014). `weights` are those of `LinearModel`.
 */
export class LinearExplainer implements RowExplainer {
  readonly unit: MarginUnit;
  readonly base: Float64Array;
  readonly #estimator: string;
  readonly #weights: Float64Array;
  readonly #means: Float64Array;

  constructor(estimator: string, weights: Float64Array, means: Float64Array, unit: MarginUnit) {
    this.#estimator = estimator;
    this.#weights = weights;
    this.#means = means;
    this.unit = unit;
    this.base = new Float64Array(weights.length / (means.length + 1));
    this.#margins(means, this.base);
  }

  explainRow(row: Float64Array, contributions: Float64Array, margins: Float64Array): void {
    const means = this.#means;
    const inputs = means.length;
    for (let k = 0, at = 0; k < this.base.length; k++)
      for (let j = 0; j < inputs; j++, at++) contributions[at] = this.#weights[at] * (row[j] - means[j]);
    this.#margins(row, margins);
    checkAdditive(this.#estimator, this.base, contributions, margins, inputs);
  }

  /** Nothing interacts in a sum. */
  interactRow(_row: Float64Array, contributions: Float64Array, interactions: Float64Array): void {
    interactions.fill(0);
    fillDiagonal(contributions, interactions, this.#means.length);
  }

  #margins(row: Float64Array, out: Float64Array): void {
    const weights = this.#weights;
    const inputs = this.#means.length;
    const outputs = this.base.length;
    for (let k = 0, at = 0; k < outputs; k++) {
      let sum = weights[inputs * outputs + k];
      for (let j = 0; j < inputs; j++, at++) sum += weights[at] * row[j];
      out[k] = sum;
    }
  }
}
