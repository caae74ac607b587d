import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readModelFile } from './read-model-file.js';

/** Trained by scripts/exchange/make_fixtures.py with the libraries that the names tell. */
const folder = join(import.meta.dirname, 'testing/files');
const files = readdirSync(folder).filter((name) => !name.endsWith('.expected.json'));

describe('a model that another library wrote', () => {
  it('is there in every format', () => {
    const formats = files.map((name) => readModelFile(readFileSync(join(folder, name))).format);
    expect(new Set(formats)).toEqual(new Set(['lightgbm', 'xgboost-json', 'xgboost-ubj']));
  });

  it.each(files)('%s gives the scores that it gives there, to the bit', (name) => {
    const { model, names } = readModelFile(readFileSync(join(folder, name)));
    const { rows, scores } = JSON.parse(readFileSync(join(folder, `${name}.expected.json`), 'utf8')) as {
      readonly rows: readonly (readonly (number | null)[])[];
      readonly scores: readonly (readonly number[])[];
    };
    expect(names).toEqual(['a', 'b', 'c']);
    const out = new Float64Array(model.outputs);
    rows.forEach((row, i) => {
      model.predictScores(
        Float64Array.from(row, (value) => value ?? Number.NaN),
        out,
      );
      expect([...out]).toEqual(scores[i]);
    });
  });
});
