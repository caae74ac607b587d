import { describe, expect, it } from 'vitest';
import { resolveOptions } from '../../base/options.js';
import { random } from '../../base/random.js';
import type { Matrix } from '../estimator.js';
import { bestSplit, drawnSearch } from '../forest/split-search.js';
import { gbdtOptions } from '../gbdt/options.js';
import { matrixOf } from '../testing/examples.js';
import { type BinnedRows, binRows, type Machinery } from './binned-rows.js';
import { fitBins } from './binning.js';
import { ForestScorer, flatten } from './forest.js';
import { type LeafRows, type SplitSearch, TreeGrower } from './grow.js';
import { type GrownTree, leafOf } from './grown-tree.js';
import type { SplitRules } from './split.js';

const ROWS = 1500;
const source = random(9);
const columns = [
  Float64Array.from({ length: ROWS }, () => (source.below(8) === 0 ? Number.NaN : source.normal())),
  Float64Array.from({ length: ROWS }, () => source.below(12)),
  Float64Array.from({ length: ROWS }, () => (source.below(3) === 0 ? 0 : source.normal())),
];
const matrix: Matrix = matrixOf(columns, [0, 12, 0]);
const bins = fitBins(matrix, { bins: 255, minBinRows: 3 }, random(1));

interface Grown {
  readonly tree: GrownTree;
  readonly leaves: LeafRows[];
  readonly data: BinnedRows;
}

async function grow(
  params: Record<string, unknown>,
  histograms?: number,
  features = [0, 1, 2],
  machinery: Machinery = { threads: 1 },
  searchOf?: (data: BinnedRows, rules: SplitRules) => SplitSearch,
): Promise<Grown> {
  const resolved = resolveOptions('test', gbdtOptions, { minRows: 20, l2: 0, minCategoryRows: 10, ...params });
  const whole = await binRows({ matrix, target: new Float64Array(ROWS) }, bins, resolved.leaves, 1, machinery);
  const data = histograms ? { ...whole, arena: { ...whole.arena, histograms } } : whole;
  const { arena, engine, memory } = data;
  const noise = random(10);
  for (let i = 0; i < ROWS; i++) {
    const known = Number.isNaN(columns[0][i]) ? 1 : columns[0][i];
    data.memory.u32[(data.arena.entriesAt >> 2) + 2 * i] = i;
    memory.f32[(arena.pairsAt >> 2) + 2 * i] = Math.sin(2 * known) + (columns[1][i] % 3) + noise.normal() / 4;
    memory.f32[(arena.pairsAt >> 2) + 2 * i + 1] = 1;
  }
  const sums = engine.quantize(ROWS, 400, 500, 5);
  const scales = { gradient: 1 / 400, hessian: 1 / 500 };
  const search = searchOf?.(data, resolved);
  const grown = await new TreeGrower(data, resolved, resolved).grow(sums, scales, features, search);
  engine.close();
  return { ...grown, data };
}

const shape = ({ tree }: Grown) =>
  tree.splits.map((split) => split && [split.feature, split.bin, split.missingLeft, split.categories]);

describe('a search of its own', () => {
  it('finds the same with and without histograms of all features, also when few have room', async () => {
    const params = { leaves: 200, minRows: 2 };
    const search =
      (smallRows?: number) =>
      (data: BinnedRows, rules: SplitRules): SplitSearch => {
        const made = drawnSearch(data, [0, 1, 2], 2, bestSplit(data, rules), random(4));
        return smallRows === undefined ? made : { ...made, smallRows };
      };
    const never = await grow(params, undefined, [0, 1, 2], { threads: 1 }, search(0));
    for (const smallRows of [undefined, 20, 300, 1e9])
      expect(shape(await grow(params, undefined, [0, 1, 2], { threads: 1 }, search(smallRows)))).toEqual(shape(never));
    const all = (data: BinnedRows, rules: SplitRules): SplitSearch => ({
      ...drawnSearch(data, [0, 1, 2], 3, bestSplit(data, rules), random(4)),
      smallRows: 50,
    });
    const roomy = await grow(params, undefined, [0, 1, 2], { threads: 1 }, all);
    expect(shape(await grow(params, 4, [0, 1, 2], { threads: 1 }, all))).toEqual(shape(roomy));
    expect(shape(roomy)).toEqual(shape(await grow(params)));
  });
});

