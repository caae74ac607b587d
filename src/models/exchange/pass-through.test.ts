import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { random } from '../../base/random.js';
import type { Matrix, Model } from '../estimator.js';
import { matrixOf } from '../testing/examples.js';
import { predictInFloat32 } from './in-float32.js';
import { readLightgbmText } from './lightgbm-text.js';
import { readJson } from './read-json.js';
import { readModelFile } from './read-model-file.js';
import { lightgbmText, stump } from './testing/model-files.js';
import { readOnnx, sumsOf } from './testing/onnx-trees.js';
import { writeLightgbmText } from './write-lightgbm-text.js';
import { writeOnnx } from './write-onnx.js';
import { writeXgboost } from './write-xgboost.js';
import { readXgboost } from './xgboost.js';

const folder = join(import.meta.dirname, 'testing/files');
const files = readdirSync(folder).filter((name) => name.startsWith('xgboost') && !name.endsWith('.expected.json'));

/** Float32 numbers, some missing, and codes that the models know. */
function rowsFor(model: Model): Matrix {
  const source = random(4);
  const column = (make: () => number) =>
    Float64Array.from({ length: 400 }, () => (source.below(8) === 0 ? Number.NaN : Math.fround(make())));
  return matrixOf(
    Array.from({ length: model.inputs }, (_, j) => (j === 2 ? column(() => source.below(40)) : column(() => source.normal()))),
  );
}

const furthest = (a: Float64Array, b: Float64Array): number =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);

describe('a model that goes in and out again', () => {
  it.each(files)('%s predicts the same in every format', (name) => {
    const { model } = readModelFile(readFileSync(join(folder, name)));
    const rows = rowsFor(model);
    const expected = model.predict(rows);
    expect(
      furthest(readXgboost(readJson(Buffer.from(writeXgboost(model, rows.features)))).model.predict(rows), expected),
    ).toBeLessThan(1e-6);
    expect(furthest(predictInFloat32(model, rows), expected)).toBeLessThan(1e-6);
    const { nodes } = readOnnx(writeOnnx(model, rows.features));
    const sums = sumsOf(nodes[0] as (typeof nodes)[number]);
    const scores = new Float64Array(model.outputs);
    for (let i = 0; i < rows.rows; i++) {
      const row = rows.columns.map((column) => column[i] as number);
      model.predictScores(Float64Array.from(row), scores);
      expect(furthest(Float64Array.from(sums(row)), scores)).toBeLessThan(1e-5);
    }
    // Splits by category tell codes that they do not name from missing ones, which LightGBM does not.
    if (name.includes('classes'))
      expect(furthest(readLightgbmText(writeLightgbmText(model, rows.features)).model.predict(rows), expected)).toBeLessThan(
        1e-6,
      );
    else
      expect(() => writeLightgbmText(model, rows.features)).toThrow(
        expect.objectContaining({ code: 'MW_EXCHANGE_UNSUPPORTED' }),
      );
  });

  it('keeps the steepness and the average of LightGBM', () => {
    const { model } = readLightgbmText(
      lightgbmText({ objective: 'binary sigmoid:0.5' }, [stump(10), stump(8), stump(0)], ['average_output']),
    );
    const rows = rowsFor(model);
    const { model: again } = readLightgbmText(writeLightgbmText(model, rows.features));
    expect(furthest(again.predict(rows), model.predict(rows))).toBeLessThan(1e-15);
  });

  it('is refused where its rules are not ours', () => {
    for (const [head, tree] of [
      [{}, stump(4)],
      [{ objective: 'regression sqrt' }, stump(8)],
    ] as const) {
      const { model } = readLightgbmText(lightgbmText(head, [tree]));
      expect(() => writeOnnx(model, rowsFor(model).features)).toThrow(
        expect.objectContaining({ code: 'MW_EXCHANGE_UNSUPPORTED' }),
      );
    }
  });
});
