import type { ScriptWriter } from '../../base/script/script-writer.js';
import type { Model } from '../estimator.js';

/** What is given up for a smaller script; nothing unless told. */
export interface ScriptLoss {
  /** Share of the leaves of every forest that is merged away, those first whose merging changes the training rows least. */
  readonly prune: number;
  /** Bits of a leaf's value: 64 keeps it as it is, 16 and 8 round it to steps between the least and the most of its tree. */
  readonly leafBits: 64 | 16 | 8;
}

export const NO_LOSS: ScriptLoss = Object.freeze({ prune: 0, leafBits: 64 });

/** Writes a model as script; a model that is made of others has them written by this. */
export type WriteModel = (model: Model) => string;

/**
 * How models of one family are written as script: the name of a function `(x, y, o)` that reads the inputs of a row from `x` and writes
 * its outputs into `y` from `o` on, with the bits of `predictRow`. One file each, listed in the catalogue.
 */
export interface ModelScript {
  /** Null when the model is not of this family. */
  write(model: Model, writer: ScriptWriter, loss: ScriptLoss, inner: WriteModel): string | null;
}

/** A family told by its class. */
export function scriptOf<M extends Model>(
  family: abstract new (...args: never[]) => M,
  write: (model: M, writer: ScriptWriter, loss: ScriptLoss, inner: WriteModel) => string,
): ModelScript {
  return {
    write: (model, writer, loss, inner) => (model instanceof family ? write(model, writer, loss, inner) : null),
  };
}
