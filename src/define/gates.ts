import type { Duration } from '../base/duration.js';
import { finite, invalid, namesOf, oneOf, optionsObject, span, unknown } from './complain.js';
import { METRICS, type MetricName } from './metrics.js';
import type { Name } from './mistake.js';
import type { GatePlan, Task } from './plan.js';

export interface BeatsOptions {
  /** By how much, in the metric's unit; 0 unless given. */
  readonly by?: number;
  /** Bootstrap confidence that it is so, 0.95 unless given. */
  readonly confidence?: number;
}

export interface MetricGate {
  atLeast(low: number): GatePlan;
  atMost(high: number): GatePlan;
  between(low: number, high: number): GatePlan;
  /** Better than the champion, or than a constant prediction while there is no champion. */
  beatsChampion(options?: BeatsOptions): GatePlan;
}

/** The builder that `accept` is given. */
export interface Gates<T extends Task, F, I> {
  metric(name: Exclude<MetricName<T>, 'value'>): MetricGate;
  /** Money by problem.value. */
  value(): MetricGate;
  /** Each value of a feature or request column apart. */
  slices(by: Name<F> | Name<I>): {
    metric(name: Exclude<MetricName<T>, 'value'>): {
      /** No slice is worse than the whole by more than this. */
      dropAtMost(drop: number): GatePlan;
    };
  };
  /** Of one prediction in process. */
  latency(options: { readonly p99: Duration }): GatePlan;
}

export const DEFAULT_CONFIDENCE = 0.95;

export function gateBuilder<T extends Task, F, I>(task: T, sliceable: readonly string[]): Gates<T, F, I> {
  const at = 'accept';
  const metricGate = (metric: string): MetricGate => {
    const bounded = (low: number | null, high: number | null): GatePlan => ({
      kind: 'gate',
      gate: 'metric',
      metric,
      low,
      high,
    });
    return namesOf<MetricGate>(
      {
        atLeast: (low) => bounded(finite(`${at} ${metric}.atLeast`, low), null),
        atMost: (high) => bounded(null, finite(`${at} ${metric}.atMost`, high)),
        between: (low, high) => {
          if (finite(`${at} ${metric}.between`, low) > finite(`${at} ${metric}.between`, high))
            invalid(`${at} ${metric}.between`, 'The lower bound is above the upper one.');
          return bounded(low, high);
        },
        beatsChampion: (options) => {
          const place = `${at} ${metric}.beatsChampion`;
          const given = optionsObject(place, options ?? {}, ['by', 'confidence']);
          return {
            kind: 'gate',
            gate: 'beatsChampion',
            metric,
            by: finite(`${place}.by`, given.by ?? 0, { min: 0 }),
            confidence: finite(`${place}.confidence`, given.confidence ?? DEFAULT_CONFIDENCE, { min: 0, max: 1 }),
          };
        },
      },
      (name, names) => unknown(at, `A metric gate has no '${name}'.`, name, names, 'It has'),
    );
  };
  const metricOf = (name: unknown) =>
    oneOf<string>(
      `${at} metric`,
      name,
      METRICS[task].filter((metric) => metric !== 'value'),
    );
  return namesOf<Gates<T, F, I>>(
    {
      metric: (name) => metricGate(metricOf(name)),
      value: () => metricGate('value'),
      slices: (by) => {
        const feature = oneOf<string>(`${at} slices`, by, sliceable);
        return {
          metric: (name) => {
            const metric = metricOf(name);
            return {
              dropAtMost: (drop) => ({
                kind: 'gate',
                gate: 'slice',
                feature,
                metric,
                dropAtMost: finite(`${at} slices(${feature}).dropAtMost`, drop, { min: 0 }),
              }),
            };
          },
        };
      },
      latency: (options) => ({
        kind: 'gate',
        gate: 'latency',
        p99: span(`${at} latency.p99`, optionsObject(`${at} latency`, options, ['p99']).p99),
      }),
    },
    (name, names) => unknown(at, `There is no gate '${name}'.`, name, names, 'Gates'),
  );
}
