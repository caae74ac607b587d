import { booleanIn, corrupt, textsIn } from '../plain-data.js';
import { textsOf } from '../read-column.js';
import type { Encoding, EncodingKind } from './encoding.js';
import { levelsByFrequency, positions } from './levels.js';

/**
 * A category as a code, the commonest level 0. Levels beyond `maxCodes` share the last code, which a level never seen in training
 * also gets; where there is none, such a level is missing. An estimator that takes every code gets them all, and one more for levels never
 * seen. Missing is NaN.
 */
export const codesEncoding: EncodingKind = {
  name: 'codes',
  doc: 'Categories as integer codes by frequency, for estimators that split on categories themselves.',
  fit({ feature, column, needs, options }) {
    const levels = levelsByFrequency(textsOf(column)).map(({ level }) => level);
    if (needs.categories === 'everyCode') return { encoding: make(feature.name, levels, levels.length > 0), training: null };
    const kept = levels.slice(0, options.maxCodes);
    return { encoding: make(feature.name, kept, kept.length < levels.length), training: null };
  },
  load(feature, data) {
    const levels = textsIn(data, 'levels');
    if (new Set(levels).size !== levels.length) corrupt(`'levels' of '${feature.name}' repeats a level.`);
    return make(feature.name, levels, booleanIn(data, 'other'));
  },
};

function make(name: string, levels: readonly string[], other: boolean): Encoding {
  const codes = positions(levels);
  const unseen = other ? levels.length : Number.NaN;
  return {
    kind: 'codes',
    // A feature without any level in training is a numeric column that is always missing.
    outputs: [{ name, categories: levels.length + (other ? 1 : 0) }],
    reads: 'text',
    put(value, out, offset) {
      out[offset] = value === null ? Number.NaN : (codes.get(value) ?? unseen);
    },
    toData: () => ({ levels, other }),
  };
}
