/**
 * Trains models of many kinds here and writes them, and those that train_foreign.py trained, in every format, with rows and predictions,
 * for check_exports.py.
 * Usage: node write-exports.mjs <folder>
 */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { random } from '../../dist/src/base/random.js';
import { estimatorOf } from '../../dist/src/models/catalogue.js';
import { readModelFile } from '../../dist/src/models/exchange/read-model-file.js';
import { writeLightgbmText } from '../../dist/src/models/exchange/write-lightgbm-text.js';
import { writeOnnx } from '../../dist/src/models/exchange/write-onnx.js';
import { writeXgboost } from '../../dist/src/models/exchange/write-xgboost.js';

const folder = process.argv[2];
const CODES = 40;

/** Numbers of several sizes with holes, and codes, of which later rows have more than the first ones. */
function tableOf(rows, seed, codes, holes) {
  const source = random(seed);
  const columns = [1, 100, 0.001, 1e6].map((size) =>
    Float64Array.from({ length: rows }, () => (source.below(100) < holes ? Number.NaN : Math.fround(size * source.normal()))),
  );
  if (codes > 0)
    columns.push(Float64Array.from({ length: rows }, () => (source.below(100) < holes ? Number.NaN : source.below(codes))));
  return {
    rows,
    columns,
    features: columns.map((_, j) => ({ name: `f${j}`, categories: j === 4 ? CODES : 0 })),
  };
}

function targetOf(task, { rows, columns }, seed) {
  const source = random(seed);
  return Float64Array.from({ length: rows }, (_, i) => {
    const [a, b, , , c] = columns.map((column) => (Number.isNaN(column[i]) ? 0.3 : column[i]));
    const signal = a + b / 100 + (c === undefined ? 0 : Math.sin(c)) + 0.3 * source.normal();
    if (task === 'regression') return Math.max(0, 50 + 20 * signal);
    return task === 'binary' ? Number(signal > 0.2) : signal > 1 ? 2 : signal > -0.5 ? 1 : 0;
  });
}

const KINDS = [
  ...['binary', 'multiclass', 'regression'].flatMap((task) => [
    ['gbdt', task, { rounds: 40 }],
    ['tree', task, {}],
    ['forest', task, { trees: 30 }],
    ['extraTrees', task, { trees: 30 }],
  ]),
  ...['poisson', 'tweedie', 'quantile', 'huber'].map((objective) => ['gbdt', 'regression', { rounds: 40, objective }]),
  ['logistic', 'binary', {}],
  ['logistic', 'multiclass', {}],
  ['linear', 'regression', {}],
  ['elastic', 'regression', {}],
  ['svm', 'binary', {}],
];
const FORMATS = [
  ['lightgbm', 'txt', writeLightgbmText],
  ['xgboost', 'json', writeXgboost],
  ['onnx', 'onnx', writeOnnx],
];

/** Writes a model in every format that can hold it. */
function written(id, model, features) {
  const files = {};
  for (const [format, extension, write] of FORMATS)
    try {
      files[format] = join(folder, id, `again.${extension}`);
      writeFileSync(files[format], write(model, features));
    } catch (error) {
      if (error.code !== 'MW_EXCHANGE_UNSUPPORTED') throw error;
      delete files[format];
    }
  return { task: model.task, outputs: model.outputs, columns: features.length, files };
}

const cases = [];
for (const [name, task, params] of KINDS) {
  const { needs } = estimatorOf(name);
  const holes = needs.imputed ? 0 : 12;
  const codes = needs.categories === 'codes' ? 9 : 0;
  const matrix = tableOf(2000, 3, codes, holes);
  const context = { task, classes: task === 'multiclass' ? 3 : task === 'binary' ? 2 : 1, seed: 1 };
  const model = await estimatorOf(name).fit({ matrix, target: targetOf(task, matrix, 4) }, params, context);
  const fresh = tableOf(1500, 5, codes > 0 ? CODES : 0, holes);
  const id = [name, task, ...(params.objective ? [params.objective] : [])].join('-');
  mkdirSync(join(folder, id), { recursive: true });
  const rows = new Float64Array(fresh.rows * fresh.columns.length);
  fresh.columns.forEach((column, j) => column.forEach((value, i) => (rows[i * fresh.columns.length + j] = value)));
  writeFileSync(join(folder, id, 'rows.f64'), rows);
  writeFileSync(join(folder, id, 'outputs.f64'), model.predict(fresh));
  cases.push({ id, limit: 0, ...written(id, model, fresh.features) });
}
// What was imported goes out again, and is compared with what its own library predicted.
for (const { name, files, columns } of JSON.parse(readFileSync(join(folder, 'cases.json'), 'utf8'))) {
  const { model } = readModelFile(readFileSync(files.at(-1)));
  const id = `${name}-again`;
  mkdirSync(join(folder, id), { recursive: true });
  copyFileSync(join(folder, name, 'rows.f64'), join(folder, id, 'rows.f64'));
  copyFileSync(join(folder, name, 'predictions.f64'), join(folder, id, 'outputs.f64'));
  const features = Array.from({ length: columns }, (_, j) => ({ name: `f${j}`, categories: 0 }));
  cases.push({ id, limit: 1e-5, ...written(id, model, features) });
}
writeFileSync(join(folder, 'exports.json'), JSON.stringify(cases));
console.log(`${cases.length} models written`);
