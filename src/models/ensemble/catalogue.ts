import { average } from './average.js';
import type { EnsembleKind } from './ensemble.js';
import { stack } from './stack.js';
import { vote } from './vote.js';

/** Every way to make one model out of several, by name. */
export const ENSEMBLES: Readonly<Record<string, EnsembleKind>> = Object.freeze({ average, vote, stack });
