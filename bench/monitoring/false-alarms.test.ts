import { expect, test } from 'vitest';
import { falseAlarms } from './false-alarms.js';

test('where nothing drifts our rule is quiet at every size at which it judges, and a plain threshold is not', () => {
  const [small, least, large] = [100, 200, 1000].map((rows) => falseAlarms(rows, 40, 3));
  expect(small).toMatchObject({ ours: 0, insufficient: 1 });
  expect(small.psiAboveTenth).toBeGreaterThan(0.2);
  expect(least.ours).toBeLessThanOrEqual(0.01);
  expect(least.insufficient).toBe(0);
  expect(large.ours).toBeLessThanOrEqual(0.01);
});
