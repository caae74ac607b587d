import { booleanEncoding } from './boolean.js';
import { codesEncoding } from './codes.js';
import type { EncodingKind } from './encoding.js';
import { numberEncoding } from './number.js';
import { oneHotEncoding } from './one-hot.js';
import { targetMeanEncoding } from './target-mean.js';
import { textScoreEncoding } from './text-score.js';

/** Every encoding of a feature. */
export const ENCODINGS: readonly EncodingKind[] = Object.freeze([
  numberEncoding,
  booleanEncoding,
  codesEncoding,
  oneHotEncoding,
  targetMeanEncoding,
  textScoreEncoding,
]);
