import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MillwrightError } from '../base/error.js';
import { canonicalJson } from '../base/hash.js';
import { random } from '../base/random.js';
import { type Column, type ColumnKind, columnFrom, type Scalar, valueAt } from '../frame/column.js';
import { type Frame, frame } from '../frame/frame.js';
import type { Needs } from '../models/estimator.js';
import { densified } from '../models/testing/examples.js';
import { type EncoderTarget, fitEncoder, loadEncoder } from './encoder.js';
import { ENCODINGS } from './encodings/catalogue.js';
import type { Encoder, FeatureInput } from './pipeline.js';

const TREES: Needs = { imputed: false, scaled: false, categories: 'codes' };
const LINEAR: Needs = { imputed: true, scaled: true, categories: 'onehot' };
const NEEDS: readonly Needs[] = [
  TREES,
  LINEAR,
  { ...TREES, categories: 'everyCode' },
  { imputed: true, scaled: false, categories: 'onehot' },
  { ...LINEAR, sparse: true },
  { ...LINEAR, shape: 'log' },
];

const cell = (kind: ColumnKind): fc.Arbitrary<Scalar> =>
  kind === 'string'
    ? fc.oneof(
        fc.constantFrom(null, '', 'a', 'b', 'A good film', 'not a good film', '12', ' 7 ', 'yes', 'ünï çödé'),
        fc.string({ maxLength: 12 }),
      )
    : kind === 'boolean'
      ? fc.constantFrom(true, false, null)
      : fc.oneof(
          fc.constantFrom(null, 0, -0, 1, 2, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e300, -1e300, 5e-324),
          fc.double({ noNaN: true }),
        );

const KINDS = ['number', 'string', 'boolean', 'timestamp'] as const;
const TYPES = ['number', 'boolean', 'category', 'text'] as const;

/** A random table: columns of any kind read as any type, rows to fit on and rows to encode. */
const tables = fc
  .array(fc.tuple(fc.constantFrom(...KINDS), fc.constantFrom(...TYPES)), { minLength: 1, maxLength: 4 })
  .chain((shape) =>
    fc.record({
      shape: fc.constant(shape),
      fit: fc.array(fc.tuple(...shape.map(([kind]) => cell(kind))), { minLength: 1, maxLength: 24 }),
      rest: fc.array(fc.tuple(...shape.map(([kind]) => cell(kind))), { minLength: 1, maxLength: 8 }),
      labels: fc.infiniteStream(fc.nat({ max: 2 })),
      task: fc.constantFrom('binary' as const, 'multiclass' as const, 'regression' as const),
      seed: fc.nat({ max: 1000 }),
    }),
  );

const tableOf = (shape: readonly (readonly [ColumnKind, string])[], rows: readonly (readonly Scalar[])[]): Frame =>
  frame(
    Object.fromEntries(
      shape.map(([kind], j) => [
        `f${j}`,
        columnFrom(
          kind,
          rows.map((row) => row[j]),
        ),
      ]),
    ),
    rows.length,
  );

function targetOf(task: EncoderTarget['task'], values: readonly number[]): EncoderTarget {
  const classes = { binary: 2, multiclass: 3, regression: 1 }[task];
  return { task, classes, values: Float64Array.from(values, (v) => (task === 'binary' ? v % 2 : v)) };
}

/** What the encoder makes of each row by itself, row by row, as one list of bits. */
function rowwise(encoder: Encoder, table: Frame): Float64Array[] {
  const columns = encoder.outputs.map(() => new Float64Array(table.rows));
  const out = new Float64Array(encoder.outputs.length);
  for (let i = 0; i < table.rows; i++) {
    out.fill(123);
    encoder.encodeRow(
      encoder.inputs.map(({ name }) => valueAt(table.columns[name] as Column, i)),
      out,
    );
    out.forEach((value, k) => {
      columns[k][i] = value;
    });
  }
  return columns;
}

