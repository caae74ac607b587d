import { describe, expect, it } from 'vitest';
import { random } from './base/random.js';
import {
  calibrate,
  cluster,
  clustererNames,
  estimatorNames,
  fit,
  loadClusters,
  loadModel,
  matrix,
  sparseMatrix,
} from './models.js';

describe('a matrix of named columns', () => {
  it('holds numbers, missing values and the codes of sorted categories', () => {
    const made = matrix({ size: [1, null, 3], open: [true, false, null], town: ['b', null, 'a'], w: Float64Array.of(1, 2, 3) });
    expect(made.rows).toBe(3);
    expect(made.features).toEqual([
      { name: 'size', categories: 0 },
      { name: 'open', categories: 0 },
      { name: 'town', categories: 2 },
      { name: 'w', categories: 0 },
    ]);
    expect(made.columns.map((column) => [...column])).toEqual([
      [1, Number.NaN, 3],
      [1, 0, Number.NaN],
      [1, Number.NaN, 0],
      [1, 2, 3],
    ]);
  });

  it('codes other rows alike, a new category as one that was never seen', () => {
    const first = matrix({ town: ['b', 'a'], size: [1, 2] });
    const other = matrix({ size: [3, 4, 5], town: ['a', 'c', null] }, first);
    expect(other.features).toEqual(first.features);
    expect([...other.columns[0]!]).toEqual([0, 2, Number.NaN]);
  });

  it('keeps a column that is named like a prototype', () => {
    const made = matrix(Object.fromEntries([['__proto__', ['x', 'y']]]));
    expect(made.categories).toEqual(Object.fromEntries([['__proto__', ['x', 'y']]]));
  });

  it.each([
    [() => matrix({ a: [1, 2], b: [1] }), "Column 'b' has 1 values, not 2."],
    [() => matrix({ b: [1] }, matrix({ a: [1] })), "There is no column 'a'."],
    [() => matrix({ a: ['x'] }, matrix({ a: [1] })), 'where it has numbers elsewhere'],
  ])('refuses what does not fit', (make, what) => {
    expect(make).toThrow(expect.objectContaining({ code: 'MW_MODEL_DATA', message: expect.stringContaining(what) }));
  });
});

const rows = Array.from({ length: 120 }, (_, i) => i);
const data = {
  matrix: matrix({ x: rows, town: rows.map((i) => ['a', 'b', 'c'][i % 3]!) }),
  target: Float64Array.from(rows, (i) => (i < 60 ? 0 : 1)),
};

it('fits every estimator by its name, and ensembles', async () => {
  for (const name of [...estimatorNames, 'average(tree,gbdt)']) {
    const numbers = { matrix: matrix({ x: rows.map((i) => i / 60 - 1) }), target: data.target };
    const task = ['linear', 'elastic'].includes(name) ? 'regression' : 'binary';
    const model = await fit(name, numbers, { task });
    expect(loadModel(model.serialize()).predict(numbers.matrix)).toEqual(model.predict(numbers.matrix));
  }
  await expect(fit('gbtd', data, { task: 'binary' })).rejects.toMatchObject({ code: 'MW_MODEL_UNKNOWN' });
  await expect(fit('gbdt', data, { task: 'binary', params: { leafs: 3 } })).rejects.toMatchObject({
    code: 'MW_OPTION_UNKNOWN',
  });
});

it('counts the classes of the target, and keeps the history when asked to', async () => {
  const target = Float64Array.from(rows, (i) => i % 3);
  const model = await fit('gbdt', { ...data, target }, { task: 'multiclass', params: { rounds: 4 }, history: true });
  expect(model.outputs).toBe(3);
  expect(model.history?.training).toHaveLength(4);
});

it('clusters, and sets probabilities right', async () => {
  expect(clustererNames).toContain('kmeans');
  const found = await cluster('kmeans', matrix({ x: [0, 1, 50, 51] }), { params: { clusters: 2 } });
  expect(found.outputs).toBe(2);
  expect(loadClusters(found.serialize()).outputs).toBe(2);
  const model = await fit('gbdt', data, { task: 'binary', params: { rounds: 3 } });
  expect(calibrate(model, 'isotonic', data).estimator).toBe('calibrated(gbdt)');
});

it('a sparse matrix is checked, and teaches what the dense one does', async () => {
  const source = random(12);
  const rows = 200;
  const flags = Float64Array.from({ length: rows }, () => Number(source.below(10) === 0));
  const size = Float64Array.from({ length: rows }, () => source.normal());
  const target = size.map((x, i) => Number(x + 3 * (flags[i] as number) + source.normal() > 0.5));
  const indexes = Uint32Array.from(flags.keys()).filter((i) => flags[i] === 1);
  const thin = sparseMatrix(rows, { size, flag: { indexes, values: new Float64Array(indexes.length).fill(1) } });
  const dense = matrix({ size, flag: flags });
  const model = await fit('logistic', { matrix: thin, target }, { task: 'binary' });
  expect(model.serialize()).toEqual((await fit('logistic', { matrix: dense, target }, { task: 'binary' })).serialize());
  expect(model.predict(thin)).toEqual(model.predict(dense));
  await expect(fit('gbdt', { matrix: thin, target }, { task: 'binary' })).rejects.toMatchObject({ code: 'MW_MODEL_DATA' });
  for (const column of [
    { indexes: Uint32Array.of(3, 2), values: Float64Array.of(1, 1) },
    { indexes: Uint32Array.of(rows), values: Float64Array.of(1) },
    { indexes: Uint32Array.of(1), values: Float64Array.of(1, 2) },
    new Float64Array(rows - 1),
  ])
    expect(() => sparseMatrix(rows, { column })).toThrow(expect.objectContaining({ code: 'MW_MODEL_DATA' }));
});
