import { type Duration, milliseconds } from '../base/duration.js';
import { finite, invalid, namesOf, oneOf, optionsObject, span, unknown } from './complain.js';
import { METRICS, type MetricName } from './metrics.js';
import type { Name } from './mistake.js';
import type { SignalPlan, Task } from './plan.js';

interface Judged {
  /** The span judged. */
  readonly window?: Duration;
}

/** The builder that `watch` is given. */
export interface Signals<T extends Task, F> {
  /** The distribution of a feature, or of the score, has left that of the training rows. */
  drift(of: Name<F> | 'score', options: Judged & { readonly test?: 'psi'; readonly above: number }): SignalPlan;
  /** A metric of the predictions whose truth is known has left its bounds. */
  quality(
    metric: Exclude<MetricName<T>, 'value'>,
    options: Judged &
      ({ readonly below: number; readonly above?: number } | { readonly below?: number; readonly above: number }),
  ): SignalPlan;
  latency(options: Judged & { readonly p99: Duration }): SignalPlan;
  /** The share of requests that failed. */
  errors(options: Judged & { readonly above: number }): SignalPlan;
}

/** Spans judged unless a signal names one: days where truth and distributions need rows, an hour where speed is asked. */
export const DEFAULT_WINDOW = Object.freeze({
  drift: milliseconds('7d'),
  quality: milliseconds('7d'),
  latency: milliseconds('1h'),
  errors: milliseconds('1h'),
});

const options = (signal: keyof typeof DEFAULT_WINDOW, asked: unknown, allowed: readonly string[]) => {
  const place = `watch ${signal}`;
  const given = optionsObject(place, asked, ['window', ...allowed]);
  return { place, given, window: given.window === undefined ? DEFAULT_WINDOW[signal] : span(`${place}.window`, given.window) };
};

export function signalBuilder<T extends Task, F>(task: T, features: readonly string[]): Signals<T, F> {
  return namesOf<Signals<T, F>>(
    {
      drift: (of, asked) => {
        const { place, given, window } = options('drift', asked, ['test', 'above']);
        return {
          kind: 'signal',
          signal: 'drift',
          of: oneOf<string>('watch drift', of, [...features, 'score']),
          test: oneOf(`${place}.test`, given.test ?? 'psi', ['psi']),
          above: finite(`${place}.above`, given.above, { min: 0 }),
          window,
        };
      },
      quality: (metric, asked) => {
        const { place, given, window } = options('quality', asked, ['below', 'above']);
        const bound = (name: 'below' | 'above') => (given[name] === undefined ? null : finite(`${place}.${name}`, given[name]));
        const [below, above] = [bound('below'), bound('above')];
        if (below === null && above === null) invalid(place, 'quality needs a bound.', 'For example: { below: 0.7 }.');
        const allowed = METRICS[task].filter((name) => name !== 'value');
        return { kind: 'signal', signal: 'quality', metric: oneOf<string>(place, metric, allowed), below, above, window };
      },
      latency: (asked) => {
        const { place, given, window } = options('latency', asked, ['p99']);
        return { kind: 'signal', signal: 'latency', p99: span(`${place}.p99`, given.p99), window };
      },
      errors: (asked) => {
        const { place, given, window } = options('errors', asked, ['above']);
        return { kind: 'signal', signal: 'errors', above: finite(`${place}.above`, given.above, { min: 0, max: 1 }), window };
      },
    },
    (name, names) => unknown('watch', `There is no signal '${name}'.`, name, names, 'Signals'),
  );
}
