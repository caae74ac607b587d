import type { LineageNode } from '../registry/lineage.js';
import { findPrediction } from '../serve/prediction-reader.js';
import type { Workspace } from './workspace.js';

export type { LineageNode };

/**
 * Where a model version comes from, or one of the model's logged predictions by the id it was answered with.
 * @throws MW_REGISTRY_*, MW_SERVE_PREDICTION_UNKNOWN
 */
export async function lineageOf(subject: string, prediction: string | null, workspace: Workspace): Promise<LineageNode> {
  if (prediction === null) return workspace.lineage(subject);
  const { model } = await workspace.models.resolve(subject);
  const row = await findPrediction(workspace.store.events, model, prediction);
  return workspace.lineage(`${model}:${row['version']}:${prediction}`, async () => row);
}
