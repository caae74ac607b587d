import type { OptionSpecs } from '../../base/options.js';
import type { FitContext, Task } from '../estimator.js';

/** Outputs of all members, row-major: `outputs` of the first, then of the second, and so on. */
export interface MemberOutputs {
  readonly rows: number;
  readonly members: number;
  readonly outputs: number;
  readonly values: Float64Array;
}

/** Makes one row's outputs out of those of all members. */
export interface Combiner {
  /** Reads members x outputs values at `from` of `values`; writes `outputs` values at `offset` of `out`. Allocates nothing. */
  combine(values: Float64Array, from: number, out: Float64Array, offset: number): void;
  /** What was learnt; `EnsembleKind.load` reads it back. */
  serialize(): Uint8Array;
}

/** A way to make one model out of several: one file each, listed in the catalogue. */
export interface EnsembleKind {
  readonly name: string;
  readonly doc: string;
  readonly tasks: readonly Task[];
  readonly params: OptionSpecs;
  /** Number of parts for predictions by members that did not see the row; 0 when the combiner learns nothing. */
  folds(params: Readonly<Record<string, unknown>>): number;
  /** `outOfFold` are predictions for all training rows, when `folds` asks for them. */
  fit(
    task: Task,
    members: number,
    outputs: number,
    params: Readonly<Record<string, unknown>>,
    learnt: { readonly outOfFold: MemberOutputs; readonly target: Float64Array; readonly weight?: Float64Array } | undefined,
    context: FitContext,
  ): Promise<Combiner>;
  /** @throws MW_MODEL_CORRUPT */
  load(bytes: Uint8Array, task: Task, members: number, outputs: number): Combiner;
}
