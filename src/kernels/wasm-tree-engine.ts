import { fail } from '../base/error.js';
import { muster } from './crew.js';
import { type Memory, viewMemory } from './layout.js';
import { neededWithin, UNBOUNDED } from './leaf-bounds.js';
import { leastHessian } from './numeric-scan.js';
import { chunkRows, type Found, type LeafSums, type Scales, type ScanRules, type TreeArena } from './tree-arena.js';
import { type LeafRange, leafValues, plainTreeEngine, type SearchedLeaf, type TreeEngine } from './tree-engine.js';
import { type KernelExports, kernelModule, kernelsOver } from './wasm-module.js';
import { sharedMemory } from './webassembly.js';

/** Jobs by their number in kernels/jobs.ts. */
const JOB = {
  end: 0,
  histogram: 1,
  settle: 2,
  part: 3,
  gather: 4,
  quantize: 5,
  gradients: 6,
  mark: 7,
  bin: 8,
  transpose: 9,
  sum: 10,
  add: 11,
} as const;
type Job = keyof typeof JOB;

/** The control block of kernels/control.ts: four cache lines, and arguments as f64 and as 32-bit integers. */
const REALS_AT = 256;
const WORDS_AT = 448;
export const CONTROL_BYTES = 544;
/** Bytes of a split found and of the bounds of its leaf; two are found by each thread. */
export const FOUND_BYTES = 48;

/** Work below this is not worth waking another thread for: updates of histograms, rows moved, bins scanned. */
const LEAST_UPDATES = 60_000;
const LEAST_ROWS = 12_000;
const LEAST_BINS = 4_000;

/** Opens an engine of up to `arena.threads` threads over a new memory: WebAssembly where it runs, else plain TypeScript. */
export async function openTreeEngine(arena: TreeArena, bytes: number, plain = false): Promise<TreeEngine> {
  const module = plain ? undefined : kernelModule();
  if (!module) return plainTreeEngine(viewMemory(new ArrayBuffer(Math.ceil(bytes / 8) * 8)), arena);
  const memory = sharedMemory(bytes);
  const crew = await muster(module, memory, arena.controlAt, arena.threads);
  const engine = new WasmTreeEngine(arena, viewMemory(memory.buffer), kernelsOver(module, memory), crew.threads);
  engine.onClose = (left) => crew.dismiss(left);
  return engine;
}

class WasmTreeEngine implements TreeEngine {
  readonly memory: Memory;
  onClose: (left: boolean) => void = () => {};
  readonly #arena: TreeArena;
  readonly #kernels: KernelExports;
  readonly #threads: number;
  readonly #reals: Float64Array;
  readonly #words: Uint32Array;
  #lost = false;

  constructor(arena: TreeArena, memory: Memory, kernels: KernelExports, threads: number) {
    this.memory = memory;
    this.#arena = arena;
    this.#kernels = kernels;
    this.#threads = threads;
    this.#reals = memory.f64.subarray((arena.controlAt + REALS_AT) >>> 3, (arena.controlAt + WORDS_AT) >>> 3);
    this.#words = memory.u32.subarray((arena.controlAt + WORDS_AT) >>> 2, (arena.controlAt + CONTROL_BYTES) >>> 2);
  }

  binColumn(feature: number, values: Float64Array, bounds: Float64Array, missing: number): void {
    const { f64 } = this.memory;
    const { boundsAt, scoresAt, columnsAt, rows } = this.#arena;
    f64.fill(Infinity, boundsAt >>> 3, (boundsAt >>> 3) + 256);
    f64.set(bounds, boundsAt >>> 3);
    f64.set(values, scoresAt >>> 3);
    this.#run('bin', rows >= LEAST_ROWS ? this.#threads : 1, [scoresAt, boundsAt, missing, columnsAt + feature * rows, rows]);
  }

