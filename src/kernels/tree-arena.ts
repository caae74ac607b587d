/** Where everything of one training lies in its memory; offsets in bytes. */
export interface TreeArena {
  readonly rows: number;
  readonly features: number;
  /** Columns of bytes: fewer than features where some share one. */
  readonly columns: number;
  readonly bundles: Bundles | null;
  /** Column, first code, number of codes and bin of zeros of each feature: u32; 0 where none share a column. */
  readonly bundlesAt: number;
  /** Most threads that may work on it. */
  readonly threads: number;
  /** Bins of all features together. */
  readonly totalBins: number;
  /** First bin of each feature, and `totalBins`: i32. */
  readonly offsetsAt: number;
  /** Bins as bytes, row by row, each row at a multiple of `rowBytes`, and the same column by column. */
  readonly rowMajorAt: number;
  readonly rowBytes: number;
  readonly columnsAt: number;
  /** The row list, two 32-bit words a row, and as much work space. */
  readonly entriesAt: number;
  readonly scratchAt: number;
  /** Gradient and hessian of each row: f32. */
  readonly pairsAt: number;
  /** Scores (rows x outputs), target and weight (0 when all are one): f64. */
  readonly scoresAt: number;
  readonly outputs: number;
  /** Probabilities of the outputs (rows x outputs): f64. 0 unless the loss has them. */
  readonly sharesAt: number;
  readonly targetAt: number;
  readonly weightAt: number;
  /** 256 bounds: f64. */
  readonly boundsAt: number;
  /** 256 bytes: 1 where a bin goes left. */
  readonly tableAt: number;
  /** For each feature 1 when its thresholds are searched, 2 or 3 when predictions may moreover only rise or fall along it. */
  readonly enabledAt: number;
  /** Numbers of the features whose histograms are built, and after room for all of those of their columns: u32. */
  readonly listAt: number;
  /** `workBytes` of each thread. */
  readonly workAt: number;
  /** A histogram for each thread but the first. */
  readonly sparesAt: number;
  /** The pool of histograms. */
  readonly histogramsAt: number;
  readonly histogramBytes: number;
  readonly histograms: number;
  /** The control block of the crew, and what threads report: counts, largest values, splits found. */
  readonly controlAt: number;
  readonly countsAt: number;
  readonly largestAt: number;
  readonly foundAt: number;
  /** First entry and number of entries of each leaf: u32. Values of the leaves: f64. */
  readonly leavesAt: number;
  readonly valuesAt: number;
  /** The leaf of each row: u16, `NO_LEAF` for a row in none. */
  readonly leafOfAt: number;
  /** Sums of gradients and hessians of each leaf in each chunk of rows: two f64. */
  readonly chunkSumsAt: number;
}

/**
 * Features that share columns of bytes because at most one of them is not zero in any row. The byte 0 means that all are; the codes from
 * `baseOf` on are the bins of a feature but that of zeros. A feature without codes has the column for itself.
 */
export interface Bundles {
  readonly columns: number;
  readonly columnOf: Uint32Array;
  readonly baseOf: Uint32Array;
  readonly codesOf: Uint32Array;
  readonly restOf: Uint32Array;
}

/** Leaf of rows that are not in the row list. */
export const NO_LEAF = 65_535;

/**
 * Rows of the chunks that exact sums are made of: each chunk is summed in row order, then the chunks in theirs, so that sums do not
 * depend on who computes them.
 */
export function chunkRows(rows: number): number {
  return Math.max(8192, Math.ceil(rows / 64));
}

/** A leaf's integer sums, and the factors that turn them into gradients and hessians. */
export interface LeafSums {
  readonly gradient: number;
  readonly hessian: number;
  readonly count: number;
}
export interface Scales {
  readonly gradient: number;
  readonly hessian: number;
}

/** What a split must respect. */
export interface ScanRules {
  readonly minRows: number;
  readonly minChildWeight: number;
  readonly minGain: number;
  readonly l1: number;
  readonly l2: number;
  readonly oneHotCategories: number;
  readonly maxSplitCategories: number;
  readonly categorySmoothing: number;
  readonly categoryL2: number;
  readonly minCategoryRows: number;
}

/**
 * A threshold: bins up to `bin` go left. Or, where `bin` is -1, a set of categories that go left, `ordered` when it is a stretch of their
 * ordering. `score` is the gain of both sides without that of the whole.
 */
export interface Found {
  readonly score: number;
  readonly feature: number;
  readonly bin: number;
  readonly missingLeft: boolean;
  readonly left: LeafSums;
  readonly categories?: readonly number[];
  readonly ordered?: boolean;
}

/** Gain of a leaf by its sums: G^2 / (H + l2) with the gradient shrunk by l1. */
export function leafGain(gradient: number, hessian: number, l1: number, l2: number): number {
  const shrunk = l1 > 0 ? Math.max(0, Math.abs(gradient) - l1) : gradient;
  return (shrunk * shrunk) / (hessian + l2);
}

/** Value of a leaf by its sums: the Newton step. */
export function leafValue(gradient: number, hessian: number, l1: number, l2: number): number {
  const shrunk = l1 > 0 ? Math.sign(gradient) * Math.max(0, Math.abs(gradient) - l1) : gradient;
  return hessian + l2 > 0 ? -shrunk / (hessian + l2) : 0;
}

/** Score that a split of these sums must exceed. */
export function neededScore(sums: LeafSums, scales: Scales, rules: ScanRules): number {
  return leafGain(sums.gradient * scales.gradient, sums.hessian * scales.hessian, rules.l1, rules.l2) + rules.minGain;
}
