import { type Box, layeredLayout, type Point, type Size } from './layered-layout.js';
import { NODE_COLOURS } from './node-colours.js';
import type { GraphNode, PlanGraph } from './plan-graph.js';

const MARGIN = 24;
const PADDING = 12;
const TITLE = 15;
const LINE = 12;
const LEADING = 17;
/** Mean width of a character of a sans-serif font, in font sizes; a little generous, so that text never leaves its box. */
const CHARACTER = 0.58;
/** Room below the boxes for the way back. */
const RETURN = 36;

/** The graph as a self-contained SVG drawing. */
export function toSvg({ nodes, edges }: PlanGraph, title = 'system'): string {
  const layout = layeredLayout(new Map(nodes.map((node) => [node.id, sizeOf(node)])), edges);
  const returning = edges.some(({ back }) => back);
  const width = Math.ceil(layout.width + 2 * MARGIN);
  const height = Math.ceil(layout.height + 2 * MARGIN + (returning ? RETURN : 0));
  const paths = edges.map(({ from, to, back }, i) => {
    const route = layout.routes[i];
    const d = route
      ? smooth(route)
      : wayBack(layout.boxes.get(from) as Box, layout.boxes.get(to) as Box, [...layout.boxes.values()]);
    return `  <path class="edge${back ? ' back' : ''}" d="${d}" marker-end="url(#arrow)"/>`;
  });
  const boxes = nodes.map((node) => drawn(node, layout.boxes.get(node.id) as Box));
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${-MARGIN} ${-MARGIN} ${width} ${height}" role="img" aria-label="${escaped(title)}">
  <title>${escaped(title)}</title>
  <style>
    text { font-family: system-ui, -apple-system, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif; fill: #1f2933; }
    .kind { font-size: 10px; fill: #616e7c; letter-spacing: 0.06em; }
    .title { font-size: ${TITLE}px; font-weight: 600; }
    .line { font-size: ${LINE}px; fill: #3e4c59; }
    .edge { fill: none; stroke: #9aa5b1; stroke-width: 1.5; }
    .back { stroke: #c0492f; stroke-dasharray: 5 4; }
  </style>
  <defs>
    <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0.8 L7 4 L0 7.2 z" fill="#7b8794"/></marker>
  </defs>
  <rect x="${-MARGIN}" y="${-MARGIN}" width="${width}" height="${height}" fill="#ffffff"/>
${[...paths, ...boxes].join('\n')}
</svg>
`;
}

function sizeOf({ kind, title, lines }: GraphNode): Size {
  const widest = Math.max(
    title.length * TITLE * CHARACTER * 1.06,
    ...lines.map((line) => line.length * LINE * CHARACTER),
    kind.length * 10 * 0.72,
  );
  return { width: Math.max(110, Math.ceil(widest) + 2 * PADDING), height: 2 * PADDING + 32 + lines.length * LEADING };
}

function drawn({ kind, title, lines }: GraphNode, { x, y, width, height }: Box): string {
  const { fill, stroke } = NODE_COLOURS[kind];
  const left = round(x + PADDING);
  const text = (cls: string, at: number, words: string) =>
    `    <text class="${cls}" x="${left}" y="${round(at)}">${escaped(words)}</text>`;
  return [
    '  <g>',
    `    <rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="10" fill="${fill}" stroke="${stroke}" stroke-width="1.25"/>`,
    text('kind', y + PADDING + 8, kind),
    text('title', y + PADDING + 27, title),
    ...lines.map((line, i) => text('line', y + PADDING + 46 + i * LEADING, line)),
    '  </g>',
  ].join('\n');
}

/** A curve through the points that leaves and enters each level. */
function smooth(points: readonly Point[]): string {
  let d = `M${round(points[0]?.x ?? 0)} ${round(points[0]?.y ?? 0)}`;
  for (let i = 1; i < points.length; i++) {
    const [a, b] = [points[i - 1] as Point, points[i] as Point];
    const middle = round((a.x + b.x) / 2);
    d +=
      a.y === b.y
        ? ` L${round(b.x)} ${round(b.y)}`
        : ` C${middle} ${round(a.y)} ${middle} ${round(b.y)} ${round(b.x)} ${round(b.y)}`;
  }
  return d;
}

/** From below one box, under all that stands between, up to below another. */
function wayBack(from: Box, to: Box, boxes: readonly Box[]): string {
  const between = boxes.filter(({ x }) => x >= to.x && x <= from.x);
  const bottom = Math.max(...between.map(({ y, height }) => y + height)) + RETURN / 2;
  const [x0, y0] = [from.x + from.width / 2, from.y + from.height];
  const [x1, y1] = [to.x + to.width / 2, to.y + to.height];
  const r = 12;
  return `M${round(x0)} ${round(y0)} V${round(bottom - r)} Q${round(x0)} ${round(bottom)} ${round(x0 - r)} ${round(bottom)} H${round(x1 + r)} Q${round(x1)} ${round(bottom)} ${round(x1)} ${round(bottom - r)} V${round(y1)}`;
}

const round = (value: number): number => Math.round(value * 10) / 10;
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (text: string): string =>
  // Control characters have no place in XML, not even escaped.
  [...text]
    .filter((character) => character >= ' ')
    .join('')
    .replace(/[&<>"']/g, (character) => ENTITIES[character] as string);