describe('any table', () => {
  test('row by row, batch and the loaded encoder give the same bits, imputed ones never NaN', () => {
    fc.assert(
      fc.property(tables, fc.constantFrom(...NEEDS), ({ shape, fit, rest, labels, task, seed }, needs) => {
        const features = shape.map(([, type], j): FeatureInput => ({ name: `f${j}`, type }));
        const target = targetOf(task, [...labels.take(fit.length)]);
        const options = { textTerms: 50, maxOneHot: 3, maxCodes: 3 };
        const training = tableOf(shape, fit);
        const { encoder, training: matrix } = fitEncoder(training, features, target, needs, options, seed);
        const data = encoder.toData();
        const loaded = loadEncoder(JSON.parse(canonicalJson(data)));
        expect(canonicalJson(loaded.toData())).toBe(canonicalJson(data));
        for (const rows of [fit, rest]) {
          const table = tableOf(shape, rows);
          const batch = encoder.encode(table);
          const { columns } = densified(batch);
          expect(columns).toStrictEqual(rowwise(encoder, table));
          expect(loaded.encode(table)).toStrictEqual(batch);
          expect(batch.columns.length).toBe(encoder.outputs.length);
          for (const [k, feature] of batch.features.entries())
            for (const value of columns[k]) {
              if (needs.imputed) expect(value).toBeTypeOf('number');
              if (needs.imputed) expect(Number.isFinite(value)).toBe(true);
              if (feature.categories > 0 && value === value) {
                expect(Number.isInteger(value)).toBe(true);
                expect(value).toBeGreaterThanOrEqual(0);
                expect(value).toBeLessThan(feature.categories);
              }
            }
        }
        expect(densified(matrix).columns.map((column) => column.length)).toEqual(encoder.outputs.map(() => fit.length));
        const again = fitEncoder(training, features, target, needs, options, seed);
        expect(canonicalJson(again.encoder.toData())).toBe(canonicalJson(data));
        expect(again.training).toStrictEqual(matrix);
      }),
      { numRuns: 150, seed: 11 },
    );
  }, 60_000);
});

describe('corrupt encoder data', () => {
  test('is a coded error or a working encoder, never anything else', () => {
    const table = frame({
      n: columnFrom('number', [1, 2, null, 4]),
      b: columnFrom('boolean', [true, null, false, true]),
      c: columnFrom('string', ['x', 'y', 'z', null]),
      t: columnFrom('string', ['a good one', 'a bad one', '', null]),
    });
    const features: FeatureInput[] = [
      { name: 'n', type: 'number' },
      { name: 'b', type: 'boolean' },
      { name: 'c', type: 'category' },
      { name: 't', type: 'text' },
    ];
    const target = targetOf('binary', [0, 1, 0, 1]);
    const sources = NEEDS.flatMap((needs) =>
      [2, 40].map((maxOneHot) =>
        JSON.stringify(fitEncoder(table, features, target, needs, { textTerms: 10, maxOneHot }).encoder.toData()),
      ),
    );
    fc.assert(
      fc.property(fc.constantFrom(...sources), fc.nat(), fc.anything(), (json, where, junk) => {
        const data = JSON.parse(json);
        const nodes: [Record<string, unknown>, string][] = [];
        const walk = (node: unknown): void => {
          if (typeof node !== 'object' || node === null) return;
          for (const key of Object.keys(node)) {
            nodes.push([node as Record<string, unknown>, key]);
            walk((node as Record<string, unknown>)[key]);
          }
        };
        walk(data);
        const [node, key] = nodes[where % nodes.length];
        node[key] = junk;
        try {
          const encoder = loadEncoder(data);
          encoder.encodeRow([1, null, 'x', 'a bad one'], new Float64Array(encoder.outputs.length));
          encoder.encode(table);
        } catch (error) {
          expect(error).toBeInstanceOf(MillwrightError);
        }
      }),
      { numRuns: 300, seed: 5 },
    );
  });
});

