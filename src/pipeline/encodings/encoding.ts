import { declareOptions, type OptionValues } from '../../base/options.js';
import type { Column } from '../../frame/column.js';
import type { MatrixFeature, Needs, Task } from '../../models/estimator.js';
import type { FeatureInput } from '../pipeline.js';
import type { PlainObject } from '../plain-data.js';

/**
 * A fitted encoding of one feature into one or more encoder outputs. `put` writes the outputs of a single value; batches call
 * the same `put`, so that both give the same bits.
 */
export type Encoding = {
  readonly kind: string;
  readonly outputs: readonly MatrixFeature[];
  toData(): PlainObject;
} & (
  | {
      readonly reads: 'number';
      /** True when the one output is the value as it was read. */
      readonly identity: boolean;
      /** NaN for missing. Allocates nothing. */
      put(value: number, out: Float64Array, offset: number): void;
    }
  | {
      readonly reads: 'text';
      /** True when all but a few outputs of any value are zero. */
      readonly sparse?: boolean;
      put(value: string | null, out: Float64Array, offset: number): void;
    }
);

/** What the encodings that look at the label may look at. */
export interface EncoderTarget {
  readonly task: Task;
  /** Number of classes of a multiclass task, 2 of a binary one, 1 of a regression. */
  readonly classes: number;
  readonly values: Float64Array;
}

export interface FitInput {
  readonly feature: FeatureInput;
  readonly column: Column;
  readonly target: EncoderTarget;
  readonly needs: Needs;
  readonly options: EncoderOptions;
  /** Fold of each training row, 0 to FOLDS-1, for encodings that must not see a row's own label. */
  readonly folds: Uint8Array;
  readonly seed: number;
}

/** `training` holds the outputs of the training rows where they differ from what `put` gives (label seen out of fold only). */
export interface FittedEncoding {
  readonly encoding: Encoding;
  readonly training: readonly Float64Array[] | null;
}

/** One way to encode: fitted on training rows, loaded from `toData`. One file each, listed in the catalogue. */
export interface EncodingKind {
  readonly name: string;
  readonly doc: string;
  fit(input: FitInput): FittedEncoding;
  /** @throws MW_PIPELINE_CORRUPT */
  load(feature: FeatureInput, data: PlainObject): Encoding;
}

export const FOLDS = 5;

export const encoderOptions = declareOptions({
  maxOneHot: {
    kind: 'integer',
    default: 40,
    min: 2,
    max: 1000,
    unit: 'levels',
    doc: 'Categories with more levels than this are target-encoded instead of one-hot encoded.',
  },
  maxCodes: {
    kind: 'integer',
    default: 250,
    min: 2,
    max: 65_535,
    unit: 'levels',
    doc: 'Levels that get a code of their own; with more, the rarest share one and the feature is target-encoded as well.',
  },
  rareShare: {
    kind: 'number',
    default: 0.001,
    min: 0,
    max: 0.5,
    doc: 'One-hot levels in a smaller share of the training rows than this are grouped as one.',
  },
  smoothing: {
    kind: 'number',
    default: 20,
    min: 0,
    max: 1_000_000,
    unit: 'rows',
    doc: 'Rows that the overall mean counts for in the mean target of a level.',
  },
  textTerms: {
    kind: 'integer',
    default: 60_000,
    min: 10,
    max: 1_000_000,
    unit: 'terms',
    doc: 'Largest number of words and word pairs that a text feature is scored by.',
  },
});
export type EncoderOptions = OptionValues<typeof encoderOptions>;