  turn(): void {
    const { columnsAt, rowMajorAt, rows, features } = this.#arena;
    this.#run('transpose', rows * features >= LEAST_UPDATES ? this.#threads : 1, [columnsAt, rowMajorAt, rows, features]);
  }

  gradients(loss: 'binary' | 'squared'): { gradient: number; hessian: number } {
    const { scoresAt, targetAt, weightAt, rows, pairsAt, largestAt } = this.#arena;
    const threads = rows >= LEAST_ROWS ? this.#threads : 1;
    this.#run('gradients', threads, [loss === 'binary' ? 1 : 2, scoresAt, targetAt, weightAt, rows, pairsAt, largestAt]);
    let gradient = 0;
    let hessian = 0;
    for (let t = 0, at = largestAt >>> 3; t < threads; t++, at += 2) {
      gradient = Math.max(gradient, this.memory.f64[at]);
      hessian = Math.max(hessian, this.memory.f64[at + 1]);
    }
    return { gradient, hessian };
  }

  quantize(count: number, gradientScale: number, hessianScale: number, key: number): LeafSums {
    const { pairsAt, entriesAt, largestAt } = this.#arena;
    const threads = count >= LEAST_ROWS ? this.#threads : 1;
    this.#run('quantize', threads, [pairsAt, entriesAt, count, gradientScale, hessianScale, key, largestAt]);
    let gradient = 0;
    let hessian = 0;
    for (let t = 0, at = largestAt >>> 3; t < threads; t++, at += 2) {
      gradient += this.memory.f64[at];
      hessian += this.memory.f64[at + 1];
    }
    return { gradient, hessian, count };
  }

