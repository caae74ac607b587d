import type { SignalPlan } from '../define/plan.js';

/** `insufficient` is said whenever the data cannot tell, and never means that all is well. */
export type SignalState = 'quiet' | 'fired' | 'insufficient';

/** A rule's judgement; `sentence` says it with its figures for people and for the audit log. */
export interface Judgement {
  readonly name: string;
  readonly state: SignalState;
  readonly figure: number | null;
  readonly bound: number | null;
  readonly rows: number;
  readonly sentence: string;
}

/** A signal of the plan as judged at a moment; `of` is the feature, 'score', metric, 'latency' or 'errors' that it watches. */
export interface SignalResult extends Judgement {
  readonly kind: SignalPlan['signal'];
  readonly of: string;
}

/** Fewest rows from which quality and error rates are judged; drift has the same in the statistics. */
export const MINIMUM_ROWS = 200;
/** Fewest rows of each class from which the AUC is judged. */
export const MINIMUM_CLASS_ROWS = 10;
/** Fewest calls from which a p99 is judged. */
export const MINIMUM_CALLS = 200;

/** z of a one-sided 96 % bound: where nothing is wrong a metric at its bound is beyond it by chance in one of 25 windows. */
export const QUALITY_Z = 1.7506860712521692;
/** z of a one-sided 95 % bound. */
export const Z = 1.6448536269514722;

export const short = (figure: number): string => String(Number(figure.toPrecision(4)));
