import { expect, test } from 'vitest';
import { ESTIMATORS } from '../models/catalogue.js';
import { METRICS as MEASURED } from '../stats/metrics/catalogue.js';
import { CANDIDATES } from './candidates.js';
import * as language from './language.js';
import { METRICS } from './metrics.js';

// The language names estimators and metrics without loading their code, so its lists are held to theirs here.
test('a definition can name every estimator, with its own options and tasks', () => {
  expect(Object.keys(CANDIDATES).toSorted()).toEqual(Object.keys(ESTIMATORS).toSorted());
  for (const [name, { params, tasks }] of Object.entries(CANDIDATES)) {
    expect(params).toBe(ESTIMATORS[name]?.params);
    expect([...tasks]).toEqual(ESTIMATORS[name]?.tasks);
    const candidate = (language as unknown as Record<string, () => unknown>)[name];
    expect(candidate?.()).toEqual({ kind: 'candidate', estimator: name, params: {} });
  }
});

test('a definition can name every metric of its task, and money', () => {
  for (const [task, names] of Object.entries(METRICS)) {
    const measured = MEASURED.filter(({ tasks }) => (tasks as readonly string[]).includes(task)).map(({ name }) => name);
    expect([...names].filter((name) => name !== 'value').toSorted()).toEqual(measured.toSorted());
  }
  expect(METRICS.binary).toContain('value');
});
