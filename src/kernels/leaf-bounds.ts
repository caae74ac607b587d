import { type LeafSums, leafGain, leafValue, type Scales, type ScanRules } from './tree-arena.js';

/** What the value of a leaf may be, so that predictions never fall (or rise) along a feature. */
export interface LeafBounds {
  readonly lower: number;
  readonly upper: number;
}

export const UNBOUNDED: LeafBounds = Object.freeze({ lower: -Infinity, upper: Infinity });

export function isBounded({ lower, upper }: LeafBounds): boolean {
  return lower !== -Infinity || upper !== Infinity;
}

/** The value within its bounds. */
export function within(value: number, { lower, upper }: LeafBounds): number {
  return Math.min(Math.max(value, lower), upper);
}

/** Value of a leaf by its sums: the Newton step, or the bound that is nearest to it. */
export function boundedValue(gradient: number, hessian: number, l1: number, l2: number, bounds: LeafBounds): number {
  return within(leafValue(gradient, hessian, l1, l2), bounds);
}

/** Gain of a leaf that has this value; that of the Newton step is `leafGain`. */
export function gainOfValue(gradient: number, hessian: number, value: number, l1: number, l2: number): number {
  return -(2 * gradient * value + (hessian + l2) * value * value + 2 * l1 * Math.abs(value));
}

/** Gain of a leaf whose value is held within bounds. */
export function boundedGain(gradient: number, hessian: number, l1: number, l2: number, bounds: LeafBounds): number {
  if (!isBounded(bounds)) return leafGain(gradient, hessian, l1, l2);
  return gainOfValue(gradient, hessian, boundedValue(gradient, hessian, l1, l2, bounds), l1, l2);
}

/** `neededScore` of a leaf whose value is held within bounds. */
export function neededWithin(sums: LeafSums, scales: Scales, rules: ScanRules, bounds: LeafBounds): number {
  return (
    boundedGain(sums.gradient * scales.gradient, sums.hessian * scales.hessian, rules.l1, rules.l2, bounds) + rules.minGain
  );
}
