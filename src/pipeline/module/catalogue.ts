import { codesScript, oneHotScript, targetMeanScript } from './categories.js';
import type { EncodingScript } from './encoding-script.js';
import { booleanScript, numberScript } from './numbers.js';
import { textScoreScript } from './text.js';

/** Every encoding as script; a test holds the list against that of the encodings. */
export const ENCODING_SCRIPTS: readonly EncodingScript[] = [
  numberScript,
  booleanScript,
  codesScript,
  oneHotScript,
  targetMeanScript,
  textScoreScript,
];
