import type { SystemPlan } from '../define/plan.js';
import { compileRows } from '../frame/compile-expression.js';
import { columnOf, type Frame } from '../frame/frame.js';

/** When each row of a source became known. */
export function availability(plan: Pick<SystemPlan, 'sources'>, name: string, source: Frame): Float64Array | null {
  const { time, availableAt } = plan.sources[name] as SystemPlan['sources'][string];
  const column = availableAt ? compileRows(availableAt)(source) : time === null ? null : columnOf(source, time);
  return column?.kind === 'timestamp' ? column.values : null;
}
