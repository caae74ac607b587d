import { duplicate } from './complain.js';
import type { Typed } from './mistake.js';
import type { ColumnPlan, ColumnType, FeaturePlan, RequestPlan, ViewPlan } from './plan.js';
import type { Source } from './source.js';

/** A moment as a request gives it. */
export type RequestMoment = Date | string | number;
/** A value as a request gives it. */
export type RequestValue<T> = [T] extends [Date] ? RequestMoment : T;

/**
 * Features by name, and what a request must bring to get them. F maps a feature's name to its value type, I is the
 * request as a client writes it, R the columns of the request as expressions read them.
 */
export interface FeatureSet<F = unknown, I = unknown, R = unknown> extends Typed<readonly [F, I, R]> {
  readonly kind: 'features';
  readonly sources: readonly Source[];
  readonly views: readonly ViewPlan[];
  /** What arrives with a request; null when nothing but the keys of the views. */
  readonly request: RequestPlan | null;
  /** Request columns that look views up, by name. */
  readonly keys: Readonly<Record<string, ColumnPlan>>;
  readonly features: readonly FeaturePlan[];
  /** Categories of the features that have a closed list. */
  readonly categories: Readonly<Record<string, readonly string[] | null>>;
}

export type FeaturesOf<S> = S extends FeatureSet<infer F, infer _I, infer _R> ? F : never;
export type InputOf<S> = S extends FeatureSet<infer _F, infer I, infer _R> ? I : never;
export type RequestRowOf<S> = S extends FeatureSet<infer _F, infer _I, infer R> ? R : never;

/** How a column of a request is read as a feature; null for a timestamp, which is none. */
export function featureType(type: ColumnType): FeaturePlan['type'] | null {
  switch (type) {
    case 'number':
    case 'integer':
      return 'number';
    case 'boolean':
    case 'text':
      return type;
    case 'string':
    case 'category':
      return 'category';
    case 'timestamp':
      return null;
  }
}

/** A name list in which each name appears once. */
export function distinct(place: string, names: readonly string[], what: string, fix: string): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) duplicate(place, `${place} has two ${what} named '${name}'.`, fix);
    seen.add(name);
  }
}
