import type { ProblemPlan } from '../../define/plan.js';
import type { Evaluation } from '../evaluation.js';
import type { GateResult } from '../gates.js';
import type { Importance } from '../importance.js';
import type { Latency } from '../latency.js';

/** Everything a report of one model version shows: plain data. */
export interface ReportData {
  readonly system: string;
  readonly problem: ProblemPlan;
  readonly features: number;
  readonly evaluation: Evaluation;
  readonly evaluatedOn: 'test' | 'validation';
  readonly validation: Readonly<Record<string, number>>;
  readonly candidates: readonly {
    readonly name: string;
    readonly params: Readonly<Record<string, unknown>>;
    readonly validation: Readonly<Record<string, number>>;
    readonly test: Readonly<Record<string, number>> | null;
    /** Share of the rounds or rows that it was given, where that is not all. */
    readonly share?: number;
    /** Why it has no figures. */
    readonly failure?: string;
  }[];
  /** Scores by training rows, by the same metric; absent where they were not measured. */
  readonly learning?: readonly { readonly rows: number; readonly score: number }[];
  /** The metric that the search went by; where it is left out, money if trials have any, else the main metric of the task. */
  readonly searchedBy?: string;
  readonly chosen: { readonly name: string; readonly params: Readonly<Record<string, unknown>> };
  readonly gates: readonly GateResult[];
  readonly importances: readonly Importance[];
  readonly latency: Latency;
  readonly sources: readonly {
    readonly name: string;
    readonly path: string;
    readonly rows: number;
    readonly quarantined: number;
    readonly from: number | null;
    readonly to: number | null;
    readonly snapshot: string;
    readonly checks: readonly { readonly what: string; readonly passed: boolean; readonly onFail: string }[];
  }[];
  readonly lineage: { readonly pipeline: string; readonly plan: string; readonly code: string };
  readonly warnings: readonly string[];
}
