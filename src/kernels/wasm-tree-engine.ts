import { fail } from '../base/error.js';
import { type Crew, muster } from './crew.js';
import { type Memory, viewMemory } from './layout.js';
import { neededWithin, UNBOUNDED } from './leaf-bounds.js';
import { leastHessian } from './numeric-scan.js';
import { chunkRows, type Found, type LeafSums, type Scales, type ScanRules, type TreeArena } from './tree-arena.js';
import {
  type Division,
  type EngineLoss,
  type LeafRange,
  leafValues,
  listRows,
  POISSON_CAUTION,
  plainTreeEngine,
  type SearchedLeaf,
  type TreeEngine,
} from './tree-engine.js';
import { workBytes } from './tree-kernels.js';
import { type KernelExports, kernelModule, kernelsOver } from './wasm-module.js';
import { sharedMemory, type WasmMemory } from './webassembly.js';

/** Jobs by their number in kernels/jobs.ts. */
const JOB = {
  end: 0,
  divide: 1,
  list: 2,
  quantize: 5,
  gradients: 6,
  mark: 7,
  bin: 8,
  transpose: 9,
  sum: 10,
  add: 11,
  shares: 12,
} as const;
type Job = keyof typeof JOB;
/** Losses by their number there. */
const LOSS: Readonly<Record<EngineLoss, number>> = { binary: 1, squared: 2, poisson: 3, softmax: 4 };

/** The control block of kernels/control.ts: six cache lines, and arguments as f64 and as 32-bit integers. */
const REALS_AT = 384;
const WORDS_AT = 768;
export const CONTROL_BYTES = 960;
/** Bytes of a split found, of the bounds of its leaf and of its set of categories; two are found by each thread. */
export const FOUND_BYTES = 96;

const SET_AT = 48;

/** Work below this is not worth waking another thread for: updates of histograms, rows moved, bins scanned. */
const LEAST_UPDATES = 60_000;
const LEAST_ROWS = 12_000;
const LEAST_BINS = 1_500;

/**
 * Histograms are built from columns of bytes instead of rows when at most one in so many columns is counted: timed at 200,000 x 28 and
 * 20,000 x 400 that takes a tenth less for a tenth, a quarter or a half of the features, and as long for three quarters.
 */
const FEW = 2;

/** Opens an engine of up to `arena.threads` threads over a new memory: WebAssembly where it runs, else plain TypeScript. */
export async function openTreeEngine(arena: TreeArena, bytes: number, plain = false): Promise<TreeEngine> {
  const module = plain ? undefined : kernelModule();
  if (!module) return plainTreeEngine(viewMemory(new ArrayBuffer(Math.ceil(bytes / 8) * 8)), arena);
  const memory = allocate(bytes);
  const crew = await muster(module, memory, arena.controlAt, arena.threads);
  const engine = new WasmTreeEngine(arena, viewMemory(memory.buffer), kernelsOver(module, memory), crew);
  return engine;
}

function allocate(bytes: number): WasmMemory {
  try {
    return sharedMemory(bytes);
  } catch (cause) {
    const what = `${Math.ceil(bytes / 2 ** 20)} MiB of training memory cannot be had from the system.`;
    return fail('MW_MODEL_TOO_LARGE', { what, cause });
  }
}

class WasmTreeEngine implements TreeEngine {
  readonly memory: Memory;
  readonly #arena: TreeArena;
  readonly #kernels: KernelExports;
  readonly #crew: Crew;
  readonly #reals: Float64Array;
  readonly #words: Uint32Array;
  /** Arguments of the next job that are set. */
  #arguments = 0;
  /** Features whose histograms are built, where their list is (0 when they are all), the same of their columns, and the bins together. */
  #chosen: number;
  #listAt = 0;
  #built: number;
  #builtAt = 0;
  #byColumns = false;
  #bins: number;
  #lost = false;

