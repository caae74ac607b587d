import type { LeafSums, ScanRules } from '../../kernels/tree-arena.js';

/** What a split must respect and how leaves are valued. */
export type SplitRules = ScanRules;

/** The best split known of a leaf. `left` says which bins go left; a numeric split also keeps its threshold bin. */
export interface Split {
  readonly feature: number;
  readonly gain: number;
  /** Gain of both sides without that of the whole: what splits of one leaf are compared by. */
  readonly score: number;
  /** Numeric: bins up to this one go left; -1 for a categorical split. */
  readonly bin: number;
  readonly missingLeft: boolean;
  /** Categorical: the bins that go left. */
  readonly categories: readonly number[];
  /** L2 penalty of the children: larger after an ordered categorical split. */
  readonly l2: number;
  readonly left: LeafSums;
  readonly right: LeafSums;
}
