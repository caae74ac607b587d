import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { declareOptions, type OptionSpecs } from '../base/options.js';
import type { CandidatePlan, SpacePlan } from '../define/plan.js';
import { proposeTrial } from './propose-trial.js';
import type { Trial } from './trial.js';

const specs: OptionSpecs = declareOptions({
  depth: { kind: 'integer', default: 6, doc: 'Depth.' },
  rate: { kind: 'number', default: 0.5, doc: 'Rate.' },
  mode: { kind: 'choice', default: 'slow', choices: ['fast', 'slow'], doc: 'Mode.' },
});
const specsOf = () => specs;
const candidate = (estimator: string, params: CandidatePlan['params']): CandidatePlan => ({
  kind: 'candidate',
  estimator,
  params,
});
const wide = candidate('wide', {
  depth: { kind: 'intSpace', low: 2, high: 9 },
  rate: { kind: 'logUniformSpace', low: 0.001, high: 1 },
  fixed: 3,
});
const narrow = candidate('narrow', { mode: { kind: 'choiceSpace', choices: ['fast', 'slow'] } });

function run(candidates: readonly CandidatePlan[], count: number, leader: CandidatePlan | null, seed = 1): Trial[] {
  const trials: Trial[] = [];
  while (trials.length < count) {
    const next = proposeTrial(candidates, specsOf, trials, leader, seed);
    if (next === null) break;
    const { estimator } = next.candidate;
    trials.push({ number: trials.length + 1, estimator, params: next.params, rounds: null, score: 0, metrics: {}, seconds: 0 });
  }
  return trials;
}

test('every candidate is tried at its defaults first', () => {
  const first = run([wide, narrow], 2, null);
  expect(first.map(({ params }) => params)).toEqual([{ depth: 6, rate: 0.5, fixed: 3 }, { mode: 'slow' }]);
});

test('a default outside the space gives way to its middle', () => {
  const off = candidate('off', {
    depth: { kind: 'intSpace', low: 10, high: 20 },
    rate: { kind: 'logUniformSpace', low: 1, high: 100 },
    mode: { kind: 'choiceSpace', choices: ['other'] },
  });
  expect(run([off], 1, null)[0].params).toEqual({ depth: 15, rate: 10, mode: 'other' });
});

test('no draw comes twice, and a space that is used up ends the search', () => {
  const trials = run([narrow], 50, narrow);
  expect(trials.map(({ params }) => params['mode'])).toEqual(['slow', 'fast']);
  expect(run([candidate('fixed', { depth: 3 })], 50, null).length).toBe(1);
});

test('the leader is drawn more often, the other not never', () => {
  const other = candidate('other', wide.params);
  const names = run([wide, other], 302, other).slice(2);
  const share = names.filter(({ estimator }) => estimator === 'other').length / 300;
  expect(share).toBeGreaterThan(0.57);
  expect(share).toBeLessThan(0.77);
});

describe('draws', () => {
  const spaces: fc.Arbitrary<SpacePlan> = fc.oneof(
    fc.record({
      kind: fc.constant('intSpace' as const),
      low: fc.integer({ min: -5, max: 5 }),
      high: fc.integer({ min: 6, max: 50 }),
    }),
    fc.record({
      kind: fc.constant('uniformSpace' as const),
      low: fc.double({ min: -1, max: 0, noNaN: true }),
      high: fc.constant(0.123456),
    }),
    fc.record({
      kind: fc.constant('logUniformSpace' as const),
      low: fc.double({ min: 1e-9, max: 1, noNaN: true }),
      high: fc.constant(9.87654321),
    }),
    fc.record({ kind: fc.constant('choiceSpace' as const), choices: fc.array(fc.integer(), { minLength: 1, maxLength: 4 }) }),
  );
  test('stay inside their spaces and depend on the seed and the trials before alone', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), spaces, { minKeys: 1, maxKeys: 4 }), fc.nat(), (params, seed) => {
        const one = candidate('one', params);
        const trials = run([one], 6, one, seed);
        expect(run([one], 6, one, seed)).toEqual(trials);
        for (const trial of trials)
          for (const [name, space] of Object.entries(params)) {
            const value = trial.params[name] as number;
            if (space.kind === 'choiceSpace') expect(space.choices).toContain(value);
            else {
              expect(value).toBeGreaterThanOrEqual(space.low);
              expect(value).toBeLessThanOrEqual(space.high);
              if (space.kind === 'intSpace') expect(Number.isInteger(value)).toBe(true);
            }
          }
      }),
      { numRuns: 100, seed: 3 },
    );
  });
});