const noise = (n: number, levels: number, seed: number): string[] => {
  const source = random(seed);
  return Array.from({ length: n }, () => `v${source.below(levels)}`);
};
const meanOf = (x: Float64Array): number => x.reduce((s, v) => s + v, 0) / x.length;
const correlation = (a: Float64Array, b: Float64Array): number => {
  const [ma, mb] = [meanOf(a), meanOf(b)];
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < a.length; i++) {
    ab += (a[i] - ma) * (b[i] - mb);
    aa += (a[i] - ma) ** 2;
    bb += (b[i] - mb) ** 2;
  }
  return ab / Math.sqrt(aa * bb || 1);
};

describe('label-aware encodings do not leak', () => {
  const n = 4000;
  const source = random(3);
  const labels = targetOf(
    'binary',
    Array.from({ length: n }, () => source.below(2)),
  );

  test('the mean target of a category of pure noise says nothing about the training labels', () => {
    const table = frame({ c: columnFrom('string', noise(n, 1500, 4)) });
    const { encoder, training } = fitEncoder(table, [{ name: 'c', type: 'category' }], labels, LINEAR);
    expect(encoder.outputs).toEqual(['c mean target']);
    expect(correlation(encoder.encode(table).columns[0], labels.values)).toBeGreaterThan(0.4);
    expect(Math.abs(correlation(training.columns[0], labels.values))).toBeLessThan(0.06);
  });

  test('nor does the score of random words', () => {
    const words = noise(n * 5, 3000, 5);
    const texts = Array.from({ length: n }, (_, i) => words.slice(i * 5, i * 5 + 5).join(' '));
    const table = frame({ t: columnFrom('string', texts) });
    const { encoder, training } = fitEncoder(table, [{ name: 't', type: 'text' }], labels, LINEAR);
    expect(encoder.outputs).toEqual(['t score', 't words']);
    expect(correlation(encoder.encode(table).columns[0], labels.values)).toBeGreaterThan(0.6);
    expect(Math.abs(correlation(training.columns[0], labels.values))).toBeLessThan(0.06);
  });

  test('the score of words that carry the label finds it', () => {
    const filler = noise(n * 3, 50, 6);
    const texts = Array.from(
      { length: n },
      (_, i) => `${filler[i * 3]} ${labels.values[i] === 1 ? 'lovely' : 'dreadful'} ${filler[i * 3 + 1]}`,
    );
    const table = frame({ t: columnFrom('string', texts) });
    const { training } = fitEncoder(table, [{ name: 't', type: 'text' }], labels, LINEAR);
    expect(correlation(training.columns[0], labels.values)).toBeGreaterThan(0.9);
  });
});

const fit = (values: readonly Scalar[], kind: ColumnKind, type: FeatureInput['type'], needs: Needs, options = {}) => {
  const target = targetOf(
    'binary',
    values.map((_, i) => i),
  );
  const { encoder } = fitEncoder(frame({ f: columnFrom(kind, values) }), [{ name: 'f', type }], target, needs, options);
  const of = (value: Scalar) => {
    const out = new Float64Array(encoder.outputs.length);
    encoder.encodeRow([value], out);
    return [...out];
  };
  return { outputs: encoder.outputs, of };
};

