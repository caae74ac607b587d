import type { LineageNode } from '../registry/lineage.js';
import type { Workspace } from './workspace.js';

/** Where a model version or a logged prediction comes from. @throws MW_REGISTRY_* */
export function lineageOf(subject: string, workspace: Workspace): Promise<LineageNode> {
  return workspace.lineage(subject);
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
