import type { GraphEdge } from './plan-graph.js';

export interface Size {
  readonly width: number;
  readonly height: number;
}
export interface Box extends Size {
  readonly x: number;
  readonly y: number;
}
export interface Point {
  readonly x: number;
  readonly y: number;
}
export interface Layout {
  readonly boxes: ReadonlyMap<string, Box>;
  /** Points that each forward edge passes, in the order of `edges`; null for a back edge. */
  readonly routes: readonly (readonly Point[] | null)[];
  readonly width: number;
  readonly height: number;
}

const COLUMN_GAP = 64;
const ROW_GAP = 22;
/** Room that a long edge takes in a column that it passes. */
const LANE = 6;
const SWEEPS = 8;

interface Slot {
  readonly id: string;
  readonly size: Size;
  readonly before: string[];
  readonly after: string[];
}

/** Left-to-right layers by longest path, long edges through lanes, rows ordered by barycentres (Sugiyama et al., 1981). */
export function layeredLayout(sizes: ReadonlyMap<string, Size>, edges: readonly GraphEdge[]): Layout {
  const forward = edges.filter(({ back }) => !back);
  const depth = depths([...sizes.keys()], forward);
  const columns: Slot[][] = [];
  const slots = new Map<string, Slot>();
  const place = (id: string, column: number, size: Size) => {
    const slot: Slot = { id, size, before: [], after: [] };
    slots.set(id, slot);
    (columns[column] ??= []).push(slot);
  };
  for (const [id, size] of sizes) place(id, depth.get(id) as number, size);
  const chains = edges.map(({ from, to, back }, i) => {
    if (back) return null;
    const chain = [from];
    for (let column = (depth.get(from) as number) + 1; column < (depth.get(to) as number); column++) {
      const lane = `lane ${i} ${column}`;
      place(lane, column, { width: 0, height: LANE });
      chain.push(lane);
    }
    chain.push(to);
    for (let k = 1; k < chain.length; k++) {
      const [a, b] = [chain[k - 1] as string, chain[k] as string];
      slots.get(a)?.after.push(b);
      slots.get(b)?.before.push(a);
    }
    return chain;
  });
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const leftward = sweep % 2 === 1;
    for (const column of leftward ? columns.toReversed() : columns) order(column, columns, leftward);
  }
  return position(columns, chains);
}

function depths(ids: readonly string[], edges: readonly GraphEdge[]): ReadonlyMap<string, number> {
  const depth = new Map(ids.map((id) => [id, 0]));
  for (let round = 0; round < ids.length; round++) {
    let moved = false;
    for (const { from, to } of edges) {
      const least = (depth.get(from) as number) + 1;
      if ((depth.get(to) as number) < least) {
        depth.set(to, least);
        moved = true;
      }
    }
    if (!moved) break;
  }
  // What only feeds a late part stands right before it.
  for (const id of ids) {
    if (edges.some(({ to }) => to === id)) continue;
    const next = edges.filter(({ from }) => from === id).map(({ to }) => depth.get(to) as number);
    if (next.length > 0) depth.set(id, Math.min(...next) - 1);
  }
  return depth;
}

function order(column: Slot[], columns: readonly Slot[][], leftward: boolean): void {
  const rank = new Map(columns.flatMap((slots) => slots.map(({ id }, i) => [id, (i + 0.5) / slots.length] as const)));
  const centre = new Map(
    column.map((slot, i) => {
      const near = leftward ? slot.after : slot.before;
      const own = (i + 0.5) / column.length;
      return [slot.id, near.length === 0 ? own : near.reduce((sum, id) => sum + (rank.get(id) as number), 0) / near.length];
    }),
  );
  column.sort((a, b) => (centre.get(a.id) as number) - (centre.get(b.id) as number));
}

function position(columns: readonly Slot[][], chains: readonly (readonly string[] | null)[]): Layout {
  const heights = columns.map((slots) => slots.reduce((sum, { size }) => sum + size.height, 0) + ROW_GAP * (slots.length - 1));
  const height = Math.max(...heights);
  const boxes = new Map<string, Box>();
  let x = 0;
  columns.forEach((slots, i) => {
    const width = Math.max(...slots.map(({ size }) => size.width));
    let y = (height - (heights[i] as number)) / 2;
    for (const { id, size } of slots) {
      boxes.set(id, { x, y, width, height: size.height });
      y += size.height + ROW_GAP;
    }
    x += width + COLUMN_GAP;
  });
  const routes = chains.map((chain) => {
    if (!chain) return null;
    return chain.flatMap((id, i): Point[] => {
      const box = boxes.get(id) as Box;
      const y = box.y + box.height / 2;
      const [left, right] = [
        { x: box.x, y },
        { x: box.x + box.width, y },
      ];
      return i === 0 ? [right] : i === chain.length - 1 ? [left] : [left, right];
    });
  });
  for (const id of boxes.keys()) if (id.startsWith('lane ')) boxes.delete(id);
  return { boxes, routes, width: x - COLUMN_GAP, height };
}