  constructor(arena: TreeArena, memory: Memory, kernels: KernelExports, crew: Crew) {
    this.memory = memory;
    this.#arena = arena;
    this.#kernels = kernels;
    this.#crew = crew;
    this.#chosen = arena.features;
    this.#built = arena.columns;
    this.#bins = arena.totalBins;
    this.#reals = memory.f64.subarray((arena.controlAt + REALS_AT) >>> 3, (arena.controlAt + WORDS_AT) >>> 3);
    this.#words = memory.u32.subarray((arena.controlAt + WORDS_AT) >>> 2, (arena.controlAt + CONTROL_BYTES) >>> 2);
  }

  binColumn(column: number, values: Float64Array, bounds: Float64Array, missing: number): void {
    const { f64 } = this.memory;
    const { boundsAt, scoresAt, columnsAt, rows } = this.#arena;
    f64.fill(Infinity, boundsAt >>> 3, (boundsAt >>> 3) + 256);
    f64.set(bounds, boundsAt >>> 3);
    f64.set(values, scoresAt >>> 3);
    this.#run('bin', rows >= LEAST_ROWS ? this.#threads : 1, [scoresAt, boundsAt, missing, columnsAt + column * rows, rows]);
  }

  turn(): void {
    const { columnsAt, rowMajorAt, rowBytes, rows, columns } = this.#arena;
    const threads = rows * columns >= LEAST_UPDATES ? this.#threads : 1;
    this.#run('transpose', threads, [columnsAt, rowMajorAt, rows, columns, rowBytes]);
  }

  prepare(loss: EngineLoss): boolean {
    if (loss !== 'softmax') return true;
    const { scoresAt, sharesAt, rows, outputs } = this.#arena;
    this.#run('shares', rows * outputs >= LEAST_ROWS ? this.#threads : 1, [scoresAt, sharesAt, rows, outputs]);
    return true;
  }

