import type { LineageNode } from '../../run/lineage-of.js';
import { moment, textTable } from './table.js';

/** A lineage as a person reads it: what a prediction was made of as a table, then where it comes from as an indented tree. */
export function lineageText(node: LineageNode): string {
  if (node.kind !== 'prediction') return tree(node, 0);
  return [predictionText(node), '', ...node.from.map((from) => tree(from, 0))].join('\n');
}

/** Columns of the log are `request.<column>` and `feature.<name>`; the rest is the answer. */
function predictionText({ facts }: LineageNode): string {
  const groups = new Map<string, [string, unknown][]>();
  for (const fact of Object.entries(facts)) {
    const group = /^(\w+)\./.exec(fact[0])?.[1] ?? 'answer';
    groups.set(group, [...(groups.get(group) ?? []), fact]);
  }
  return [...groups]
    .toSorted(([a], [b]) => Number(b === 'answer') - Number(a === 'answer'))
    .flatMap(([group, entries], index) => [
      ...(index === 0 ? [] : ['']),
      textTable(
        [group, 'value'],
        entries.map(([name, value]) => [group === 'answer' ? name : name.slice(group.length + 1), valueText(name, value)]),
      ),
    ])
    .join('\n');
}

function tree(node: LineageNode, depth: number): string {
  const facts = Object.entries(node.facts)
    .filter(([, value]) => typeof value !== 'object')
    .map(([name, value]) => `${spaced(name)} ${valueText(name, value)}`)
    .join(', ');
  return [
    `${'  '.repeat(depth)}${spaced(node.kind)} ${shortened(node.id)}${facts ? `  (${facts})` : ''}`,
    ...node.from.map((from) => tree(from, depth + 1)),
  ].join('\n');
}

const spaced = (name: string) => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replace(/ at$/, '');
const shortened = (text: string) => text.replace(/sha256:([0-9a-f]{12})[0-9a-f]{52}/g, 'sha256:$1');

function valueText(name: string, value: unknown): string {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'number') return name.endsWith('At') || name === 'at' || name === 'time' ? moment(value) : String(value);
  return shortened(typeof value === 'object' ? JSON.stringify(value) : String(value));
}
