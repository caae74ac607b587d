import type { Estimator, Needs } from './estimator.js';

/** What an estimator needs with some parameters: of an ensemble what each of its members needs. */
export function needsOf(estimator: Estimator, params: Readonly<Record<string, unknown>>): readonly Needs[] {
  const all = estimator.needsFor?.(params) ?? estimator.memberNeeds ?? [estimator.needs];
  return params['shape'] === 'log' ? all.map((needs) => (needs.scaled ? { ...needs, shape: 'log' } : needs)) : all;
}

/** Whether inputs encoded for the one suit the other, apart from sparse columns. */
export function sameNeeds(a: Needs, b: Needs): boolean {
  return a.imputed === b.imputed && a.scaled === b.scaled && a.categories === b.categories && a.shape === b.shape;
}
