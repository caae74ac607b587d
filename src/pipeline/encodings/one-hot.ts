import { booleanIn, corrupt, textsIn } from '../plain-data.js';
import { textsOf } from '../read-column.js';
import type { Encoding, EncodingKind } from './encoding.js';
import { levelsByFrequency, positions } from './levels.js';

/**
 * A category as one 0/1 output a level. Levels rarer than `rareShare` of the training rows share an output, which levels never seen
 * also set; where there is none, such a level sets nothing. Missing has an output of its own when it was seen in training.
 */
export const oneHotEncoding: EncodingKind = {
  name: 'oneHot',
  doc: 'Categories of few levels as one 0/1 output a level, rare ones grouped.',
  fit({ feature, column, options }) {
    const texts = textsOf(column);
    const levels = levelsByFrequency(texts);
    const floor = Math.max(2, options.rareShare * texts.codes.length);
    const kept = levels.filter(({ rows }) => rows >= floor).map(({ level }) => level);
    const missing = texts.codes.includes(-1);
    return { encoding: make(feature.name, kept, kept.length < levels.length, missing), training: null };
  },
  load(feature, data) {
    const levels = textsIn(data, 'levels');
    if (new Set(levels).size !== levels.length) corrupt(`'levels' of '${feature.name}' repeats a level.`);
    return make(feature.name, levels, booleanIn(data, 'other'), booleanIn(data, 'missing'));
  },
};

function make(name: string, levels: readonly string[], other: boolean, missing: boolean): Encoding {
  const places = positions(levels);
  const names = levels.map((level) => `${name} = ${level}`);
  const unseen = other ? names.push(`${name} is rare`) - 1 : -1;
  const absent = missing ? names.push(`${name} is missing`) - 1 : -1;
  const width = names.length;
  return {
    kind: 'oneHot',
    outputs: names.map((output) => ({ name: output, categories: 0 })),
    reads: 'text',
    sparse: true,
    put(value, out, offset) {
      for (let k = 0; k < width; k++) out[offset + k] = 0;
      const place = value === null ? absent : (places.get(value) ?? unseen);
      if (place >= 0) out[offset + place] = 1;
    },
    toData: () => ({ levels, other, missing }),
  };
}
