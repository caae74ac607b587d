import { hashData, shortHash } from '../base/hash.js';
import type { SystemPlan } from '../define/plan.js';
import { fedSources, historyRows } from '../features/history-rows.js';
import { type Frame, takeRows } from '../frame/frame.js';
import type { DurableOnlineStore } from '../store/online/durable.js';
import type { Workspace } from './workspace.js';

/** What of a source's files counts in the windows that are served. Moments are epoch milliseconds. */
export interface SourceHistory {
  readonly source: string;
  /** Rows fed now. */
  readonly fed: number;
  /** Rows of the files count when they were known by this moment; null when it is not on record. */
  readonly until: number | null;
  /** Rows that no window reaches any more. */
  readonly older: number;
  /** Rows of the files that become known only later. */
  readonly later: { readonly rows: number; readonly from: number; readonly to: number } | null;
  /** Rows without the moment at which they happened or became known. */
  readonly untimed: number;
  /** Rows that were known by the last time and came into the files since: they are not fed, for they cannot be told from those that were. */
  readonly slippedIn: number;
  /** False when the files were not looked at: they were fed before. */
  readonly read: boolean;
}

export interface FeedOptions {
  readonly now: number;
  /** Feeds only what happened and was known by this moment, as a replay needs it that brings the rest itself. */
  readonly until?: number | undefined;
  /** Sources whose files are read again for what became known since, 'all' for every one; names of others are passed over. */
  readonly catchUp?: 'all' | readonly string[] | undefined;
}

/** How far a source was fed, as it is kept; `next` is what was being fed, and may have to be done again. */
interface Fed {
  readonly from: number;
  readonly reached: number | null;
  readonly until: number | null;
  readonly rows: number;
  readonly next: { readonly since: number | null; readonly until: number } | null;
}

const NOTHING: Fed = { from: 0, reached: null, until: null, rows: 0, next: null };

/**
 * Feeds an online store with what the files of its sources hold: everything that was known when there is nothing in it yet, and what became known
 * since of the sources that are to catch up. A batch has a name of its own, so that a feeding that was cut off is done again without counting
 * twice.
 * @throws MW_INGEST_*, MW_FEATURES_TIME_MISSING, MW_ONLINE_*
 */
export async function feedHistory(
  plan: SystemPlan,
  online: DurableOnlineStore,
  read: () => Promise<Readonly<Record<string, Frame>>>,
  options: FeedOptions,
  workspace: Workspace,
): Promise<readonly SourceHistory[]> {
  const sources = fedSources(plan);
  const { catchUp = [] } = options;
  if (sources.length === 0) return [];
  const ledger = new Ledger(plan, workspace);
  const begun = await ledger.list(sources);
  // A store without anything has forgotten whatever is on record; one with something and no record was fed by an older version.
  const fresh = online.pushed === 0;
  const older = !fresh && begun.every((fed) => fed === undefined);
  const until = options.until ?? options.now;
  const jobs = sources.map((source, i) => {
    const fed = fresh ? NOTHING : (begun[i] ?? NOTHING);
    if (older) return { source, fed, due: null };
    if (fed.next) return { source, fed, due: fed.next };
    const due = fresh || begun[i] === undefined || catchUp === 'all' || catchUp.includes(source);
    return { source, fed, due: due ? { since: fed.reached, until } : null };
  });
  for (const { source, fed, due } of jobs) if (due) await ledger.set(source, { ...fed, next: due });
  const frames = jobs.some(({ due }) => due) ? await read() : {};
  const told: SourceHistory[] = [];
  for (const { source, fed, due } of jobs) {
    if (!due) {
      told.push({ source, fed: 0, until: fed.until, older: 0, later: null, untimed: 0, slippedIn: 0, read: false });
      continue;
    }
    const table = frames[source] as Frame;
    const since = due.since ?? Number.NEGATIVE_INFINITY;
    const before = options.until === undefined ? {} : { before: options.until };
    const chosen = historyRows(plan, source, table, { since, until: due.until, ...before });
    if (chosen.rows.length > 0)
      await online.push(
        source,
        takeRows(table, chosen.rows),
        `history of ${source} known after ${due.since ?? 'the beginning'} until ${due.until}`,
      );
    const known = { since: Number.NEGATIVE_INFINITY, until: since, from: fed.from };
    const slippedIn = due.since === null ? 0 : historyRows(plan, source, table, known).rows.length - fed.rows;
    const { older, later, untimed } = chosen;
    told.push({
      source,
      fed: chosen.rows.length,
      until: due.until,
      older,
      later,
      untimed,
      slippedIn: Math.max(0, slippedIn),
      read: true,
    });
    await ledger.set(source, {
      from: due.since === null ? chosen.from : fed.from,
      reached: chosen.reached ?? fed.reached,
      until: due.until,
      rows: fed.rows + chosen.rows.length,
      next: null,
    });
  }
  if (jobs.some(({ due }) => due)) await online.snapshot();
  return told;
}

/** How far each source was fed, on record in the store. Other windows over the same source are fed on their own. */
class Ledger {
  readonly #workspace: Workspace;
  readonly #prefix: string;

  constructor(plan: SystemPlan, workspace: Workspace) {
    const sources = fedSources(plan).map((name) => {
      const { time, availableAt, contract } = plan.sources[name] as SystemPlan['sources'][string];
      return { name, time, availableAt, columns: contract.columns };
    });
    this.#workspace = workspace;
    this.#prefix = `history of ${plan.name} ${shortHash(hashData({ views: plan.views, sources }))}`;
  }

  async list(sources: readonly string[]): Promise<readonly (Fed | undefined)[]> {
    const found = await Promise.all(sources.map((source) => this.#workspace.states.find('job', `${this.#prefix} ${source}`)));
    return found.map((state) => state?.data as unknown as Fed | undefined);
  }

  set(source: string, { from, reached, until, rows, next }: Fed): Promise<void> {
    return this.#workspace.states.set('job', `${this.#prefix} ${source}`, { from, reached, until, rows, next });
  }
}