describe('tree growth', () => {
  it('sorts every row into the leaf that its values lead to', async () => {
    const { tree, leaves, data } = await grow({});
    expect(leaves.length).toBe(31);
    const seen = new Set<number>();
    for (const leaf of leaves)
      for (let i = leaf.begin; i < leaf.begin + leaf.count; i++) {
        const row = data.memory.u32[(data.arena.entriesAt >> 2) + 2 * i];
        seen.add(row);
        expect(leafOf(tree, data.memory.u8, data.arena.columnsAt, ROWS, row)).toBe(leaf.node);
      }
    expect(seen.size).toBe(ROWS);
    for (const leaf of leaves) expect(tree.cover[leaf.node]).toBe(leaf.count);
  });

  it('scores raw values as it sorted the training rows', async () => {
    const { tree, leaves } = await grow({ leaves: 200, minRows: 3 });
    for (const leaf of leaves) tree.value[leaf.node] = leaf.node;
    const categoricalFree = await grow({ leaves: 60, minRows: 3 }, undefined, [0, 2]);
    for (const leaf of categoricalFree.leaves) categoricalFree.tree.value[leaf.node] = 1000 * leaf.node;
    for (const trees of [
      [tree],
      [categoricalFree.tree],
      [tree, categoricalFree.tree, tree, tree, tree],
      Array.from({ length: 19 }, () => categoricalFree.tree),
    ]) {
      const scorer = new ForestScorer(flatten(trees, bins), 1);
      const out = new Float64Array(1);
      const grown = (await grow({ leaves: 2 })).data;
      for (let i = 0; i < ROWS; i++) {
        out[0] = 0;
        scorer.add(
          Float64Array.from(columns, (column) => column[i]),
          out,
          0,
        );
        const expected = trees.reduce((sum, t) => sum + t.value[leafOf(t, grown.memory.u8, grown.arena.columnsAt, ROWS, i)], 0);
        expect(out[0]).toBe(expected);
      }
    }
  });

  it('gives the same tree however few histograms are kept', async () => {
    const whole = await grow({ leaves: 120, minRows: 3 });
    expect(shape(whole).length).toBe(239);
    for (const kept of [3, 4, 7]) expect(shape(await grow({ leaves: 120, minRows: 3 }, kept))).toEqual(shape(whole));
  });

  it('is the same in plain TypeScript and with any number of threads', async () => {
    for (const params of [{}, { leaves: 200, minRows: 1 }]) {
      const plain = await grow(params, undefined, undefined, { threads: 1, plain: true });
      for (const threads of [1, 2, 3]) {
        const compiled = await grow(params, undefined, undefined, { threads });
        expect(shape(compiled)).toEqual(shape(plain));
        expect(compiled.leaves).toEqual(plain.leaves);
      }
    }
  });

  it('keeps to its limits', async () => {
    for (const minRows of [1, 20, 200])
      for (const leaf of (await grow({ minRows })).leaves) expect(leaf.count).toBeGreaterThanOrEqual(minRows);
    expect((await grow({ maxDepth: 2 })).leaves.length).toBe(4);
    expect((await grow({ minGain: 1e9 })).leaves.length).toBe(1);
    expect(shape(await grow({}, undefined, [2])).every((split) => !split || split[0] === 2)).toBe(true);
    expect((await grow({ minChildWeight: 300 })).leaves.every((leaf) => leaf.count >= 300)).toBe(true);
  });

  it('fills level after level when told to, the last one by gain', async () => {
    const depthOf = ({ tree }: Grown): number[] => {
      const depth = [0];
      tree.splits.forEach((split, node) => {
        if (split) for (const child of [tree.left[node], tree.left[node] + 1]) depth[child] = depth[node] + 1;
      });
      return depth;
    };
    const params = { growth: 'depthwise', minRows: 1, minChildWeight: 0 };
    const whole = await grow({ ...params, leaves: 16, maxDepth: 4 });
    expect(depthOf(whole).filter((_, node) => !whole.tree.splits[node])).toEqual(Array.from({ length: 16 }, () => 4));
    // One more level than the leaves are enough for: four of the sixteen are split, those with the largest gains.
    const more = await grow({ ...params, leaves: 20 });
    const depth = depthOf(more);
    expect(Math.max(...depth)).toBe(5);
    expect(shape(more).slice(0, 15)).toEqual(shape(whole).slice(0, 15));
    const gains = (await grow({ ...params, leaves: 32, maxDepth: 5 })).tree.splits
      .slice(15, 31)
      .map((split) => split?.gain ?? 0);
    const taken = more.tree.splits.slice(15, 31).flatMap((split) => (split ? [split.gain] : []));
    expect(taken.sort((a, b) => b - a)).toEqual(gains.sort((a, b) => b - a).slice(0, 4));
    // Leaf-wise growth goes deeper with as many leaves, and both are the same when the depth is what limits.
    expect(Math.max(...depthOf(await grow({ ...params, growth: 'leafwise', leaves: 20 })))).toBeGreaterThan(5);
    const limited = { minRows: 1, leaves: 64, maxDepth: 3 };
    const sorted = async (growth: string) => (await grow({ ...limited, growth })).leaves.map(({ count }) => count).sort();
    expect(await sorted('depthwise')).toEqual(await sorted('leafwise'));
  });

  it('gives the same tree level by level however few histograms are kept', async () => {
    const params = { growth: 'depthwise', leaves: 120, minRows: 3 };
    const whole = await grow(params);
    for (const kept of [3, 4, 7]) expect(shape(await grow(params, kept))).toEqual(shape(whole));
  });

  it('splits the leaf with the largest gain first', async () => {
    const { tree } = await grow({ leaves: 20 });
    const larger = (await grow({ leaves: 60 })).tree;
    // Nodes are numbered in the order of splits, so a smaller limit gives a prefix of the same growth.
    expect(larger.cover.slice(0, tree.cover.length)).toEqual(tree.cover);
    const least = Math.min(...tree.splits.flatMap((split) => (split ? [split.gain] : [])));
    const unsplit = larger.splits.filter((split, node) => split && !tree.splits[node] && node < tree.cover.length);
    for (const split of unsplit) expect(split?.gain).toBeLessThanOrEqual(least);
  });
});
