import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../base/hash.js';
import { random } from '../../base/random.js';
import type { CandidatePlan, SearchPlan, SpacePlan } from '../../define/plan.js';
import { STRATEGIES, type StrategyName } from '../../define/strategies.js';
import { LAG, proposeTrial } from '../propose-trial.js';
import type { Proposal, Trial } from '../trial.js';

type Score = (proposal: Proposal, number: number) => number | null;

const NAMES = Object.keys(STRATEGIES) as StrategyName[];
const CONSTANT: CandidatePlan = { kind: 'candidate', estimator: 'constant', params: {} };
const LINE: CandidatePlan = {
  kind: 'candidate',
  estimator: 'logistic',
  params: { l2: { kind: 'logUniformSpace', low: 0.01, high: 100 } },
};
const TREES: CandidatePlan = {
  kind: 'candidate',
  estimator: 'gbdt',
  params: {
    rounds: 50,
    learningRate: { kind: 'logUniformSpace', low: 0.01, high: 1 },
    leaves: { kind: 'intSpace', low: 4, high: 63 },
    columnSample: { kind: 'uniformSpace', low: 0.3, high: 1 },
    oneHotCategories: { kind: 'choiceSpace', choices: [0, 4, 16] },
  },
};
const ALL = [CONSTANT, LINE, TREES];

const searchOf = (name: StrategyName, seed: number, options: Readonly<Record<string, number>> = {}): SearchPlan => ({
  kind: 'search',
  by: 'auc',
  trials: 1000,
  timeBudget: null,
  seed,
  strategy: { kind: 'strategy', name, options },
});

/** A search whose trials end as late as they may: every proposal is made with the last LAG - 1 still running. */
function run(candidates: readonly CandidatePlan[], search: SearchPlan, count: number, score: Score, lag = LAG): Trial[] {
  const proposed: Proposal[] = [];
  const trials: Trial[] = [];
  const end = () => {
    const number = trials.length + 1;
    const proposal = proposed[trials.length] as Proposal;
    trials.push({ ...proposal, number, rounds: null, score: score(proposal, number), metrics: {}, seconds: 0, elapsed: 0 });
  };
  while (proposed.length < count) {
    const next = proposeTrial(candidates, search, proposed, trials);
    if (next === null) break;
    proposed.push(next);
    if (proposed.length - trials.length >= lag) end();
  }
  while (trials.length < proposed.length) end();
  return trials;
}

/** A valley as real ones are: a good region away from the defaults, the line behind the trees, a little noise. */
function valley({ estimator, params, share }: Proposal, number: number): number {
  const noise = 0.004 * random(number).normal();
  const rest = 0.05 * (1 - share);
  if (estimator === 'constant') return 0.5;
  if (estimator === 'logistic') return 0.7 - 0.01 * Math.abs(Math.log10(params['l2'] as number)) + noise - rest;
  const rate = Math.log10(params['learningRate'] as number) + 1.4;
  const leaves = ((params['leaves'] as number) - 16) / 60;
  const columns = (params['columnSample'] as number) - 0.5;
  const codes = params['oneHotCategories'] === 16 ? 0 : 0.02;
  return 0.9 - 0.1 * rate ** 2 - 0.1 * leaves ** 2 - 0.1 * columns ** 2 - codes + noise - rest;
}

const bestOf = (trials: readonly Trial[]) =>
  Math.max(...trials.filter(({ share }) => share === 1).map(({ score }) => score ?? Number.NEGATIVE_INFINITY));

describe.each(NAMES)('%s', (name) => {
  test('tries every candidate at its defaults first', () => {
    expect(run(ALL, searchOf(name, 1), 3, valley).map(({ params, share }) => [params, share])).toEqual([
      [{}, 1],
      [{ l2: 1 }, 1],
      [{ rounds: 50, learningRate: 0.1, leaves: 31, columnSample: 0.65, oneHotCategories: 4 }, 1],
    ]);
  });

  test('proposes the same however many trials run at once, and when it is taken up again', () => {
    const search = searchOf(name, 5);
    const late = run(ALL, search, 40, valley);
    for (const lag of [1, 2, 3]) expect(run(ALL, search, 40, valley, lag)).toEqual(late);
    for (const done of [4, 17, 39])
      expect(proposeTrial(ALL, search, late.slice(0, done), late.slice(0, done))).toEqual(proposalOf(late[done] as Trial));
    expect(run(ALL, searchOf(name, 6), 40, valley)).not.toEqual(late);
  });

  test('keeps to its spaces and never comes twice to the same trial', () => {
    const spaces: fc.Arbitrary<SpacePlan> = fc.oneof(
      fc.record({
        kind: fc.constant('intSpace' as const),
        low: fc.integer({ min: 2, max: 5 }),
        high: fc.integer({ min: 6, max: 50 }),
      }),
      fc.record({
        kind: fc.constant('choiceSpace' as const),
        choices: fc.array(fc.integer({ min: 2, max: 60 }), { minLength: 1, maxLength: 4 }),
      }),
    );
    const shares: fc.Arbitrary<SpacePlan> = fc.oneof(
      fc.record({
        kind: fc.constant('uniformSpace' as const),
        low: fc.double({ min: 0.01, max: 0.5, noNaN: true }),
        high: fc.constant(0.7123456),
      }),
      fc.record({
        kind: fc.constant('logUniformSpace' as const),
        low: fc.double({ min: 0.001, max: 0.5, noNaN: true }),
        high: fc.constant(0.87654321),
      }),
    );
    const candidates = fc.record(
      { leaves: spaces, maxDepth: spaces, rowSample: shares, columnSample: shares },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(candidates, fc.nat(), (params, seed) => {
        const trials = run([{ kind: 'candidate', estimator: 'gbdt', params }, LINE], searchOf(name, seed), 25, (_, n) =>
          n % 7 === 0 ? null : random(n).next(),
        );
        expect(new Set(trials.map((trial) => canonicalJson(proposalOf(trial)))).size).toBe(trials.length);
        for (const trial of trials.filter(({ candidate }) => candidate === 0))
          for (const [key, space] of Object.entries(params)) {
            const value = trial.params[key] as number;
            if (space.kind === 'choiceSpace') expect(space.choices).toContain(value);
            else {
              expect(value).toBeGreaterThanOrEqual(space.low);
              expect(value).toBeLessThanOrEqual(space.high);
              if (space.kind === 'intSpace') expect(Number.isInteger(value)).toBe(true);
            }
          }
      }),
      { numRuns: 30, seed: 3 },
    );
  });

  test('ends when everything is tried, and with nothing to search after the defaults', () => {
    const mode: CandidatePlan = {
      kind: 'candidate',
      estimator: 'gbdt',
      params: { bins: { kind: 'choiceSpace', choices: [15, 63, 255] } },
    };
    const whole = run([mode], searchOf(name, 1), 60, (_, n) => n).filter(({ share }) => share === 1);
    expect(whole.length).toBeLessThanOrEqual(3);
    if (name !== 'asha') expect(new Set(whole.map(({ params }) => params['bins']))).toEqual(new Set([15, 63, 255]));
    expect(run([CONSTANT, { ...TREES, params: { rounds: 3 } }], searchOf(name, 1), 60, () => 1)).toHaveLength(2);
  });
});

