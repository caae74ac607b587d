import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { random } from '../../base/random.js';
import { ScoringMemory, scoringMemory } from '../../kernels/scoring-memory.js';
import { kernelModule, kernelsOver } from '../../kernels/wasm-module.js';
import { sharedMemory } from '../../kernels/webassembly.js';
import { CATEGORICAL, CODES, FEATURES, randomForest } from '../testing/random-forest.js';
import { ForestScorer } from './forest.js';
import { PackedForest } from './packed-forest.js';

const SPECIAL = [Number.NaN, Infinity, -Infinity, 0, -0, Number.MAX_VALUE, -Number.MAX_VALUE, 1e-310];

function rowsOf(count: number, seed: number): Float64Array[] {
  const source = random(seed);
  return Array.from({ length: count }, () =>
    Float64Array.from({ length: FEATURES }, (_, j) =>
      source.below(6) === 0
        ? SPECIAL[source.below(SPECIAL.length)]
        : CATEGORICAL.includes(j)
          ? source.below(CODES + 2)
          : source.normal(),
    ),
  );
}

const columnsOf = (rows: readonly Float64Array[]): Float64Array[] =>
  Array.from({ length: FEATURES }, (_, j) => Float64Array.from(rows, (row) => row[j]));

describe('a packed forest', () => {
  it('scores rows and blocks to the bit as the specification does', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 0, max: 18 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 150 }),
        (seed, trees, depth, outputs, count) => {
          const forest = randomForest(random(seed), trees, depth);
          const packed = PackedForest.pack(forest, outputs) as PackedForest;
          const scorer = new ForestScorer(forest, outputs);
          const rows = rowsOf(count, seed);
          const expected = new Float64Array(count * outputs).fill(0.25);
          const single = expected.slice();
          const block = expected.slice();
          rows.forEach((row, i) => {
            scorer.add(row, expected, i * outputs);
            expect(packed.addRow(row, single, i * outputs)).toBe(true);
          });
          expect(packed.addAll(columnsOf(rows), count, block)).toBe(true);
          expect(single).toEqual(expected);
          expect(block).toEqual(expected);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('walks down a tree that is one long chain', () => {
    const depth = 3000;
    const nodes = 2 * depth + 1;
    const forest = {
      features: [null],
      roots: Int32Array.of(0, nodes),
      slot: Int32Array.from({ length: nodes }, () => 0),
      threshold: Float64Array.from({ length: nodes }, (_, i) => (i % 2 === 0 && i < nodes - 1 ? i / 2 : Infinity)),
      left: Int32Array.from({ length: nodes }, (_, i) => (i % 2 === 0 && i < nodes - 1 ? i + 1 : i)),
      value: Float64Array.from({ length: nodes }, (_, i) => i),
      cover: new Uint32Array(nodes),
      sets: new Uint32Array(0),
    };
    const packed = PackedForest.pack(forest, 1) as PackedForest;
    for (const x of [-1, 0, 1.5, 2000, 1e9]) {
      const out = new Float64Array(2);
      new ForestScorer(forest, 1).add(Float64Array.of(x), out, 0);
      packed.addRow(Float64Array.of(x), out, 1);
      expect(out[1]).toBe(out[0]);
    }
  });
});

describe('the scoring memory', () => {
  const fresh = (most: number): ScoringMemory => {
    const memory = sharedMemory(65_536, most);
    const kernels = kernelsOver(kernelModule() as NonNullable<ReturnType<typeof kernelModule>>, memory);
    return new ScoringMemory(
      kernels,
      (pages) => memory.grow(pages),
      () => memory.buffer,
    );
  };

  it('grows, keeps what is in it, and gives released blocks again', () => {
    const memory = fresh(2 ** 24);
    const first = memory.reserve(2000) as number;
    memory.memory.f64[first >> 3] = 42;
    const large = memory.reserve(2 ** 20) as number;
    memory.memory.f64[(large >> 3) + 2 ** 17 - 1] = 7;
    expect(memory.memory.f64[first >> 3]).toBe(42);
    memory.release(large, 2 ** 20);
    expect(memory.reserve(2 ** 20 - 5)).toBe(large);
    expect(memory.reserve(2 ** 20)).toBeGreaterThan(large);
  });

  it('says when there is no room, and a forest is then scored without it', () => {
    const memory = fresh(65_536);
    expect(memory.reserve(2 ** 20)).toBeUndefined();
    expect(PackedForest.pack(randomForest(random(1), 400, 8), 1, memory)).toBeUndefined();
    const small = PackedForest.pack(randomForest(random(1), 4, 2), 1, memory) as PackedForest;
    while (memory.reserve(1024) !== undefined);
    expect(small.addAll(columnsOf(rowsOf(64, 1)), 64, new Float64Array(64))).toBe(false);
  });

  it('is one for the thread', () => {
    expect(scoringMemory()).toBe(scoringMemory());
  });
});
