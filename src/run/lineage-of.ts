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
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
  return [
    `${'  '.repeat(depth)}${node.kind} ${node.id}${facts ? `  (${facts})` : ''}`,
    ...node.from.map((from) => lineageText(from, depth + 1)),
  ].join('\n');
}
