/** What a split must respect and how leaves are valued. */
export interface SplitRules {
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

/** The best split known of a leaf. `left` says which bins go left; a numeric split also keeps its threshold bin. */
export interface Split {
  readonly feature: number;
  readonly gain: number;
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
