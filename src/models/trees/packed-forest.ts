import type { Memory } from '../../kernels/layout.js';
import { type ScoringMemory, scoringMemory } from '../../kernels/scoring-memory.js';
import type { Forest } from './forest.js';
import { PackedRow, releaseWith, SET_BYTES, setBytes, writeSets } from './packed-row.js';
import { type TreeShape, treeShapes } from './tree-shapes.js';

const PLAIN_NODE = 16;
const MIXED_NODE = 32;
const GROUP_BYTES = 72;
const TREE_BYTES = 12;
/** Trees or rows that walk abreast. */
const TOGETHER = 8;
/** Rows of a block. */
const BLOCK = 64;

/**
 * A forest packed into the scoring memory for the WebAssembly walks. Its outputs are those of ForestScorer to the bit: the same
 * comparisons, and the same additions in the same order.
 */
export class PackedForest {
  readonly #forest: Forest;
  readonly #outputs: number;
  readonly #home: ScoringMemory;
  readonly #groupsAt: number;
  readonly #treesAt: number;
  readonly #groups: number;
  readonly #row: PackedRow;

  /** Undefined where WebAssembly or room is lacking. */
  static pack(forest: Forest, outputs: number, home = scoringMemory()): PackedForest | undefined {
    if (!home) return undefined;
    const shapes = treeShapes(forest);
    const groups = grouped(shapes);
    let bytes = groups.length * GROUP_BYTES + shapes.length * TREE_BYTES + 64 + setBytes(forest);
    for (const { nodes, mixed } of shapes) bytes += nodes * (mixed ? MIXED_NODE : PLAIN_NODE);
    const at = home.reserve(bytes);
    if (at === undefined) return undefined;
    const packed = new PackedForest(forest, outputs, home, at, shapes, groups);
    releaseWith(packed, home, at, bytes);
    return packed;
  }

