import { describe, expect, it } from 'vitest';
import { random } from '../../base/random.js';
import { type Aggregate, isAggregable, LARGEST_VALUE } from './aggregate.js';
import { CandidateQueue } from './candidate-queue.js';
import { AGGREGATES } from './catalogue.js';

const values = (seed: number, n: number) => {
  const source = random(seed);
  return Array.from({ length: n }, () => (source.normal() * 10 ** source.below(5)) / 3);
};

function over(aggregate: Aggregate, given: readonly number[], from = 0): Float64Array {
  const state = new Float64Array(aggregate.size);
  aggregate.init(state, 0);
  for (const [i, value] of given.entries()) aggregate.add(state, 0, value, from + i);
  return state;
}
const resultOf = (name: keyof typeof AGGREGATES, given: readonly number[]) =>
  AGGREGATES[name].value(over(AGGREGATES[name], given), 0);

describe.each(Object.entries(AGGREGATES))('%s', (name, aggregate) => {
  it('is named and documented', () => {
    expect(aggregate.name).toBe(name);
    expect(aggregate.doc).toMatch(/\.$/);
  });

  it('gives the same bits after values came and went in any order', () => {
    const { leaving } = aggregate;
    if (leaving.kind !== 'inverse') return;
    for (let seed = 0; seed < 60; seed++) {
      const kept = values(seed, 1 + (seed % 40));
      const passing = values(seed + 1000, 50);
      const state = over(aggregate, passing);
      const source = random(seed).fork('order');
      const left = [...passing];
      const coming = kept.toReversed();
      while (left.length + coming.length > 0) {
        if (coming.length > 0 && source.below(2) === 0) aggregate.add(state, 0, coming.pop() as number, 0);
        else if (left.length > 0) leaving.remove(state, 0, left.splice(source.below(left.length), 1)[0]);
      }
      expect(aggregate.value(state, 0)).toBe(aggregate.value(over(aggregate, kept), 0));
    }
  });

  it('merges parts to the whole, at any place of a flat array', () => {
    for (let seed = 0; seed < 40; seed++) {
      const whole = values(seed, seed);
      const cut = random(seed).below(whole.length + 1);
      const flat = new Float64Array(aggregate.size + 2).fill(7);
      aggregate.init(flat, 1);
      aggregate.merge(flat, 1, over(aggregate, whole.slice(0, cut)), 0);
      aggregate.merge(flat, 1, over(aggregate, whole.slice(cut), cut), 0);
      expect(aggregate.value(flat, 1)).toBe(aggregate.value(over(aggregate, whole), 0));
      expect([flat[0], flat.at(-1)]).toEqual([7, 7]);
    }
  });

  it('has moments that give what its state gives', () => {
    if (aggregate.fromMoments === null) return;
    for (const given of [[], [0], [-0], [1, 2, 3], [5, -5], [0.125, 7]]) {
      const sum = given.reduce((total, value) => total + value, 0);
      expect(aggregate.fromMoments(given.length, sum)).toBe(aggregate.value(over(aggregate, given), 0));
    }
  });
});

describe('known values', () => {
  it('of nothing', () => {
    const nothing = Object.keys(AGGREGATES).map((name) => resultOf(name as keyof typeof AGGREGATES, []));
    expect(nothing).toEqual([0, 0, Number.NaN, Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
  });

  it('of 1 to 10, and of values with a large mean', () => {
    const ten = Array.from({ length: 10 }, (_, i) => i + 1);
    expect(resultOf('mean', ten)).toBe(5.5);
    expect(Math.sqrt((resultOf('variance', ten) * 10) / 9)).toBeCloseTo(3.0277, 4);
    expect(resultOf('variance', [1e9, 1e9 + 1, 1e9 + 2])).toBeCloseTo(2 / 3, 15);
    expect(resultOf('variance', [7])).toBe(0);
    expect(resultOf('sum', [1e16, 1, -1e16])).toBe(1);
  });

  it('of the tiles [2, B] + [9, A] + [3, C]', () => {
    expect(resultOf('sum', [2, 9, 3])).toBe(14);
    expect(resultOf('last', [2, 9, 3])).toBe(3);
  });

  it('of Chronon: average 19/3 over what remains of five after two deletions', () => {
    const state = over(AGGREGATES.mean, [4, 5, 10, 8, 7]);
    if (AGGREGATES.mean.leaving.kind === 'inverse') for (const value of [8, 7]) AGGREGATES.mean.leaving.remove(state, 0, value);
    expect(AGGREGATES.mean.value(state, 0)).toBe(19 / 3);
  });

  it('never overflows within the limit of values', () => {
    expect(isAggregable(LARGEST_VALUE)).toBe(true);
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e151])
      expect(isAggregable(value)).toBe(false);
    expect(
      resultOf(
        'sum',
        Array.from({ length: 1000 }, () => LARGEST_VALUE),
      ),
    ).toBeCloseTo(1e153, -140);
  });
});

describe('CandidateQueue', () => {
  it('decides as a scan of the window does, whatever the order events come in', () => {
    for (let seed = 0; seed < 80; seed++) {
      const source = random(seed);
      for (const aggregate of [AGGREGATES.min, AGGREGATES.max, AGGREGATES.last]) {
        if (aggregate.leaving.kind !== 'queue') continue;
        const queue = new CandidateQueue(aggregate.leaving.dominates);
        let held: { value: number; time: number; sequence: number }[] = [];
        for (let step = 0; step < 200; step++) {
          const from = step / 2;
          queue.leaveBefore(from);
          held = held.filter((event) => event.time >= from);
          const event = {
            value: source.below(seed % 3 === 0 ? 4 : 1000),
            time: Math.ceil(from) + source.below(60),
            sequence: step,
          };
          queue.add(event.value, event.time, 0, event.sequence);
          held.push(event);
          held.sort((a, b) => a.time - b.time || a.sequence - b.sequence);
          const given = held.map((one) => one.value);
          expect(queue.value()).toBe(aggregate.value(over(aggregate, given), 0));
        }
      }
    }
  });
});
