import { fail } from '../base/error.js';
import { compileRowCheck } from '../contract/row-check.js';
import type { ColumnPlan } from '../define/plan.js';
import type { Scalar } from '../frame/column.js';
import { columnFrom } from '../frame/column.js';
import { type Frame, frame, type Row } from '../frame/frame.js';
import { writeTable } from '../ingest/write-table.js';
import { Quarantine, type QuarantineState } from '../validate/quarantine.js';
import { planOf } from './resolve-system.js';
import type { Workspace } from './workspace.js';

export type { Row } from '../frame/frame.js';
export type { QuarantineState } from '../validate/quarantine.js';

/** The quarantine of a store. */
export const openQuarantine = ({ store, clock }: Workspace): Quarantine => new Quarantine(store.events, clock);

/** The entry whose id begins like that. @throws MW_QUARANTINE_ENTRY_UNKNOWN */
export async function quarantineEntry(id: string, workspace: Workspace): Promise<QuarantineState> {
  const found = await openQuarantine(workspace).list({ id });
  if (found.length === 1) return found[0] as QuarantineState;
  return fail('MW_QUARANTINE_ENTRY_UNKNOWN', {
    what:
      found.length === 0
        ? `The quarantine has no entry '${id}'.`
        : `'${id}' begins the ids of ${found.length} entries of the quarantine.`,
    where: { entry: id },
  });
}

/**
 * Fixes a row: the values given take the place of those it had, and it comes back into the data at the next run. They are held against the
 * source's contract in the newest version of each model that reads it; of a source that no version reads yet, at the next run.
 * @throws MW_QUARANTINE_*
 */
export async function fixRow(id: string, values: Row, by: string, workspace: Workspace): Promise<QuarantineState> {
  const { entry } = await quarantineEntry(id, workspace);
  for (const columns of await contractsOf(entry.source, workspace)) {
    const merged: Record<string, Scalar> = { ...entry.values, ...values };
    const check = compileRowCheck({ columns });
    const problems = check.check(merged, []).filter(({ severity }) => severity === 'error');
    const unknown = Object.keys(values).filter((name) => !Object.hasOwn(columns, name));
    if (problems.length > 0 || unknown.length > 0)
      fail('MW_QUARANTINE_VALUES_INVALID', {
        what: `The row does not fit '${entry.source}': ${[...problems.map(({ message }) => message), ...unknown.map((name) => `There is no column '${name}'.`)].join(' ')}`,
        where: { source: entry.source, entry: entry.id },
        ...(entry.values === null
          ? { fix: `The row could not be read, so give all of its columns: ${Object.keys(columns).join(', ')}.` }
          : {}),
      });
  }
  await openQuarantine(workspace).resolve(entry.id, { as: 'fixed', values }, by);
  return quarantineEntry(entry.id, workspace);
}

/** Drops a row for good: it stays on record and never comes back. @throws MW_QUARANTINE_* */
export async function dropRow(id: string, by: string, workspace: Workspace): Promise<QuarantineState> {
  const { entry } = await quarantineEntry(id, workspace);
  await openQuarantine(workspace).resolve(entry.id, { as: 'dropped' }, by);
  return quarantineEntry(entry.id, workspace);
}

/** Writes entries as a table, a column for each value: to be looked at or mended elsewhere. @throws MW_INGEST_WRITE_FORMAT, MW_INGEST_UNWRITABLE */
export async function exportQuarantine(states: readonly QuarantineState[], out: string): Promise<void> {
  await writeTable(asTable(states), out);
}

function asTable(states: readonly QuarantineState[]): Frame {
  const texts = (of: (state: QuarantineState) => string | number | null) =>
    columnFrom(
      'string',
      states.map((state) => {
        const value = of(state);
        return value === null ? null : String(value);
      }),
    );
  const names = new Set(states.flatMap(({ entry }) => Object.keys(entry.values ?? {})));
  return frame(
    {
      quarantine_id: texts(({ entry }) => entry.id),
      quarantine_source: texts(({ entry }) => entry.source),
      quarantine_line: texts(({ entry }) => entry.line),
      quarantine_reasons: texts(({ entry }) => entry.reasons.join(' ')),
      quarantine_resolved: texts(({ resolution }) => resolution?.as ?? null),
      quarantine_raw: texts(({ entry }) => entry.raw),
      ...Object.fromEntries(
        [...names].map((name) => [
          name,
          texts(({ entry }) => {
            const value = entry.values?.[name] ?? null;
            return value === null ? null : String(value);
          }),
        ]),
      ),
    },
    states.length,
  );
}

/** The columns of a source, or of a file that was held against it, in the newest version of each model that reads it. */
async function contractsOf(source: string, workspace: Workspace): Promise<Readonly<Record<string, ColumnPlan>>[]> {
  const contracts = [];
  for (const { name } of await workspace.models.list()) {
    const newest = (await workspace.models.versions(name)).at(-1);
    if (!newest) continue;
    for (const { name: own, contract } of Object.values((await planOf(newest, workspace)).sources))
      if (source === own || source.startsWith(`${own}:`)) contracts.push(contract.columns);
  }
  return contracts;
}