  private constructor(
    forest: Forest,
    outputs: number,
    home: ScoringMemory,
    at: number,
    shapes: readonly TreeShape[],
    groups: readonly (readonly number[])[],
  ) {
    this.#forest = forest;
    this.#outputs = outputs;
    this.#home = home;
    this.#groups = groups.length;
    this.#row = new PackedRow(forest);
    this.#groupsAt = at;
    this.#treesAt = at + groups.length * GROUP_BYTES;
    const setsAt = (this.#treesAt + shapes.length * TREE_BYTES + 31) & ~15;
    writeSets(forest, home.memory, setsAt);
    const roots = this.#writeTrees(home.memory, setsAt + setBytes(forest), setsAt, shapes);
    this.#writeLists(home.memory, shapes, groups, roots);
  }

  /** Adds the outputs of a row to `out` from `offset` on; false, and nothing done, when there is no room. */
  addRow(row: Float64Array, out: Float64Array, offset: number): boolean {
    const trees = this.#forest.roots.length - 1;
    const { width } = this.#row;
    const outputs = this.#outputs;
    const rowAt = this.#home.scratch((width + trees + 1 + outputs) * 8);
    if (rowAt === undefined) return false;
    const { memory, kernels } = this.#home;
    const { f64 } = memory;
    this.#row.write(memory, row, rowAt);
    // The last group may be short: what its absent trees find goes behind the leaves.
    const leavesAt = rowAt + width * 8;
    const outAt = leavesAt + (trees + 1) * 8;
    for (let k = 0; k < outputs; k++) f64[(outAt >>> 3) + k] = out[offset + k];
    kernels.scoreRow(this.#groupsAt, this.#groups, rowAt, leavesAt, trees, outAt, outputs);
    for (let k = 0; k < outputs; k++) out[offset + k] = f64[(outAt >>> 3) + k];
    return true;
  }

  /** Adds the outputs of all rows of the columns to `out`, row-major; false, and nothing done, when there is no room. */
  addAll(columns: readonly Float64Array[], rows: number, out: Float64Array): boolean {
    const { width } = this.#row;
    const outputs = this.#outputs;
    const rowsAt = this.#home.scratch(BLOCK * (width + outputs) * 8);
    if (rowsAt === undefined) return false;
    const { memory, kernels } = this.#home;
    const outAt = rowsAt + BLOCK * width * 8;
    const results = memory.f64.subarray(outAt >>> 3, (outAt >>> 3) + BLOCK * outputs);
    const row = new Float64Array(columns.length);
    for (let from = 0; from < rows; from += BLOCK) {
      const count = Math.min(BLOCK, rows - from);
      for (let i = 0; i < count; i++) {
        for (let j = 0; j < columns.length; j++) row[j] = columns[j][from + i];
        this.#row.write(memory, row, rowsAt + i * width * 8);
      }
      // Rows that fill up the last eight are walked like any others; nobody reads what comes out.
      const walked = Math.ceil(count / TOGETHER) * TOGETHER;
      for (let i = count; i < walked; i++) this.#row.write(memory, row, rowsAt + i * width * 8);
      results.set(out.subarray(from * outputs, (from + count) * outputs));
      kernels.scoreBlock(this.#treesAt, this.#forest.roots.length - 1, rowsAt, width * 8, walked, outAt, outputs);
      out.set(results.subarray(0, count * outputs), from * outputs);
    }
    return true;
  }

  /** Returns the address of each root. */
  #writeTrees({ f64, u32 }: Memory, firstAt: number, setsAt: number, shapes: readonly TreeShape[]): number[] {
    const { roots, slot, threshold, left, value } = this.#forest;
    const { minusInfinity, noCategory } = this.#row;
    let at = firstAt;
    return shapes.map(({ nodes, mixed }, t) => {
      const root = at;
      const size = mixed ? MIXED_NODE : PLAIN_NODE;
      for (let i = roots[t]; i < roots[t] + nodes; i++, at += size) {
        const leaf = left[i] === i;
        const word = at >>> 2;
        const categorical = !leaf && slot[i] < 0;
        f64[at >>> 3] = leaf ? value[i] : categorical ? Infinity : threshold[i];
        u32[word + 2] = leaf || categorical ? minusInfinity : slot[i] * 8;
        u32[word + 3] = root + (left[i] - roots[t]) * size;
        if (!mixed) continue;
        u32[word + 4] = categorical ? this.#row.categoryOf(-1 - slot[i]) : noCategory;
        u32[word + 5] = setsAt + (categorical ? (threshold[i] + 1) * SET_BYTES : 0);
      }
      return root;
    });
  }

  #writeLists(
    { u32 }: Memory,
    shapes: readonly TreeShape[],
    groups: readonly (readonly number[])[],
    roots: readonly number[],
  ): void {
    shapes.forEach(({ depth, mixed }, t) => {
      u32.set([roots[t], depth, mixed ? 1 : 0], (this.#treesAt >>> 2) + 3 * t);
    });
    groups.forEach((group, g) => {
      const word = (this.#groupsAt + g * GROUP_BYTES) >>> 2;
      for (let k = 0; k < TOGETHER; k++) {
        u32[word + k] = roots[group[k] ?? group[0]];
        u32[word + 8 + k] = (group[k] ?? shapes.length) * 8;
      }
      u32[word + 16] = Math.max(...group.map((t) => shapes[t].depth));
      u32[word + 17] = shapes[group[0]].mixed ? 1 : 0;
    });
  }
}

/** Trees of like depth walk together, and those with categorical splits among themselves. */
function grouped(shapes: readonly TreeShape[]): number[][] {
  const order = shapes
    .map((_, t) => t)
    .sort((a, b) => Number(shapes[a].mixed) - Number(shapes[b].mixed) || shapes[a].depth - shapes[b].depth || a - b);
  const groups: number[][] = [];
  for (const t of order) {
    const group = groups.at(-1);
    if (group && group.length < TOGETHER && shapes[group[0]].mixed === shapes[t].mixed) group.push(t);
    else groups.push([t]);
  }
  return groups;
}
