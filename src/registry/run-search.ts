import type { Kysely, Selectable } from 'kysely';
import type { ContentHash } from '../base/hash.js';
import type { MetadataTables, RunsTable } from '../store/metadata/tables.js';
import { checkWhole } from './check-input.js';
import { type PlainData, toJson } from './plain-data.js';
import type { RunStatus } from './runs.js';

/** What runs must be like to be found; everything named must hold. */
export interface RunSearch {
  readonly system?: string;
  readonly status?: RunStatus;
  readonly planHash?: ContentHash;
  /** Parameters by their exact value. */
  readonly params?: Readonly<Record<string, PlainData>>;
  /** Bounds of metrics' last values, inclusive; a metric that is not a number is within no bounds. */
  readonly metrics?: Readonly<Record<string, { readonly atLeast?: number; readonly atMost?: number }>>;
  /** Epoch milliseconds, inclusive and exclusive. */
  readonly startedFrom?: number;
  readonly startedTo?: number;
  /** By a metric's last value instead of newest first; runs without it are left out. */
  readonly orderBy?: { readonly metric: string; readonly best: 'highest' | 'lowest' };
  /** Only runs older than this one: the next page of a listing by age. */
  readonly before?: string;
  /** Largest number of runs (100). */
  readonly limit?: number;
}

export async function searchRuns(
  db: Kysely<MetadataTables>,
  search: RunSearch,
  statusOf: (row: Selectable<RunsTable>) => RunStatus,
): Promise<readonly Selectable<RunsTable>[]> {
  const limit = search.limit ?? 100;
  checkWhole('limit', limit);
  let query = db.selectFrom('runs').selectAll('runs');
  if (search.system !== undefined) query = query.where('runs.system', '=', search.system);
  if (search.planHash !== undefined) query = query.where('runs.plan_hash', '=', search.planHash);
  if (search.startedFrom !== undefined) query = query.where('runs.started_at', '>=', search.startedFrom);
  if (search.startedTo !== undefined) query = query.where('runs.started_at', '<', search.startedTo);
  if (search.before !== undefined) query = query.where('runs.id', '<', search.before);
  for (const [name, value] of Object.entries(search.params ?? {}))
    query = query.where('runs.id', 'in', (e) =>
      e
        .selectFrom('run_params')
        .select('run_id')
        .where('name', '=', name)
        .where('value', '=', toJson(`parameter '${name}'`, value)),
    );
  for (const [name, bounds] of Object.entries(search.metrics ?? {}))
    query = query.where('runs.id', 'in', (e) => {
      let within = e.selectFrom('run_latest_metrics').select('run_id').where('name', '=', name).where('value', 'is not', null);
      if (bounds.atLeast !== undefined) within = within.where('value', '>=', bounds.atLeast);
      if (bounds.atMost !== undefined) within = within.where('value', '<=', bounds.atMost);
      return within;
    });
  const order = search.orderBy;
  const ordered = order
    ? query
        .innerJoin('run_latest_metrics as ranked', 'ranked.run_id', 'runs.id')
        .where('ranked.name', '=', order.metric)
        .where('ranked.value', 'is not', null)
        .orderBy('ranked.value', order.best === 'highest' ? 'desc' : 'asc')
        .orderBy('runs.id', 'desc')
    : query.orderBy('runs.id', 'desc');
  const status = search.status;
  if (status === undefined) return ordered.limit(limit).execute();
  if (status !== 'running' && status !== 'interrupted') return ordered.where('runs.status', '=', status).limit(limit).execute();
  // Whether a run still runs is known to the system, not to the database.
  const rows = await ordered.where('runs.status', '=', 'running').execute();
  return rows.filter((row) => statusOf(row) === status).slice(0, limit);
}
