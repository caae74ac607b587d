import type { SystemPlan } from '../define/plan.js';
import { columnOf, type Frame, takeRows } from '../frame/frame.js';
import type { OnlineStore } from '../store/ports.js';
import { availability } from './availability.js';

/**
 * Feeds the online store with history: of every source with views, the rows that happened in the longest window before `until` and were
 * known by then. Rows known later are left for the stream.
 * @returns the number of rows fed
 */
export async function materialize(
  plan: Pick<SystemPlan, 'sources' | 'views'>,
  frames: Readonly<Record<string, Frame>>,
  online: OnlineStore,
  until: number,
): Promise<number> {
  let fed = 0;
  for (const name of new Set(plan.views.map((view) => view.source))) {
    const source = frames[name] as Frame;
    const { time } = plan.sources[name] as SystemPlan['sources'][string];
    const known = availability(plan, name, source);
    if (time === null || known === null) continue;
    const at = columnOf(source, time);
    if (at.kind !== 'timestamp') continue;
    const longest = Math.max(
      ...plan.views
        .filter((view) => view.source === name)
        .flatMap((view) => view.aggregates.flatMap((one) => one.windows.map(({ span }) => span))),
    );
    const from = until - longest;
    const rows = Int32Array.from({ length: source.rows }, (_, row) => row).filter(
      (row) => (at.values[row] as number) >= from && (at.values[row] as number) < until && (known[row] as number) <= until,
    );
    await online.push(name, takeRows(source, rows), `history until ${until}`);
    fed += rows.length;
  }
  await online.flush();
  return fed;
}