test.each(['tpe', 'asha'] as const)('%s finds better models than random search at the same cost, in the mean', (name) => {
  let gain = 0;
  for (let seed = 0; seed < 12; seed++) {
    const trials = run(ALL, searchOf(name, seed), name === 'asha' ? 90 : 40, valley);
    const cost = trials.reduce((sum, { share }) => sum + share, 0);
    gain += (bestOf(trials) - bestOf(run(ALL, searchOf('random', seed), Math.round(cost), valley))) / 12;
  }
  expect(gain).toBeGreaterThan(0.002);
});

test('tpe spends its trials on the candidate that leads, and comes back to the other now and then', () => {
  const names = run([LINE, TREES], searchOf('tpe', 2), 60, valley).map(({ estimator }) => estimator);
  const trees = names.filter((one) => one === 'gbdt').length;
  expect(trees).toBeGreaterThan(45);
  expect(trees).toBeLessThan(60);
});

test('a part of a grid of a billion points is spread over all of it', () => {
  const axis = { kind: 'uniformSpace', low: 0.1, high: 1 } as const;
  const params = { rowSample: axis, columnSample: axis, learningRate: axis, l1: axis, l2: axis, minGain: axis };
  const huge: CandidatePlan = { kind: 'candidate', estimator: 'gbdt', params };
  const trials = run([huge], searchOf('grid', 1, { points: 32 }), 101, () => 0).slice(1);
  expect(trials).toHaveLength(100);
  for (const key of Object.keys(params)) {
    const values = trials.map((trial) => trial.params[key] as number);
    for (const [low, high] of [
      [0, 0.4],
      [0.4, 0.7],
      [0.7, 1],
    ]) {
      const share = values.filter((value) => value > low && value <= high).length;
      expect(share, key).toBeGreaterThan(15);
    }
  }
});

test('a whole grid is the product of its points', () => {
  const params = {
    leaves: { kind: 'intSpace', low: 4, high: 12 },
    learningRate: { kind: 'logUniformSpace', low: 0.01, high: 1 },
  } as const;
  const trials = run([{ kind: 'candidate', estimator: 'gbdt', params }], searchOf('grid', 3, { points: 3 }), 99, () => 0);
  expect(trials.map((trial) => `${trial.params['leaves']} ${trial.params['learningRate']}`).toSorted()).toEqual(
    [4, 8, 12].flatMap((leaves) => [0.01, 0.1, 1].map((rate) => `${leaves} ${rate}`)).toSorted(),
  );
});

test('successive halving goes on with the best third of each rung, and no other', () => {
  const trials = run([TREES], searchOf('asha', 4), 80, valley);
  const rung = (share: number) => trials.filter((trial) => trial.share === share && trial.number > 1);
  const sizes = [0.1111, 0.3333, 1].map((share) => rung(share).length);
  expect(sizes.reduce((sum, size) => sum + size)).toBe(79);
  expect(sizes[0]).toBeGreaterThan(2 * (sizes[1] as number));
  expect(sizes[1]).toBeGreaterThan(2 * (sizes[2] as number));
  for (const [low, high] of [
    [0.1111, 0.3333],
    [0.3333, 1],
  ] as const)
    for (const risen of rung(high)) {
      const known = rung(low).filter(({ number }) => number <= risen.number - LAG);
      const before = known.filter(({ params }) => canonicalJson(params) !== canonicalJson(risen.params));
      const own = known.find(({ params }) => canonicalJson(params) === canonicalJson(risen.params)) as Trial;
      expect(before.filter(({ score }) => (score as number) > (own.score as number)).length).toBeLessThan(known.length / 3);
    }
});

const proposalOf = ({ candidate, estimator, params, share }: Trial): Proposal => ({ candidate, estimator, params, share });