  partition(feature: number, begin: number, count: number): number {
    const { columnsAt, rows, tableAt, scratchAt, countsAt } = this.#arena;
    const column = columnsAt + feature * rows;
    const entriesAt = this.#arena.entriesAt + 8 * begin;
    if (this.#threads === 1 || count < LEAST_ROWS) return this.#kernels.partition(column, tableAt, entriesAt, count, scratchAt);
    const threads = this.#threads;
    this.#run('part', threads, [column, tableAt, entriesAt, count, scratchAt, countsAt]);
    const { u8, i32 } = this.memory;
    let left = i32[countsAt >>> 2];
    for (let t = 1; t < threads; t++) {
      const from = entriesAt + 8 * Math.floor((count * t) / threads);
      const moved = i32[(countsAt >>> 2) + t];
      u8.copyWithin(entriesAt + 8 * left, from, from + 8 * moved);
      left += moved;
    }
    this.#run('gather', threads, [column, tableAt, entriesAt, count, scratchAt, countsAt]);
    return left;
  }

  search(
    begin: number,
    count: number,
    small: SearchedLeaf,
    large: SearchedLeaf | undefined,
    scales: Scales,
    rules: ScanRules,
  ): [Found | undefined, Found | undefined] {
    const a = this.#arena;
    const builders = count * a.features >= LEAST_UPDATES ? this.#threads : 1;
    const entriesAt = a.entriesAt + 8 * begin;
    this.#run('histogram', builders, [
      a.rowMajorAt,
      a.features,
      a.offsetsAt,
      a.totalBins,
      entriesAt,
      count,
      a.workAt,
      small.histogramAt,
      a.sparesAt,
    ]);
    const searchers = a.totalBins >= LEAST_BINS ? this.#threads : 1;
    this.#seed(searchers, small, large, scales, rules);
    this.#run('settle', searchers, [
      a.features,
      a.offsetsAt,
      a.totalBins,
      a.enabledAt,
      small.histogramAt,
      a.sparesAt,
      builders - 1,
      large?.histogramAt ?? 0,
      rules.minRows,
      leastHessian(rules),
      rules.l1,
      rules.l2,
      scales.gradient,
      scales.hessian,
      ...sumsOf(small),
      ...sumsOf(large),
      a.foundAt,
    ]);
    return [this.#found(searchers, 0), this.#found(searchers, 1)];
  }

  settleLeaves(leaves: readonly LeafRange[], learningRate: number, l1: number, output: number): Float64Array {
    const { rows, leavesAt, entriesAt, pairsAt, scoresAt, outputs, leafOfAt, chunkSumsAt, valuesAt } = this.#arena;
    const { u8, u32, f64 } = this.memory;
    const threads = rows >= LEAST_ROWS ? this.#threads : 1;
    let listed = 0;
    leaves.forEach(({ begin, count }, i) => {
      u32[(leavesAt >>> 2) + 2 * i] = begin;
      u32[(leavesAt >>> 2) + 2 * i + 1] = count;
      listed += count;
    });
    if (listed < rows) u8.fill(0xff, leafOfAt, leafOfAt + 2 * rows);
    this.#run('mark', threads, [leavesAt, leaves.length, entriesAt, leafOfAt]);
    const size = chunkRows(rows);
    this.#run('sum', threads, [leafOfAt, pairsAt, rows, size, chunkSumsAt, leaves.length]);
    const first = chunkSumsAt >>> 3;
    const sums = f64.subarray(first, first + Math.ceil(rows / size) * leaves.length * 2);
    const values = leafValues(leaves, sums, learningRate, l1);
    f64.set(values, valuesAt >>> 3);
    this.#run('add', threads, [leafOfAt, valuesAt, rows, scoresAt, outputs, output]);
    return values;
  }

  close(): void {
    this.onClose(
      this.#threads > 1 && !this.#lost ? this.#kernels.lead(this.#arena.controlAt, JOB.end, this.#threads) === 1 : false,
    );
  }

  #run(job: Job, threads: number, values: readonly number[]): void {
    this.#reals.set(values);
    this.#words.set(values);
    if (this.#kernels.lead(this.#arena.controlAt, JOB[job], threads) === 1) return;
    this.#lost = true;
    fail('MW_INTERNAL', { what: 'A training thread did not answer.' });
  }

  /** Sets every thread's places for splits to nothing found. */
  #seed(threads: number, small: SearchedLeaf, large: SearchedLeaf | undefined, scales: Scales, rules: ScanRules): void {
    const { f64, i32 } = this.memory;
    const needed = [small, large].map((leaf) => (leaf ? neededWithin(leaf.sums, scales, rules, leaf.bounds) : 0));
    const bounds = [small.bounds, large?.bounds ?? UNBOUNDED];
    for (let place = 0, at = this.#arena.foundAt; place < 2 * threads; place++, at += FOUND_BYTES) {
      f64[at >>> 3] = needed[place % 2];
      i32[(at >>> 2) + 2] = -1;
      f64[(at >>> 3) + 4] = bounds[place % 2].lower;
      f64[(at >>> 3) + 5] = bounds[place % 2].upper;
    }
  }

  /** The best of what the threads found for one of the two leaves; of equals that of the first feature. */
  #found(threads: number, leaf: 0 | 1): Found | undefined {
    const { f64, i32 } = this.memory;
    let best: Found | undefined;
    for (let t = 0; t < threads; t++) {
      const at = this.#arena.foundAt + (2 * t + leaf) * FOUND_BYTES;
      const word = at >>> 2;
      if (i32[word + 2] < 0 || (best && f64[at >>> 3] <= best.score)) continue;
      best = {
        score: f64[at >>> 3],
        feature: i32[word + 2],
        bin: i32[word + 3],
        missingLeft: i32[word + 4] === 1,
        left: { gradient: i32[word + 5], hessian: i32[word + 6], count: i32[word + 7] },
      };
    }
    return best;
  }
}

function sumsOf(leaf: SearchedLeaf | undefined): [number, number, number] {
  return leaf?.wanted ? [leaf.sums.gradient, leaf.sums.hessian, leaf.sums.count] : [0, 0, 0];
}
