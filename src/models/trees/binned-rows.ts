import { fail } from '../../base/error.js';
import { Layout, type Memory } from '../../kernels/layout.js';
import { BIN_WORDS, type TreeKernels, WORK_BYTES } from '../../kernels/tree-kernels.js';
import { openTreeKernels } from '../../kernels/wasm-tree-kernels.js';
import type { Matrix } from '../estimator.js';
import { binColumn, type FeatureBins } from './binning.js';

/** Most bytes of one memory: WebAssembly addresses 4 GiB. */
const MOST_BYTES = 2 ** 32 - 65_536;
/** Histograms beyond this many bytes are dropped and built again when they are needed. */
const HISTOGRAM_BYTES = 2 ** 28;

/** Training rows as bytes, with the room that tree learning needs, in one memory. Offsets are in bytes. */
export interface BinnedRows {
  readonly memory: Memory;
  readonly kernels: TreeKernels;
  readonly rows: number;
  readonly bins: readonly FeatureBins[];
  /** Bins of all features together. */
  readonly totalBins: number;
  /** First bin of each feature. */
  readonly firstBin: readonly number[];
  readonly rowMajorAt: number;
  readonly columnsAt: number;
  readonly offsetsAt: number;
  readonly entriesAt: number;
  readonly scratchAt: number;
  readonly pairsAt: number;
  readonly tableAt: number;
  readonly workAt: number;
  readonly histogramsAt: number;
  readonly histogramBytes: number;
  readonly histograms: number;
}

/**
 * Bins a matrix for trees of up to `leaves` leaves. `plain` keeps to the kernels in TypeScript.
 * @throws MW_MODEL_TOO_LARGE before anything is allocated
 */
export function binRows(matrix: Matrix, bins: readonly FeatureBins[], leaves: number, plain = false): BinnedRows {
  const { rows } = matrix;
  const features = bins.length;
  const firstBin: number[] = [];
  let totalBins = 0;
  for (const feature of bins) {
    firstBin.push(totalBins);
    totalBins += feature.bins;
  }
  const layout = new Layout();
  const rowMajorAt = layout.reserve(rows * features + 8);
  const columnsAt = layout.reserve(rows * features + 8);
  const offsetsAt = layout.reserve((features + 1) * 4);
  const entriesAt = layout.reserve(rows * 8);
  const scratchAt = layout.reserve((rows + 1) * 8);
  const pairsAt = layout.reserve(rows * 8);
  const tableAt = layout.reserve(256);
  const workAt = layout.reserve(features * WORK_BYTES);
  const histogramBytes = Math.max(1, totalBins) * BIN_WORDS * 4;
  const histograms = Math.max(3, Math.min(leaves + 1, rows + 1, Math.floor(HISTOGRAM_BYTES / histogramBytes)));
  const histogramsAt = layout.reserve(histograms * histogramBytes);
  if (layout.bytes > MOST_BYTES)
    fail('MW_MODEL_TOO_LARGE', {
      what: `${rows} rows x ${features} features need ${(layout.bytes / 2 ** 30).toFixed(1)} GiB of training memory; the limit is 4 GiB.`,
      where: { rows, features },
    });
  const { memory, kernels } = openTreeKernels(layout.bytes, plain);
  memory.i32[(offsetsAt >>> 2) + features] = totalBins;
  for (let j = 0; j < features; j++) {
    memory.i32[(offsetsAt >>> 2) + j] = firstBin[j];
    binColumn(matrix.columns[j], bins[j], memory.u8, columnsAt + j * rows, 1);
    const column = columnsAt + j * rows;
    for (let i = 0, at = rowMajorAt + j; i < rows; i++, at += features) memory.u8[at] = memory.u8[column + i];
  }
  return {
    memory,
    kernels,
    rows,
    bins,
    totalBins,
    firstBin,
    rowMajorAt,
    columnsAt,
    offsetsAt,
    entriesAt,
    scratchAt,
    pairsAt,
    tableAt,
    workAt,
    histogramsAt,
    histogramBytes,
    histograms,
  };
}
