import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MillwrightError } from '../../base/error.js';
import { loadModel } from '../catalogue.js';
import { addLeaves } from './imported-trees.js';
import { readModelFile } from './read-model-file.js';
import { lightgbmText, stump, xgboostJson, xgboostStump } from './testing/model-files.js';
import { ubjson } from './testing/ubjson.js';

type Json = { [name: string]: unknown };

const folder = join(import.meta.dirname, 'testing/files');
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const codeOf = (bytes: Uint8Array): string => {
  try {
    readModelFile(bytes);
  } catch (thrown) {
    if (thrown instanceof MillwrightError) return thrown.code;
    throw thrown;
  }
  return 'none';
};

/** A dart model of XGBoost 3.2 in the layout of 3.4: a gbtree that holds the weights of its trees. */
function asLaterVersion(text: string): Json {
  const file = JSON.parse(text) as { version: number[]; learner: { gradient_booster: Json } };
  const { gbtree, weight_drop } = file.learner.gradient_booster as { gbtree: { model: Json }; weight_drop: number[] };
  file.learner.gradient_booster = { name: 'gbtree', model: { ...gbtree.model, weight_drop } };
  file.version = [3, 4, 1];
  return file as unknown as Json;
}

describe('the weights of dropped trees', () => {
  const text = readFileSync(join(folder, 'xgboost-3.2.0-classes.json'), 'utf8');
  const { rows, scores } = JSON.parse(readFileSync(join(folder, 'xgboost-3.2.0-classes.json.expected.json'), 'utf8')) as {
    readonly rows: readonly (readonly (number | null)[])[];
    readonly scores: readonly (readonly number[])[];
  };
  const later = asLaterVersion(text);

  it.each([
    ['JSON', () => encode(JSON.stringify(later))],
    ['UBJSON', () => ubjson(later as never)],
  ])('count where XGBoost 3.4 keeps them: %s', (_, bytes) => {
    const { model } = readModelFile(bytes());
    const out = new Float64Array(model.outputs);
    rows.forEach((row, i) => {
      model.predictScores(
        Float64Array.from(row, (value) => value ?? Number.NaN),
        out,
      );
      expect([...out]).toEqual(scores[i]);
    });
  });

  it('are refused when they are too few, or there twice', () => {
    const booster = (later['learner'] as Json)['gradient_booster'] as { model: { weight_drop: number[] } };
    const withBooster = (gradient_booster: unknown) =>
      encode(JSON.stringify({ ...later, learner: { ...(later['learner'] as Json), gradient_booster } }));
    const { weight_drop } = booster.model;
    expect(codeOf(withBooster(booster))).toBe('none');
    expect(codeOf(withBooster({ ...booster, model: { ...booster.model, weight_drop: weight_drop.slice(1) } }))).toBe(
      'MW_EXCHANGE_CORRUPT',
    );
    expect(codeOf(withBooster({ ...booster, weight_drop }))).toBe('MW_EXCHANGE_CORRUPT');
    expect(
      codeOf(withBooster({ name: 'dart', gbtree: { name: 'gbtree', model: { ...booster.model, weight_drop: undefined } } })),
    ).toBe('MW_EXCHANGE_CORRUPT');
  });
});

describe('fields that no version had', () => {
  const good = xgboostJson({}, [xgboostStump(0, true)]);

  it.each(['"learner":{', '"gradient_booster":{', '"model":{', '"learner_model_param":{', '"left_children"'])(
    'are refused in %s',
    (place) => {
      const text = place.endsWith('{')
        ? good.replace(place, `${place}"tree_scale":[0.5],`)
        : good.replace(place, `"tree_scale":[0.5],${place}`);
      expect(codeOf(encode(good))).toBe('none');
      expect(codeOf(encode(text))).toBe('MW_EXCHANGE_UNSUPPORTED');
      expect(codeOf(ubjson(JSON.parse(text)))).toBe('MW_EXCHANGE_UNSUPPORTED');
    },
  );

  it('are refused in the head and the trees of a LightGBM text', () => {
    expect(codeOf(encode(lightgbmText({ tree_scale: '0.5' }, [stump(2)])))).toBe('MW_EXCHANGE_UNSUPPORTED');
    expect(codeOf(encode(lightgbmText({}, [`${stump(2)}\nleaf_scale=0.5`])))).toBe('MW_EXCHANGE_UNSUPPORTED');
    expect(codeOf(encode(lightgbmText({}, [stump(2)], ['boosted_twice'])))).toBe('MW_EXCHANGE_UNSUPPORTED');
  });
});

describe('infinite thresholds', () => {
  const inputs = [1, 1e308, Infinity, Number.MAX_VALUE, 0, -1, -Number.MAX_VALUE, -Infinity, Number.NaN];
  /** 1 where a value goes left, 2 where it goes right. */
  const sides = (bytes: Uint8Array): number[] => {
    const { model } = readModelFile(bytes);
    const again = loadModel(model.serialize());
    return inputs.map((a) => {
      const row = Float64Array.of(a, 0);
      const out = new Float64Array(1);
      const plain = Float64Array.of(0);
      model.predictRow(row, out);
      addLeaves(model.parts, row, plain, 0);
      expect(plain).toEqual(out);
      again.predictRow(row, plain);
      expect(plain).toEqual(out);
      return out[0];
    });
  };
  const split = (decision: number, threshold: number | string) =>
    encode(lightgbmText({}, [stump(decision, 1, 2).replace('threshold=0.5', `threshold=${threshold}`)]));

  it.each([
    // Infinity is not beyond infinity; LightGBM 4.7 says so, too.
    [8, 'inf', [1, 1, 1, 1, 1, 1, 1, 1, 2]],
    [8 + 2, 'inf', [1, 1, 1, 1, 1, 1, 1, 1, 1]],
    [0, 'inf', [1, 1, 1, 1, 1, 1, 1, 1, 1]],
    [4, 'inf', [1, 1, 1, 1, 2, 1, 1, 1, 2]],
    [8, '1.7976931348623157e308', [1, 1, 2, 1, 1, 1, 1, 1, 2]],
    [8, '-inf', [2, 2, 2, 2, 2, 2, 2, 1, 2]],
    [8 + 2, '-inf', [2, 2, 2, 2, 2, 2, 2, 1, 1]],
    [0, '-inf', [2, 2, 2, 2, 2, 2, 2, 1, 2]],
    [4 + 2, '-inf', [2, 2, 2, 2, 1, 2, 2, 1, 1]],
    [8, '-1.7976931348623157e308', [2, 2, 2, 2, 2, 2, 1, 1, 2]],
  ])('of LightGBM, decision type %d at %s', (decision, threshold, wanted) => {
    expect(sides(split(decision, threshold))).toEqual(wanted);
  });

  it.each([
    // In float32 what is beyond the largest float is infinite, and infinity is not less than itself.
    ['Infinity', [1, 2, 2, 2, 1, 1, 1, 1, 2]],
    ['-Infinity', [2, 2, 2, 2, 2, 2, 2, 2, 2]],
  ])('of XGBoost, less than %s', (threshold, wanted) => {
    const tree = { ...xgboostStump(0, false), split_conditions: ['?', 1, 2] };
    expect(sides(encode(xgboostJson({}, [tree]).replace('"?"', threshold)))).toEqual(wanted);
  });
});
