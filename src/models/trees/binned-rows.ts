import { fail, MillwrightError } from '../../base/error.js';
import { Layout, type Memory } from '../../kernels/layout.js';
import { type Bundles, chunkRows, type TreeArena } from '../../kernels/tree-arena.js';
import type { TreeEngine } from '../../kernels/tree-engine.js';
import { BIN_WORDS, BYTES_BEYOND, workBytes } from '../../kernels/tree-kernels.js';
import { kernelModule } from '../../kernels/wasm-module.js';
import { CONTROL_BYTES, FOUND_BYTES, openTreeEngine } from '../../kernels/wasm-tree-engine.js';
import type { TrainingData } from '../estimator.js';
import type { BinCache } from './bin-cache.js';
import { binColumn, type FeatureBins } from './binning.js';
import { planBundles, type SparseColumn, writeCodes } from './bundles.js';

/** Most bytes of one memory: WebAssembly addresses 4 GiB. */
const MOST_BYTES = 2 ** 32 - 65_536;
/** Histograms beyond this many bytes are dropped and built again when they are needed. */
const HISTOGRAM_BYTES = 2 ** 28;

/** How the work is done; results do not depend on it. */
export interface Machinery {
  readonly threads: number;
  /** Keeps to plain TypeScript. */
  readonly plain?: boolean;
  /** Columns that were binned before. */
  readonly shared?: BinCache | undefined;
  /** Whether features may share columns, where nobody reads the bytes of a feature but the engine. */
  readonly bundled?: boolean;
  /** Bytes of memory that the process may have. */
  readonly memory?: number;
}

/** Learns on threads; when one of them is lost, again on one alone, which gives the same model. */
export async function onThreads<T>(machinery: Machinery, learn: (machinery: Machinery) => Promise<T>): Promise<T> {
  try {
    return await learn(machinery);
  } catch (thrown) {
    if (!(thrown instanceof MillwrightError && thrown.code === 'MW_MODEL_THREAD_LOST')) throw thrown;
    return learn({ ...machinery, threads: 1 });
  }
}

/** Training rows as bytes, with the room that tree learning needs, in one memory. */
export interface BinnedRows {
  readonly arena: TreeArena;
  readonly engine: TreeEngine;
  readonly memory: Memory;
  readonly bins: readonly FeatureBins[];
  /** First bin of each feature. */
  readonly firstBin: readonly number[];
}

/**
 * Bins a matrix for trees of up to `leaves` leaves, and sets the target and the weights beside it. The engine must be closed. `shares` asks for
 * room for probabilities beside the scores.
 * @throws MW_MODEL_TOO_LARGE before anything is allocated
 */
export async function binRows(
  data: TrainingData,
  bins: readonly FeatureBins[],
  leaves: number,
  outputs: number,
  machinery: Machinery,
  shares = false,
): Promise<BinnedRows> {
  const { rows } = data.matrix;
  const firstBin: number[] = [];
  let totalBins = 0;
  for (const feature of bins) {
    firstBin.push(totalBins);
    totalBins += feature.bins;
  }
  const plan = machinery.bundled && !machinery.plain && kernelModule() ? planBundles(data.matrix, bins) : undefined;
  const { arena, bytes } = arrange(
    rows,
    bins.length,
    plan?.bundles ?? null,
    totalBins,
    leaves,
    outputs,
    machinery.threads,
    data.weight !== undefined,
    shares,
  );
  const most = Math.min(MOST_BYTES, machinery.memory ?? Infinity);
  if (bytes > most)
    fail('MW_MODEL_TOO_LARGE', {
      what: `${rows} rows x ${bins.length} features need ${gigabytes(bytes)} of training memory; ${
        most < MOST_BYTES ? `this process may have ${gigabytes(most)}` : 'the limit is 4 GiB'
      }.`,
      where: { rows, features: bins.length },
    });
  const engine = await openTreeEngine(arena, bytes, machinery.plain);
  try {
    fill(data, bins, firstBin, totalBins, arena, engine, machinery.shared, plan?.sparse ?? []);
  } catch (thrown) {
    engine.close();
    throw thrown;
  }
  return { arena, engine, memory: engine.memory, bins, firstBin };
}

