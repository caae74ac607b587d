import { describe, expect, test } from 'vitest';
import type { ColumnPlan } from '../define/plan.js';
import type { Column } from '../frame/column.js';
import { columnFrom } from '../frame/column.js';
import { frame } from '../frame/frame.js';
import { splitRows } from '../train/split-rows.js';
import { codeTarget } from '../train/target.js';
import { inferSplit } from './infer-split.js';

const DAY = 86_400_000;
const days = (n: number, at: (i: number) => number = (i) => i): Column => ({
  kind: 'timestamp',
  values: Float64Array.from({ length: n }, (_, i) => at(i) * DAY),
});
const plan = (type: ColumnPlan['type']): ColumnPlan => ({ kind: 'column', type, categories: null, nullable: false });

function infer(n: number, columns: Record<string, Column>, time: string | null = null, labels?: Column) {
  const y: Column = labels ?? { kind: 'number', values: Float64Array.from({ length: n }, (_, i) => (i * 7) % 5) };
  const plans = Object.fromEntries(
    Object.entries(columns).map(([name, { kind }]) => [name, plan(kind === 'timestamp' ? 'timestamp' : 'number')]),
  );
  const coded = codeTarget(y, labels ? 'binary' : 'regression');
  const table = frame({ ...columns, y }, n);
  return { ...inferSplit({ table, columns: plans, target: 'y', coded, testShare: 0.2, seed: 7, time }), coded };
}

describe('the split of a table', () => {
  test('is by time where one column says when rows happened', () => {
    const small = infer(365, { when: days(365) });
    expect(small.split).toMatchObject({ kind: 'foldSplit', column: 'when', test: 0.2 });
    expect(small.warnings.join()).toContain('--time none');
    const large = infer(5000, { when: days(5000) });
    expect(large.split).toMatchObject({ kind: 'timeSplit', column: 'when' });
    const { values } = days(5000) as Column & { kind: 'timestamp' };
    const parts = splitRows(large.split, large.coded, values, 7);
    expect(Math.max(...parts.fit)).toBeLessThan(Math.min(...parts.test));
    expect(parts.test.length).toBeCloseTo(1000, -2);
  });

  test('is at random with a word where that cannot be told', () => {
    for (const columns of [
      { ordered: days(300), shipped: days(300, (i) => i + 3) },
      { birth_date: days(300) },
      { when: days(300, (i) => (i === 5 ? Number.NaN : i)) },
      { when: days(300, (i) => i % 3) },
    ]) {
      const { split, warnings } = infer(300, columns);
      expect(split).toMatchObject({ kind: 'foldSplit', column: null });
      expect(warnings).toHaveLength(1);
      expect(warnings[0]).toContain('--time');
    }
  });

  test('is at random where the parts by time would lack a class', () => {
    const labels = columnFrom(
      'string',
      Array.from({ length: 300 }, (_, i) => (i < 290 ? 'no' : 'yes')),
    );
    const { split, warnings } = infer(300, { when: days(300) }, null, labels);
    expect(split).toMatchObject({ kind: 'foldSplit', column: null });
    expect(warnings[0]).toContain("cannot be split by 'when'");
  });

  test('is what is said', () => {
    const both = { ordered: days(300), shipped: days(300, (i) => i + 3) };
    expect(infer(300, both, 'shipped')).toMatchObject({ split: { kind: 'foldSplit', column: 'shipped' }, warnings: [] });
    expect(infer(300, { when: days(300) }, 'none')).toMatchObject({ split: { column: null }, warnings: [] });
  });

  test('has no word on time where there is none', () => {
    expect(infer(300, {}).warnings).toEqual([]);
  });
});

test.each([1, 2, 3])('%i rows of a stray class of several stop no split', (rows) => {
  const labels = columnFrom(
    'string',
    Array.from({ length: 300 }, (_, i) => (i < rows ? 'odd' : ['low', 'mid', 'high'][i % 3])),
  );
  const coded = codeTarget(labels, 'multiclass');
  for (const split of [
    { kind: 'foldSplit', test: 0.2, folds: 5, column: null, gap: 0 },
    { kind: 'randomSplit', test: 0.2, validation: 0.2 },
  ] as const) {
    const parts = splitRows(split, coded, null, 7);
    for (const { train } of parts.folds) expect(new Set(train.map((row) => coded.values[row] as number)).size).toBe(4);
  }
});
