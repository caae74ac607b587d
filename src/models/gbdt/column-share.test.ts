import { expect, it } from 'vitest';
import { contextOf, learnable } from '../testing/examples.js';
import { columnShareFor } from './column-share.js';
import { gbdt } from './estimator.js';

it('a tree draws six of ten features where nothing is said, and no fewer than five', async () => {
  expect([1, 4, 5, 8, 9, 100].map(columnShareFor)).toEqual([1, 1, 1, 5 / 8, 0.6, 0.6]);
  const data = learnable(gbdt, 'regression', 300);
  const silent = await gbdt.fit(data, { rounds: 9 }, contextOf('regression'));
  const all = await gbdt.fit(data, { rounds: 9, columnSample: 1 }, contextOf('regression'));
  const fewer = await gbdt.fit(data, { rounds: 9, columnSample: 0.6 }, contextOf('regression'));
  expect(silent.serialize()).toEqual(all.serialize());
  expect(silent.serialize()).not.toEqual(fewer.serialize());
});
