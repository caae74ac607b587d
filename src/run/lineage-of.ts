import type { LineageNode } from '../registry/lineage.js';
import { findPrediction } from '../serve/prediction-reader.js';
import type { Workspace } from './workspace.js';

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

/** A lineage as an indented tree. */
export function lineageText(node: LineageNode, depth = 0): string {
  const facts = Object.entries(node.facts)
    .filter(([, value]) => typeof value !== 'object')
    .map(([name, value]) => `${spaced(name)} ${shown(name, value)}`)
    .join(', ');
  return [
    `${'  '.repeat(depth)}${spaced(node.kind)} ${shortened(node.id)}${facts ? `  (${facts})` : ''}`,
    ...node.from.map((from) => lineageText(from, depth + 1)),
  ].join('\n');
}

const spaced = (name: string) => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replace(/ at$/, '');
const shortened = (text: string) => text.replace(/sha256:([0-9a-f]{12})[0-9a-f]{52}/g, 'sha256:$1');
const shown = (name: string, value: unknown) =>
  name.endsWith('At') && typeof value === 'number' ? new Date(value).toISOString() : shortened(String(value));
