import type { StrategyName } from '../../define/strategies.js';
import { asha } from './asha.js';
import { grid } from './grid.js';
import { random } from './random.js';
import type { Strategy } from './strategy.js';
import { tpe } from './tpe.js';

/** Every strategy by the name that definitions give it. */
export const STRATEGY_OF: Readonly<Record<StrategyName, Strategy>> = Object.freeze({ tpe, random, grid, asha });
