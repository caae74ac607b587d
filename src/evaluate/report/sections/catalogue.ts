import { candidates } from './candidates.js';
import { charts } from './charts.js';
import { classes } from './classes.js';
import { data } from './data.js';
import { importances } from './importances.js';
import { latency } from './latency.js';
import { lineage } from './lineage.js';
import { metrics } from './metrics.js';
import type { Section } from './section.js';
import { slices } from './slices.js';
import { verdict } from './verdict.js';
import { warnings } from './warnings.js';

/** Every section of a report below its head, in their order. */
export const SECTIONS: readonly Section[] = Object.freeze([
  verdict,
  metrics,
  charts,
  classes,
  slices,
  importances,
  candidates,
  latency,
  data,
  lineage,
  warnings,
]);