describe('single encodings', () => {
  test('numbers: the median fills gaps, an indicator tells, and the rest is standardised', () => {
    const plain = fit([1, 2, 3, 4, 5], 'number', 'number', LINEAR);
    expect(plain.outputs).toEqual(['f']);
    expect(plain.of(3)).toEqual([0]);
    expect(plain.of(5)[0]).toBeCloseTo(2 / Math.sqrt(2), 12);
    expect(plain.of(1003)[0]).toBeCloseTo(1000 / Math.sqrt(2), 9);
    expect(plain.of(null)).toEqual(plain.of(3));
    const gaps = fit([1, 2, 3, null, 9], 'number', 'number', { ...LINEAR, scaled: false });
    expect(gaps.outputs).toEqual(['f', 'f is missing']);
    expect(gaps.of(null)).toEqual([3, 1]);
    expect(gaps.of(Number.POSITIVE_INFINITY)).toEqual([3, 1]);
    expect(fit([1, null], 'number', 'number', TREES).of(null)).toEqual([Number.NaN]);
  });

  /** Of scikit-learn 1.9.1: StandardScaler().fit(x).transform(y). */
  const SCALED = [
    {
      x: [0, 0, 0, 0.05, 1e3, 2.5, -7.25, 1e-3, 3, 3, 12345.678, 0.1],
      y: [0, 1, -3.5, 1e6],
      z: [-0.32731075046007535, -0.32701647416145446, -0.32834071750524857, 293.94898787045196],
    },
    {
      x: [1e6, 1e6 + 1, 1e6 + 2, 1e6 + 5, 1e6 + 9],
      y: [1e6, 1e6 + 1, 1e6 + 2, 1e6 + 5, 1e6 + 9],
      z: [-1.0423368771315797, -0.7357672073890968, -0.42919753764661395, 0.49051147158083475, 1.7167901505507663],
    },
  ];

  test.each(SCALED)('numbers: standardised as scikit-learn does, $x.0 first', ({ x, y, z }) => {
    const { of } = fit(x, 'number', 'number', LINEAR);
    y.forEach((value, i) => expect(Math.abs(of(value)[0] / z[i] - 1)).toBeLessThan(1e-14));
  });

  test('numbers: every row counts in the mean and the deviation', () => {
    const rows = Array.from({ length: 50_001 }, (_, i) => (i === 1 ? 1e6 : i % 7));
    const { of } = fit(rows, 'number', 'number', LINEAR);
    const mean = rows.reduce((sum, value) => sum + value, 0) / rows.length;
    const variance = rows.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rows.length;
    expect(of(0)[0] * Math.sqrt(variance)).toBeCloseTo(-mean, 8);
  });

  test('numbers: with the shape log a long tail is drawn in, so that it does not decide the scale', () => {
    const shaped: Needs = { ...LINEAR, shape: 'log' };
    const values = [...Array.from({ length: 990 }, (_, i) => (i % 10) + 1), ...Array(10).fill(1e6)];
    const tail = fit(values, 'number', 'number', shaped);
    const [low, high] = [tail.of(1)[0], tail.of(10)[0]];
    expect(high - low).toBeGreaterThan(1);
    expect(tail.of(1e6)[0]).toBeGreaterThan(high);
    expect(tail.of(1e9)).toEqual(tail.of(1e6));
  });

  test('numbers: shares and what has no long tail are left as they are by the shape log', () => {
    const share = Array.from({ length: 1000 }, (_, i) => (i % 40 === 0 ? ((i % 19) + 1) / 20 : 0));
    const even = share.map((_, i) => i % 100);
    for (const values of [share, even])
      for (const value of [0, 0.05, 0.3, 50])
        expect(fit(values, 'number', 'number', { ...LINEAR, shape: 'log' }).of(value)).toEqual(
          fit(values, 'number', 'number', LINEAR).of(value),
        );
  });

  test('codes: by frequency, then by text; the rarest share one, which the unseen get', () => {
    const all = fit(['b', 'b', 'c', 'a', null], 'string', 'category', TREES);
    expect(['b', 'a', 'c', 'new', null].map((value) => all.of(value)[0])).toEqual([0, 1, 2, Number.NaN, Number.NaN]);
    const few = fit(['b', 'b', 'c', 'a', 'd'], 'string', 'category', TREES, { maxCodes: 2 });
    expect(few.outputs).toEqual(['f', 'f mean target']);
    expect(['b', 'a', 'c', 'd', 'new'].map((value) => few.of(value)[0])).toEqual([0, 1, 2, 2, 2]);
  });

  test('codes: every level has one for an estimator that takes any number, and so have the unseen together', () => {
    const every = fit(['b', 'b', 'c', 'a', null], 'string', 'category', { ...TREES, categories: 'everyCode' }, { maxCodes: 2 });
    expect(every.outputs).toEqual(['f']);
    expect(['b', 'a', 'c', 'new', null].map((value) => every.of(value)[0])).toEqual([0, 1, 2, 3, Number.NaN]);
    const none = fit([null, null], 'string', 'category', { ...TREES, categories: 'everyCode' });
    expect(none.of('a')).toEqual([Number.NaN]);
  });

  test('one-hot: rare levels share an output, missing has its own when seen', () => {
    const hot = fit(['a', 'a', 'b', 'b', 'c', null], 'string', 'category', LINEAR);
    expect(hot.outputs).toEqual(['f = a', 'f = b', 'f is rare', 'f is missing']);
    expect(hot.of('b')).toEqual([0, 1, 0, 0]);
    expect(hot.of('c')).toEqual([0, 0, 1, 0]);
    expect(hot.of('new')).toEqual([0, 0, 1, 0]);
    expect(hot.of(null)).toEqual([0, 0, 0, 1]);
    expect(fit(['a', 'a', 'b', 'b'], 'string', 'category', LINEAR).of('new')).toEqual([0, 0]);
  });

  test('mean target: the smoothed mean of the level, the overall mean for one never seen', () => {
    const needs = { ...LINEAR, scaled: false };
    const mean = fit(['a', 'a', 'a', 'b', 'c', 'c'], 'string', 'category', needs, { maxOneHot: 2, smoothing: 1 });
    // Labels are 0 1 0 1 0 1, their mean is one half.
    expect(mean.of('a')[0]).toBeCloseTo((1 + 0.5) / 4, 12);
    expect(mean.of('b')[0]).toBeCloseTo((1 + 0.5) / 2, 12);
    expect(mean.of('new')[0]).toBeCloseTo(0.5, 12);
  });

  test('a missing column is a coded error', () => {
    const table = frame({ f: columnFrom('number', [1, 2]) });
    expect(() => fitEncoder(table, [{ name: 'g', type: 'number' }], targetOf('binary', [0, 1]), TREES)).toThrow(
      expect.objectContaining({ code: 'MW_PIPELINE_FEATURE_MISSING' }),
    );
  });
});