  gradients(loss: EngineLoss, output: number): { gradient: number; hessian: number } {
    const { scoresAt, sharesAt, targetAt, weightAt, rows, pairsAt, largestAt, outputs } = this.#arena;
    const threads = rows >= LEAST_ROWS ? this.#threads : 1;
    this.#run('gradients', threads, [
      LOSS[loss],
      loss === 'softmax' ? sharesAt : scoresAt,
      targetAt,
      weightAt,
      rows,
      pairsAt,
      largestAt,
      loss === 'softmax' ? outputs / (outputs - 1) : POISSON_CAUTION,
      outputs,
      output,
    ]);
    let gradient = 0;
    let hessian = 0;
    for (let t = 0, at = largestAt >>> 3; t < threads; t++, at += 2) {
      gradient = Math.max(gradient, this.memory.f64[at]);
      hessian = Math.max(hessian, this.memory.f64[at + 1]);
    }
    return { gradient, hessian };
  }

  list(rows: Uint32Array): void {
    const { entriesAt, rows: all } = this.#arena;
    if (rows.length === all) this.#run('list', all >= LEAST_ROWS ? this.#threads : 1, [entriesAt, all]);
    else listRows(this.memory, entriesAt, rows);
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

  choose(features: readonly number[]): void {
    const { features: all, columns, bundles, listAt, offsetsAt, workAt, threads } = this.#arena;
    const { u8, u32 } = this.memory;
    // Features that are built clear their sums; those that shared a column with them and were not built left theirs.
    if (bundles && this.#chosen < all) u8.fill(0, workAt, workAt + threads * workBytes(columns));
    const list = listAt >>> 2;
    u32.set(features, list);
    this.#chosen = features.length;
    this.#listAt = features.length < all ? listAt : 0;
    const built = bundles ? [...new Set(features.map((feature) => bundles.columnOf[feature]))] : features;
    u32.set(built, list + all);
    this.#built = built.length;
    this.#builtAt = built.length < columns ? listAt + 4 * all : 0;
    this.#byColumns = built.length * FEW <= columns;
    this.#bins = 0;
    for (const feature of features) this.#bins += u32[(offsetsAt >>> 2) + feature + 1] - u32[(offsetsAt >>> 2) + feature];
  }

  partition(feature: number, begin: number, count: number): number {
    const { columnsAt, rows, tableAt, scratchAt, entriesAt } = this.#arena;
    const column = columnsAt + this.#columnOf(feature) * rows;
    return this.#kernels.partition(column, tableAt, entriesAt + 8 * begin, count, scratchAt);
  }

  search(
    begin: number,
    count: number,
    small: SearchedLeaf,
    large: SearchedLeaf | undefined,
    scales: Scales,
    rules: ScanRules,
    division?: Division,
  ): [Found | undefined, Found | undefined] {
    const a = this.#arena;
    const parted = division?.count ?? 0;
    const much = count * this.#built >= LEAST_UPDATES || this.#bins >= LEAST_BINS || parted >= LEAST_ROWS;
    const threads = much ? this.#threads : 1;
    this.#seed(threads, small, large, scales, rules);
    this.#set(
      division ? a.columnsAt + this.#columnOf(division.feature) * a.rows : 0,
      a.tableAt,
      division ? a.entriesAt + 8 * division.begin : 0,
      parted,
      a.scratchAt,
      a.countsAt,
      parted >= LEAST_ROWS ? threads : 1,
    );
    this.#set(a.rowMajorAt, a.rowBytes, this.#builtAt, this.#built, a.offsetsAt, a.totalBins);
    const largeAt = large?.histogramAt ?? 0;
    this.#set(a.entriesAt + 8 * begin, count, a.workAt, small.histogramAt, a.sparesAt, largeAt, a.enabledAt);
    this.#set(rules.minRows, leastHessian(rules), rules.l1, rules.l2, scales.gradient, scales.hessian);
    this.#setSums(small);
    this.#setSums(large);
    this.#set(a.foundAt, rules.oneHotCategories, rules.maxSplitCategories, rules.categorySmoothing);
    this.#set(rules.l2 + rules.categoryL2, rules.minCategoryRows, workBytes(a.columns));
    this.#set(this.#listAt, this.#chosen, a.bundlesAt, small.sums.gradient, small.sums.hessian, small.sums.count);
    this.#set(this.#byColumns ? a.columnsAt : 0, a.rows);
    this.#run('divide', threads);
    return [this.#found(threads, 0), this.#found(threads, 1)];
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
    const { threads } = this.#crew;
    this.#crew.dismiss(threads > 1 && !this.#lost && this.#kernels.lead(this.#arena.controlAt, JOB.end, threads) === 1);
  }

  #columnOf(feature: number): number {
    return this.#arena.bundles ? this.#arena.bundles.columnOf[feature] : feature;
  }

  get #threads(): number {
    return this.#crew.threads;
  }

  /** Adds arguments of the next job. */
  #set(...values: number[]): void {
    for (const value of values) {
      this.#reals[this.#arguments] = value;
      this.#words[this.#arguments++] = value;
    }
  }

  /** Sums of a leaf; all zero for one whose splits are not wanted. */
  #setSums(leaf: SearchedLeaf | undefined): void {
    if (leaf?.wanted) this.#set(leaf.sums.gradient, leaf.sums.hessian, leaf.sums.count);
    else this.#set(0, 0, 0);
  }

  #run(job: Job, threads: number, values: readonly number[] = []): void {
    this.#set(...values);
    this.#arguments = 0;
    if (this.#kernels.lead(this.#arena.controlAt, JOB[job], threads) === 1) return;
    this.#lost = true;
    fail('MW_MODEL_THREAD_LOST', { what: 'A training thread did not answer for two seconds.' });
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
      if (i32[word + 2] < 0) continue;
      if (best && (f64[at >>> 3] < best.score || (f64[at >>> 3] === best.score && i32[word + 2] > best.feature))) continue;
      best = {
        score: f64[at >>> 3],
        feature: i32[word + 2],
        bin: i32[word + 3],
        missingLeft: i32[word + 4] === 1,
        left: { gradient: i32[word + 5], hessian: i32[word + 6], count: i32[word + 7] },
        ...(i32[word + 3] < 0 ? { categories: setOf(this.memory.u8, at + SET_AT), ordered: i32[word + 20] === 1 } : {}),
      };
    }
    return best;
  }
}

/** Numbers of the bits that are set among 256, ascending. */
function setOf(bytes: Uint8Array, at: number): number[] {
  const set: number[] = [];
  for (let bit = 0; bit < 256; bit++) if ((bytes[at + (bit >> 3)] >> (bit & 7)) & 1) set.push(bit);
  return set;
}
