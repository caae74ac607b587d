import { NODE_COLOURS } from './node-colours.js';
import type { NodeKind, PlanGraph } from './plan-graph.js';

/** The graph as a Mermaid flowchart. */
export function toMermaid({ nodes, edges }: PlanGraph): string {
  const ids = new Map(nodes.map(({ id }, i) => [id, `n${i}`]));
  const lines = ['flowchart LR'];
  for (const { id, kind, title, lines: more } of nodes)
    lines.push(`  ${ids.get(id)}["<b>${escaped(title)}</b>${more.map((line) => `<br/>${escaped(line)}`).join('')}"]:::${kind}`);
  for (const { from, to, back } of edges) lines.push(`  ${ids.get(from)} ${back ? '-.->' : '-->'} ${ids.get(to)}`);
  const kinds = new Set(nodes.map(({ kind }) => kind));
  for (const [kind, { fill, stroke }] of Object.entries(NODE_COLOURS))
    if (kinds.has(kind as NodeKind)) lines.push(`  classDef ${kind} fill:${fill},stroke:${stroke},color:#1f2933,rx:8,ry:8`);
  return `${lines.join('\n')}\n`;
}

const escaped = (text: string): string =>
  text.replace(/[&"<>#;`\\[\]{}()|]/g, (character) => `#${character.charCodeAt(0)};`).replace(/\s+/g, ' ');
