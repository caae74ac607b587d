import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SimulatedClock } from '../../base/clock.js';
import type { ContentHash } from '../../base/hash.js';
import { writeWhole } from '../../store/durable-file.js';
import { forkStore } from '../../store/fork-store.js';
import { serveRegistered } from '../serve-registered.js';
import { atClock, openWorkspace, type Workspace } from '../workspace.js';

/**
 * The folder of a system's replay, below the store: a store of its own, so that nothing that a replay predicts, learns or decides touches what
 * is live. Every command looks at it with `--store`.
 */
export const replayFolder = (store: string, system: string): string => join(store, 'replays', system);

/** Opens the place of a replay: made anew from what the store knows now, or as the last replay left it. @throws MW_STORE_* */
export async function openReplayPlace(
  system: string,
  made: 'anew' | 'as it was left',
  { store, log, signal, onProgress }: Workspace,
): Promise<Workspace> {
  const folder = replayFolder(store.dir, system);
  if (made === 'anew') await forkStore(store, folder);
  return openWorkspace(folder, { log, signal, onProgress });
}

const MARK = 'replay.json';

/** Writes into the place which replay it is of. */
export const markReplay = (place: Workspace, key: ContentHash): Promise<void> =>
  writeWhole(join(place.store.dir, MARK), JSON.stringify({ key }));

/** Which replay the place of a system is of; null when there is none, or one that did not end. */
export async function markOf(system: string, { store }: Workspace): Promise<ContentHash | null> {
  try {
    return (JSON.parse(await readFile(join(replayFolder(store.dir, system), MARK), 'utf8')) as { key: ContentHash }).key;
  } catch {
    return null;
  }
}

/** Serves a replayed system as it stood when its replay ended, at that moment, with the dashboard of what happened. @throws as `serveRegistered` */
export async function serveReplayed(
  system: string,
  at: number,
  port: number,
  outer: Workspace,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const place = await openReplayPlace(system, 'as it was left', outer);
  try {
    const served = await serveRegistered(system, port, atClock(place, new SimulatedClock(at)));
    return {
      url: served.url,
      async close() {
        await served.close();
        await place.close();
      },
    };
  } catch (thrown) {
    await place.close();
    throw thrown;
  }
}