test('every encoding of the catalogue has a name of its own and says what it does', () => {
  expect(new Set(ENCODINGS.map(({ name }) => name)).size).toBe(ENCODINGS.length);
  for (const { doc } of ENCODINGS) expect(doc.length).toBeGreaterThan(20);
});

test('one-hot columns are sparse where few rows set them and the estimator takes them, with the same values and means', () => {
  const source = random(8);
  const levels = Array.from({ length: 400 }, () => (source.next() < 0.5 ? 'common' : `l${source.below(20)}`));
  const table = frame({
    c: columnFrom('string', levels),
    n: columnFrom(
      'number',
      levels.map((_, i) => i),
    ),
  });
  const features: FeatureInput[] = [
    { name: 'c', type: 'category' },
    { name: 'n', type: 'number' },
  ];
  const target = targetOf(
    'binary',
    levels.map((_, i) => i % 2),
  );
  const dense = fitEncoder(table, features, target, LINEAR);
  const thin = fitEncoder(table, features, target, { ...LINEAR, sparse: true });
  expect(dense.training.sparse).toBe(undefined);
  const { sparse, features: outputs } = thin.training;
  outputs.forEach(({ name }, j) => {
    expect(sparse?.[j] !== undefined).toBe(name.startsWith('c = l'));
  });
  expect(densified(thin.training)).toStrictEqual(dense.training);
  expect(thin.encoder.encode(table)).toStrictEqual(thin.training);
  expect(thin.encoder.means).toStrictEqual(dense.encoder.means);
  expect(loadEncoder(JSON.parse(canonicalJson(thin.encoder.toData()))).encode(table)).toStrictEqual(thin.training);
  // An encoder that was stored before there were sparse columns gives dense ones.
  expect(loadEncoder(JSON.parse(canonicalJson(dense.encoder.toData()))).encode(table)).toStrictEqual(dense.training);
});
