import { fail } from '../base/error.js';
import type { Scalar } from '../frame/column.js';
import type { MarginUnit, RowExplainer } from '../models/explainer.js';
import type { Pipeline } from './pipeline.js';

/** What one feature of a row did to the margin. */
export interface Contribution {
  readonly feature: string;
  readonly value: Scalar;
  readonly contribution: number;
}

/** One output of one row: `base` plus the contributions is `output`. */
export interface Explanation {
  /** The class that is spoken for: the positive one of a binary problem; null for a regression. */
  readonly of: string | null;
  readonly unit: MarginUnit;
  /** The output that is explained. */
  readonly index: number;
  /** Margin when nothing is known of the row. */
  readonly base: number;
  /** One a feature, in the order of the pipeline. */
  readonly contributions: readonly Contribution[];
  /** Margin of the row. */
  readonly output: number;
}

/** Most inputs whose interactions, a number a pair, are computed. */
const MOST_INTERACTING = 1500;

/** Explains rows of one pipeline by its features; the buffers are its own, so calls must not overlap. */
export class PipelineExplainer {
  readonly #pipeline: Pipeline;
  readonly #explainer: RowExplainer;
  /** Feature of each encoded input. */
  readonly #sources: Int32Array;
  readonly #encoded: Float64Array;
  readonly #inputs: Float64Array;
  /** Margins of the last row, one an output. */
  readonly margins: Float64Array;
  /** Contributions of the last row, outputs x features. */
  readonly contributions: Float64Array;

  /** @throws MW_MODEL_NOT_EXPLAINED when the pipeline's model has no exact contributions */
  constructor(pipeline: Pipeline) {
    const { model, encoder } = pipeline;
    const explainer = model.explainer?.(encoder.means);
    if (!explainer)
      fail('MW_MODEL_NOT_EXPLAINED', {
        what: `A model of '${model.estimator}' has no exact contributions of its features.`,
        where: { estimator: model.estimator },
      });
    this.#pipeline = pipeline;
    this.#explainer = explainer;
    this.#sources = encoder.sources ?? Int32Array.from(encoder.outputs.keys());
    this.#encoded = new Float64Array(model.inputs);
    this.#inputs = new Float64Array(model.outputs * model.inputs);
    this.margins = new Float64Array(model.outputs);
    this.contributions = new Float64Array(model.outputs * pipeline.features.length);
  }

  get unit(): MarginUnit {
    return this.#explainer.unit;
  }

  /** Fills `margins` and `contributions`. `values` are in the order of the pipeline's features. @throws MW_MODEL_EXPLAIN */
  explain(values: readonly Scalar[]): void {
    this.#pipeline.encoder.encodeRow(values, this.#encoded);
    this.#explainer.explainRow(this.#encoded, this.#inputs, this.margins);
    const features = this.#pipeline.features.length;
    const inputs = this.#encoded.length;
    this.contributions.fill(0);
    for (let k = 0; k < this.margins.length; k++)
      for (let j = 0; j < inputs; j++)
        this.contributions[k * features + (this.#sources[j] as number)] += this.#inputs[k * inputs + j] as number;
  }

  /**
   * Interactions of every pair of features in an output of the row explained last, the weightiest first; pairs without any are left out.
   * @throws MW_MODEL_TOO_LARGE when the model has too many inputs for a value a pair
   */
  interactions(output: number): Interaction[] {
    const inputs = this.#encoded.length;
    if (inputs > MOST_INTERACTING)
      fail('MW_MODEL_TOO_LARGE', {
        what: `The model has ${inputs} inputs; interactions are computed for up to ${MOST_INTERACTING}.`,
        fix: 'Ask for contributions alone.',
      });
    const pairs = new Float64Array(this.#inputs.length * inputs);
    this.#explainer.interactRow(this.#encoded, this.#inputs, pairs);
    const { features } = this.#pipeline;
    const sums = new Float64Array(features.length ** 2);
    const first = output * inputs * inputs;
    for (let i = 0; i < inputs; i++)
      for (let j = 0; j < i; j++) {
        const [a, b] = [this.#sources[i] as number, this.#sources[j] as number];
        if (a !== b) sums[Math.max(a, b) * features.length + Math.min(a, b)]! += 2 * (pairs[first + i * inputs + j] as number);
      }
    return [...sums.entries()]
      .filter(([, interaction]) => interaction !== 0)
      .map(([at, interaction]) => ({
        features: [at % features.length, Math.floor(at / features.length)].map((j) => features[j]?.name as string) as [
          string,
          string,
        ],
        interaction,
      }))
      .sort((a, b) => Math.abs(b.interaction) - Math.abs(a.interaction));
  }

  /** Explains an output of a row: of several classes the most probable one unless told. @throws MW_MODEL_EXPLAIN */
  explainRow(values: readonly Scalar[], output?: number): Explanation {
    this.explain(values);
    const { features, classes } = this.#pipeline;
    const k = output ?? this.margins.indexOf(Math.max(...this.margins));
    return {
      of: classes[this.margins.length === 1 ? 1 : k] ?? null,
      unit: this.unit,
      index: k,
      base: this.#explainer.base[k] as number,
      contributions: features.map(({ name }, j) => ({
        feature: name,
        value: values[j] ?? null,
        contribution: this.contributions[k * features.length + j] as number,
      })),
      output: this.margins[k] as number,
    };
  }
}

/** What two features of a row do together beside what each does alone. */
export interface Interaction {
  readonly features: readonly [string, string];
  /** Both halves: what the margin would lack if the two could not act together. */
  readonly interaction: number;
}

/** The contributions that weigh most, largest first; those of nothing are left out. */
export function topReasons({ contributions }: Explanation, most: number): Contribution[] {
  return contributions
    .filter(({ contribution }) => contribution !== 0)
    .sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution))
    .slice(0, most);
}
