import { expect, test } from 'vitest';
import { random } from '../base/random.js';
import { discoveryBound } from './false-discovery.js';

test('the example of Benjamini and Hochberg (1995): four discoveries of fifteen', () => {
  const ps = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1];
  expect(discoveryBound(ps)).toBe(0.0095);
  expect(discoveryBound([0.9, 0.2])).toBe(-1);
  expect(discoveryBound([])).toBe(-1);
  expect(discoveryBound([Number.NaN, 0.04])).toBe(0.04);
});

test('of what is found where nothing is, at most a twentieth', () => {
  const source = random(5);
  let found = 0;
  for (let run = 0; run < 2000; run++) {
    const ps = Array.from({ length: 30 }, () => source.next());
    if (discoveryBound(ps) >= 0) found++;
  }
  expect(found / 2000).toBeLessThan(0.065);
});
