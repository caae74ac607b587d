/**
 * Imports the models that train_foreign.py wrote and compares what they predict with what their own library predicts.
 * Usage: node check-imports.mjs <folder>
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readModelFile } from '../../dist/src/models/exchange/read-model-file.js';

const folder = process.argv[2];
const numbers = (file) => new Float64Array(new Uint8Array(readFileSync(file)).buffer);
const furthest = (found, expected) => {
  let most = 0;
  for (let i = 0; i < expected.length; i++) {
    const away = Math.abs(found[i] - expected[i]) / Math.max(1, Math.abs(expected[i]));
    most = away >= 0 ? Math.max(most, away) : Infinity;
  }
  return most;
};

let failures = 0;
for (const { name, files, rows, columns } of JSON.parse(readFileSync(join(folder, 'cases.json'), 'utf8'))) {
  const matrix = numbers(join(folder, name, 'rows.f64'));
  const margins = numbers(join(folder, name, 'margins.f64'));
  const predictions = numbers(join(folder, name, 'predictions.f64'));
  for (const file of files) {
    const { model, format } = readModelFile(readFileSync(file));
    const row = new Float64Array(columns);
    const scores = new Float64Array(rows * model.outputs);
    const outputs = new Float64Array(rows * model.outputs);
    for (let i = 0; i < rows; i++) {
      row.set(matrix.subarray(i * columns, (i + 1) * columns));
      model.predictScores(row, scores, i * model.outputs);
      model.predictRow(row, outputs, i * model.outputs);
    }
    const sums = furthest(scores, margins);
    const linked = furthest(outputs, predictions);
    const fine = outputs.length === predictions.length && sums <= 1e-6 && linked <= 1e-6;
    if (!fine) failures++;
    console.log(
      `${fine ? 'ok  ' : 'FAIL'} ${name} (${format}): sums ${sums.toExponential(1)}, predictions ${linked.toExponential(1)}`,
    );
  }
}
for (const file of readdirSync(join(folder, 'refused')))
  try {
    readModelFile(readFileSync(join(folder, 'refused', file)));
    console.log(`FAIL ${file} was not refused`);
    failures++;
  } catch (error) {
    console.log(`${error.code === 'MW_EXCHANGE_UNSUPPORTED' ? 'ok  ' : 'FAIL'} ${file} is refused: ${error.message}`);
    if (error.code !== 'MW_EXCHANGE_UNSUPPORTED') failures++;
  }
process.exitCode = failures === 0 ? 0 : 1;
