import type { ColumnType } from '../define/plan.js';

/** What a table looks like, as plain data. */
export interface FrameProfile {
  readonly kind: 'profile';
  readonly rows: number;
  readonly columns: Readonly<Record<string, ColumnProfile>>;
  readonly findings: readonly Finding[];
  /** Classes of the target with their rows, the commonest first; null without a target or for one that is measured. */
  readonly classes: readonly TopValue[] | null;
}

export interface ColumnProfile {
  readonly type: ColumnType;
  readonly missing: number;
  /** Distinct present values, exact. */
  readonly distinct: number;
  /** The commonest values, at most ten, the commonest first; of equals the smaller first. */
  readonly top: readonly TopValue[];
  /** Of numbers and (in epoch milliseconds) timestamps with a present value. */
  readonly numbers: NumberProfile | null;
  /** Of strings with a present value. */
  readonly lengths: { readonly min: number; readonly mean: number; readonly max: number } | null;
}

export interface TopValue {
  readonly value: string | number | boolean;
  readonly count: number;
}

export interface NumberProfile {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** Of the sample (n - 1); 0 for one value. */
  readonly sd: number;
  /** Type 7 of Hyndman and Fan (linear between order statistics). */
  readonly quantiles: Readonly<Record<QuantileName, number>>;
  /** Equal bins; `edges` has one more entry than `counts`, the last bin includes its upper edge. */
  readonly histogram: { readonly edges: readonly number[]; readonly counts: readonly number[] };
}

export const QUANTILES = { p1: 0.01, p5: 0.05, p25: 0.25, p50: 0.5, p75: 0.75, p95: 0.95, p99: 0.99 } as const;
export type QuantileName = keyof typeof QUANTILES;

/** Something about the data that a person should know before a model does. */
export interface Finding {
  readonly kind: 'finding';
  readonly finding: FindingName;
  readonly columns: readonly string[];
  /** The figure it rests on: a share, a count or a coefficient, named in `what`. */
  readonly value: number;
  readonly what: string;
}

export type FindingName =
  | 'allMissing'
  | 'mostlyMissing'
  | 'constant'
  | 'identifier'
  | 'highCardinality'
  | 'duplicateRows'
  | 'duplicateColumns'
  | 'correlatedColumns'
  | 'leakage'
  | 'imbalance';
