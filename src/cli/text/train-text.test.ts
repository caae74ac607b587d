import { expect, test } from 'vitest';
import type { SystemPlan } from '../../define/plan.js';
import type { TrainOutcome } from '../../run/train-system.js';
import { trainText } from './train-text.js';

const trial = (name: string, auc: number, params: Readonly<Record<string, number>>, test: boolean) => ({
  name,
  params,
  validation: { auc, logloss: 1 - auc },
  test: test ? { auc: auc - 0.01, logloss: 1 } : null,
});

/** 30 trials, the best of them last but one, with long parameters. */
const outcome = {
  problem: 'binary',
  system: 'customers',
  rows: 1500,
  columns: 10,
  features: 10,
  model: { name: 'customers', version: 3, hash: `sha256:${'a'.repeat(64)}` },
  candidates: [
    trial('constant', 0.5, {}, true),
    trial('logistic', 0.71, { l2: 1 }, true),
    ...Array.from({ length: 28 }, (_, i) =>
      trial(
        'gbdt',
        0.6 + i / 100,
        {
          leaves: 4 + i,
          learningRate: 0.1234567 + i / 1000,
          columnSample: 1 / (i + 1),
          rowSample: 1 / (i + 2),
          earlyStopping: 50,
        },
        i === 27,
      ),
    ),
  ],
  validation: { auc: 0.87, logloss: 0.13 },
  test: { auc: 0.86, logloss: 1 },
  gates: [{ gate: { kind: 'gate', gate: 'latency', p99: 1 }, passed: false, figure: 2, sentence: 'p99 is 2 ms.' }],
  accepted: false,
  aliases: ['champion'],
  threshold: 0.5,
  learningCurve: null,
  report: '/somewhere',
  run: 'r1',
  seconds: 1,
  steps: [{ name: 'train', reused: true, seconds: 0 }],
  warnings: [],
} satisfies TrainOutcome;
const plan = { train: { search: { by: 'auc' } }, label: { positive: 'yes' }, problem: { value: null } } as SystemPlan;

test('the best trials come first, ten of them, every estimator among them, on lines of 120 characters', () => {
  const lines = trainText(outcome, plan).split('\n');
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(120);
  const from = lines.findIndex((line) => line.startsWith('candidate')) + 2;
  const table = lines.slice(from, from + 10);
  expect(table.map((line) => line.split(' ')[0])).toEqual([...Array(8).fill('gbdt'), 'logistic', 'constant']);
  expect(table[0]).toContain('0.87');
  expect(table[0]).toContain('0.86');
  expect(lines[from + 10]).toBe('and 20 more trials (see --json)');
  // What all trials of an estimator have in common says nothing of them.
  expect(table[0]).not.toContain('earlyStopping');
});

test('a first version that a gate refused is champion all the same, and that is said', () => {
  const text = trainText(outcome, plan);
  expect(text).toContain('✗ p99 is 2 ms.');
  expect(text).toContain('refused by a gate, and is champion all the same');
  expect(text).toContain('not done again: train');
  expect(text).toContain("decides 'yes' from a probability of 0.5 on: the best f1 on the validation rows");
});
