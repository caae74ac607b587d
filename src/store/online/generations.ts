import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fail } from '../../base/error.js';

/**
 * The files of an online store: snapshots of its state, and between them logs of what was pushed. `log-<n>` follows `snapshot-<n>`; the
 * first log follows nothing. The state is the newest snapshot and every log from its number on, so that a store whose newest snapshot was
 * taken away is the one before it and two logs.
 */
export interface Generations {
  /** Of the snapshot to begin with; 0 for none. */
  readonly snapshot: number;
  /** Of the logs to replay, in order; pushes go to the last. */
  readonly logs: readonly number[];
  /** Snapshots and logs before those, kept in case the snapshot is damaged, and files left half-written. */
  readonly older: readonly string[];
}

export const fileOf = (folder: string, kind: 'snapshot' | 'log', generation: number): string =>
  join(folder, `${kind}-${generation}`);

/** @throws MW_ONLINE_CORRUPT when a log or a snapshot between others is gone */
export async function listGenerations(folder: string): Promise<Generations> {
  const names = await readdir(folder);
  const numbers = (kind: 'snapshot' | 'log') =>
    names
      .flatMap((name) => {
        const match = /^(snapshot|log)-(\d+)$/.exec(name);
        return match?.[1] === kind ? [Number(match[2])] : [];
      })
      .sort((a, b) => a - b);
  const snapshot = numbers('snapshot').at(-1) ?? 0;
  const logs = numbers('log').filter((generation) => generation >= snapshot);
  const expected = logs.map((_, i) => snapshot + i);
  const gone =
    expected.find((generation, i) => logs[i] !== generation) ?? (snapshot > 0 && logs.length === 0 ? snapshot : null);
  if (gone !== null)
    fail('MW_ONLINE_CORRUPT', {
      what: `Of the online store, ${gone === 0 ? 'the first log' : `log ${gone}, or a snapshot after it,`} is gone.`,
      where: { file: fileOf(folder, 'log', gone) },
    });
  const current = new Set([`snapshot-${snapshot}`, ...logs.map((generation) => `log-${generation}`)]);
  return {
    snapshot,
    logs: logs.length > 0 ? logs : [0],
    older: names.filter((name) => name.endsWith('.part') || (/^(?:snapshot|log)-\d+$/.test(name) && !current.has(name))),
  };
}
