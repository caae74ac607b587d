import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatDuration, milliseconds } from './duration.js';
import { MillwrightError } from './error.js';
import { canonicalJson, hashData } from './hash.js';
import { nearest } from './nearest.js';
import { declareOptions, resolveOptions } from './options.js';
import { random, shuffle } from './random.js';

describe('hash', () => {
  test('canonical JSON does not depend on key order and reads back equal', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (data) => {
        const reversed = Object.fromEntries(Object.entries(data).toReversed());
        expect(canonicalJson(reversed)).toBe(canonicalJson(data));
        expect(JSON.parse(canonicalJson(data))).toEqual(JSON.parse(JSON.stringify(data)));
      }),
    );
  });

  test('what has no canonical form is refused', () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, new Date(0), () => 1, 1n, new Map()])
      expect(() => canonicalJson({ bad })).toThrow(TypeError);
  });

  test('the hash of known data never changes', () => {
    expect(hashData({ b: [1, 'two', null], a: true })).toBe(
      'sha256:f696b62c20aee409969b391cb3cdf8ad9a60dc4853ac5863fd9d85aa8d802b31',
    );
  });
});

describe('random', () => {
  test('the same seed gives the same numbers, and known ones', () => {
    const draw = (seed: number) =>
      Array.from(
        { length: 4 },
        (
          (source) => () =>
            source.uint32()
        )(random(seed)),
      );
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
    expect(draw(7)).toMatchInlineSnapshot(`
      [
        210494603,
        711084892,
        3993689120,
        4089369890,
      ]
    `);
  });

  test('forks are independent of what was drawn before', () => {
    const a = random(1);
    const b = random(1);
    b.next();
    expect(a.fork('x').uint32()).toBe(b.fork('x').uint32());
    expect(a.fork('x').uint32()).not.toBe(a.fork('y').uint32());
  });

  test('uniform, below and normal have the moments they should', () => {
    const source = random(3);
    const n = 100_000;
    let sum = 0;
    let square = 0;
    const faces = new Float64Array(6);
    let uniform = 0;
    for (let i = 0; i < n; i++) {
      const z = source.normal();
      sum += z;
      square += z * z;
      uniform += source.next();
      faces[source.below(6)]! += 1;
    }
    expect(Math.abs(sum / n)).toBeLessThan(0.015);
    expect(Math.abs(square / n - 1)).toBeLessThan(0.02);
    expect(Math.abs(uniform / n - 0.5)).toBeLessThan(0.005);
    for (const count of faces) expect(Math.abs(count / n - 1 / 6)).toBeLessThan(0.006);
  });

  test('shuffle permutes', () => {
    const items = shuffle(
      Int32Array.from({ length: 100 }, (_, i) => i),
      random(5),
    );
    expect([...items].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect([...items.subarray(0, 5)]).not.toEqual([0, 1, 2, 3, 4]);
  });
});

describe('durations', () => {
  test('read and write', () => {
    expect(milliseconds('28d')).toBe(2_419_200_000);
    expect(milliseconds('1.5h')).toBe(5_400_000);
    fc.assert(fc.property(fc.integer({ min: 1, max: 1e9 }), (ms) => milliseconds(formatDuration(ms)) === ms));
  });

  test('a bad one is a coded error', () => {
    for (const bad of ['7days', '', 'h', '-1h', '1 h']) expect(() => milliseconds(bad)).toThrow(MillwrightError);
  });
});

describe('options', () => {
  const specs = declareOptions({
    leaves: { kind: 'integer', default: 31, min: 2, max: 1024, doc: 'Leaves.' },
    mode: { kind: 'choice', default: 'fast', choices: ['fast', 'exact'], doc: 'Mode.' },
    budget: { kind: 'duration', default: '60s', doc: 'Budget.' },
  });

  test('defaults are filled in and typed', () => {
    const values = resolveOptions('gbdt', specs, { leaves: 7 });
    const typed: { leaves: number; mode: 'fast' | 'exact'; budget: number } = values;
    expect(typed).toEqual({ leaves: 7, mode: 'fast', budget: 60_000 });
  });

  test('unknown and out-of-range values say what is allowed', () => {
    expect(() => resolveOptions('gbdt', specs, { leafs: 7 })).toThrow(/no option 'leafs'/);
    expect(() => resolveOptions('gbdt', specs, { leaves: 1 })).toThrow(/at least 2/);
    expect(() => resolveOptions('gbdt', specs, { leaves: 2.5 })).toThrow(/whole number/);
    expect(() => resolveOptions('gbdt', specs, { mode: 'slow' })).toThrow(/one of fast, exact/);
  });
});

test('the nearest name is found, and nothing when none is near', () => {
  expect(nearest('trian', ['train', 'plan', 'run'])).toBe('train');
  expect(nearest('lateRte_3h', ['lateRate_3h', 'lateRate_24h'])).toBe('lateRate_3h');
  expect(nearest('leafs', ['leaves', 'depth'])).toBe('leaves');
  expect(nearest('zebra', ['train', 'plan'])).toBeUndefined();
});