/** Writes the bytes of the rows, the target and the weights into the memory. */
function fill(
  data: TrainingData,
  bins: readonly FeatureBins[],
  firstBin: readonly number[],
  totalBins: number,
  arena: TreeArena,
  engine: TreeEngine,
  shared: BinCache | undefined,
  sparse: readonly SparseColumn[],
): void {
  const { memory } = engine;
  const { rows } = data.matrix;
  memory.i32.set([...firstBin, totalBins], arena.offsetsAt >>> 2);
  const { bundles } = arena;
  if (bundles) {
    const words = bins.flatMap((_, j) => [bundles.columnOf[j], bundles.baseOf[j], bundles.codesOf[j], bundles.restOf[j]]);
    memory.u32.set(words, arena.bundlesAt >>> 2);
    for (const one of sparse) writeCodes(one, bundles, memory.u8, arena.columnsAt + bundles.columnOf[one.feature] * rows);
  }
  bins.forEach((feature, j) => {
    if (bundles && bundles.codesOf[j] > 0) return;
    const column = data.matrix.columns[j];
    const place = bundles ? bundles.columnOf[j] : j;
    const at = arena.columnsAt + place * rows;
    const bin = () => {
      if (feature.kind === 'numeric') engine.binColumn(place, column, feature.bounds, feature.bins - 1);
      else binColumn(column, feature, memory.u8, at, 1);
    };
    if (shared)
      memory.u8.set(
        shared.bytes(column, feature, () => {
          bin();
          return memory.u8.slice(at, at + rows);
        }),
        at,
      );
    else bin();
  });
  engine.turn();
  memory.f64.set(data.target, arena.targetAt >>> 3);
  if (data.weight) memory.f64.set(data.weight, arena.weightAt >>> 3);
}

function gigabytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}

/** Places of everything, and how many bytes that is. */
function arrange(
  rows: number,
  features: number,
  bundles: Bundles | null,
  totalBins: number,
  leaves: number,
  outputs: number,
  threads: number,
  weighted: boolean,
  shares: boolean,
): { arena: TreeArena; bytes: number } {
  const layout = new Layout();
  const histogramBytes = Math.max(1, totalBins) * BIN_WORDS * 4;
  const histograms = Math.max(3, Math.min(leaves + 1, rows + 1, Math.floor(HISTOGRAM_BYTES / histogramBytes)));
  const mostLeaves = Math.min(leaves, rows + 1);
  const columns = bundles?.columns ?? features;
  const rowBytes = bytesOfRow(columns);
  const arena: TreeArena = {
    rows,
    features,
    columns,
    bundles,
    threads,
    totalBins,
    outputs,
    histogramBytes,
    histograms,
    controlAt: layout.reserve(CONTROL_BYTES),
    countsAt: layout.reserve(threads * 4),
    bundlesAt: bundles ? layout.reserve(features * 16) : 0,
    largestAt: layout.reserve(threads * 16),
    foundAt: layout.reserve(threads * 2 * FOUND_BYTES),
    offsetsAt: layout.reserve((features + 1) * 4),
    enabledAt: layout.reserve(features),
    listAt: layout.reserve((features + columns) * 4),
    boundsAt: layout.reserve(256 * 8),
    tableAt: layout.reserve(256),
    workAt: layout.reserve(threads * workBytes(columns)),
    sparesAt: layout.reserve((threads - 1) * histogramBytes),
    leavesAt: layout.reserve(mostLeaves * 8),
    valuesAt: layout.reserve(mostLeaves * 8),
    leafOfAt: layout.reserve(rows * 2),
    chunkSumsAt: layout.reserve(Math.ceil(rows / chunkRows(rows)) * mostLeaves * 16),
    histogramsAt: layout.reserve(histograms * histogramBytes),
    rowMajorAt: layout.reserve(rows * rowBytes + BYTES_BEYOND),
    rowBytes,
    columnsAt: layout.reserve(rows * columns),
    entriesAt: layout.reserve(rows * 8),
    scratchAt: layout.reserve(rows * 8),
    pairsAt: layout.reserve(rows * 8),
    scoresAt: layout.reserve(rows * outputs * 8),
    sharesAt: shares ? layout.reserve(rows * outputs * 8) : 0,
    targetAt: layout.reserve(rows * 8),
    weightAt: weighted ? layout.reserve(rows * 8) : 0,
  };
  return { arena, bytes: layout.bytes };
}

/**
 * Bytes from one row to the next: a divisor of the 64 bytes of a cache line, so that a row which is fetched alone costs one line and not two,
 * where that takes at most a fifth more memory.
 */
function bytesOfRow(features: number): number {
  for (let bytes = 1; bytes <= 64; bytes *= 2) if (bytes >= features && bytes <= 1.2 * features) return bytes;
  return features;
}
