import { columnFrom } from '../frame/column.js';
import { frame } from '../frame/frame.js';
import { writeLightgbmText } from '../models/exchange/write-lightgbm-text.js';
import { loadPipeline } from '../pipeline/make-pipeline.js';
import type { Workspace } from './workspace.js';

export interface Exported {
  readonly model: string;
  readonly version: number;
  /** Names of the encoded inputs, in order: the file holds the model without the encoder before it. */
  readonly inputs: readonly string[];
  readonly text: string;
}

/** The trees of a registered model as LightGBM text. @throws MW_REGISTRY_*, MW_EXCHANGE_UNSUPPORTED */
export async function exportLightgbm(reference: string, workspace: Workspace): Promise<Exported> {
  const version = await workspace.models.resolve(reference);
  const { encoder, model } = loadPipeline(await workspace.store.artifacts.get(version.pipeline));
  // A table without rows is encoded for what its columns are: their names and numbers of categories.
  const empty = encoder.inputs.map(({ name, type }) => [
    name,
    columnFrom(type === 'number' ? 'number' : type === 'boolean' ? 'boolean' : 'string', []),
  ]);
  const { features } = encoder.encode(frame(Object.fromEntries(empty), 0));
  return {
    model: version.model,
    version: version.version,
    inputs: encoder.outputs,
    text: writeLightgbmText(model, features),
  };
}
