import { describe, expect, test } from 'vitest';
import { random } from '../base/random.js';
import type { RetrainPlan } from '../define/plan.js';
import { decideRetrain } from './decide-retrain.js';
import { judgeChallenger, type ShadowEvidence } from './judge-challenger.js';

const DAY = 86_400_000;
const plan: RetrainPlan = { kind: 'retrain', on: ['drift', 'auc'], atMostEvery: 7 * DAY, shadow: 3 * DAY };
const signal = (name: string, state: 'quiet' | 'fired' | 'insufficient') => ({ name, state, sentence: `${name} is 0.3.` });

describe('the trigger', () => {
  test('a named signal that fired retrains, and says why', () => {
    expect(decideRetrain(plan, [signal('drift', 'fired'), signal('auc', 'quiet')], null, 10 * DAY)).toEqual({
      retrain: true,
      because: 'drift: drift is 0.3.',
    });
  });
  test('other signals and missing data do not', () => {
    expect(decideRetrain(plan, [signal('latency', 'fired'), signal('auc', 'insufficient')], null, 0)).toEqual({
      retrain: false,
      because: 'No trigger has fired (insufficient data: auc).',
    });
    expect(decideRetrain(null, [signal('drift', 'fired')], null, 0).retrain).toBe(false);
  });
  test('not again before the pause is over, then again', () => {
    const fired = [signal('drift', 'fired')];
    const early = decideRetrain(plan, fired, 10 * DAY, 16 * DAY);
    expect(early.retrain).toBe(false);
    expect(early.because).toContain('6d ago');
    expect(decideRetrain(plan, fired, 10 * DAY, 17 * DAY).retrain).toBe(true);
  });
});

const side = (version: string, scores: Float64Array) => ({
  version,
  scores,
  decided: Int32Array.from(scores, (score) => Number(score >= 0.5)),
});

/** Labels from a logistic truth; the challenger sees it with noise `challengerNoise`, the champion with `championNoise`. */
function evidence(rows: number, championNoise: number, challengerNoise: number, metric = 'auc', seed = 1): ShadowEvidence {
  const source = random(seed);
  const labels = new Float64Array(rows);
  const sides = [championNoise, challengerNoise].map(() => new Float64Array(rows));
  for (let i = 0; i < rows; i++) {
    const z = source.normal() * 2;
    labels[i] = source.next() < 1 / (1 + Math.exp(-z)) ? 1 : 0;
    for (const [s, noise] of [championNoise, challengerNoise].entries())
      (sides[s] as Float64Array)[i] = 1 / (1 + Math.exp(-(z + noise * source.normal())));
  }
  return {
    task: 'binary',
    outputs: 1,
    labels,
    champion: side('v1', sides[0] as Float64Array),
    challenger: side('v2', sides[1] as Float64Array),
    value: {
      kind: 'value',
      truePositive: 10,
      falsePositive: -5,
      falseNegative: 0,
      trueNegative: 0,
      capacity: null,
      currency: 'EUR',
    },
    gate: { kind: 'gate', gate: 'beatsChampion', metric, by: 0, confidence: 0.95 },
    since: 0,
    span: 3 * DAY,
    now: 4 * DAY,
    seed: 7,
  };
}

describe('the challenger', () => {
  test.each(['auc', 'value', 'logloss', 'brier', 'accuracy'])(
    'that is clearly better by %s is promoted, worse is refused',
    (metric) => {
      const better = judgeChallenger(evidence(3000, 3, 0.2, metric));
      expect(better.verdict).toBe('promote');
      expect(better.figures.confidence).toBeGreaterThanOrEqual(0.95);
      expect(better.figures.low).toBeGreaterThan(0);
      expect(judgeChallenger(evidence(3000, 0.2, 3, metric)).verdict).toBe('refuse');
    },
  );
  test('an equally good one is promoted by chance in about the share that the gate allows', () => {
    let promoted = 0;
    for (let seed = 0; seed < 50; seed++)
      if (judgeChallenger(evidence(250, 1, 1, 'accuracy', seed)).verdict === 'promote') promoted++;
    expect(promoted).toBeLessThanOrEqual(7);
  });
  test('a margin must be beaten too', () => {
    const clear = evidence(3000, 3, 0.2);
    expect(judgeChallenger({ ...clear, gate: { ...clear.gate, by: 0.5 } }).verdict).toBe('refuse');
  });
  test('without data there is no promotion', () => {
    expect(judgeChallenger(evidence(199, 3, 0.2))).toMatchObject({
      verdict: 'keep shadowing',
      because: 'Insufficient data: 199 labelled rows, 200 are needed.',
    });
    expect(judgeChallenger({ ...evidence(3000, 3, 0.2), now: DAY }).verdict).toBe('keep shadowing');
    const one = evidence(3000, 3, 0.2);
    expect(judgeChallenger({ ...one, labels: new Float64Array(3000) }).because).toContain('rarer class');
  });
  test('the verdict is the same whenever it is asked for', () => {
    expect(judgeChallenger(evidence(500, 1.5, 1))).toEqual(judgeChallenger(evidence(500, 1.5, 1)));
  });
});

test('a metric without meaning for the problem refuses with that reason', () => {
  expect(judgeChallenger(evidence(300, 1, 1, 'rmse'))).toMatchObject({
    verdict: 'refuse',
    because: "Versions cannot be compared by 'rmse' in this binary problem.",
  });
});

test('value is the mean pay-off of what each version decided, whatever it scored', () => {
  const decided = (share: number) => Int32Array.from({ length: 400 }, (_, i) => Number(i % 4 < share * 4));
  const labels = Float64Array.from({ length: 400 }, (_, i) => Number(i % 4 < 2));
  const scores = new Float64Array(400).fill(0.5);
  const { figures } = judgeChallenger({
    ...evidence(400, 1, 1, 'value'),
    labels,
    champion: { version: 'v1', scores, decided: decided(1) },
    challenger: { version: 'v2', scores, decided: decided(0.5) },
  });
  expect(figures).toMatchObject({ champion: (10 - 5) / 2, challenger: 10 / 2, difference: 2.5 });
});
