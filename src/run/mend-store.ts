import { access } from 'node:fs/promises';
import { systemClock } from '../base/clock.js';
import { asMillwrightError } from '../base/error.js';
import { hashFile } from '../store/artifacts/file-artifacts.js';
import type { DamagedArtifact } from '../store/damage/artifacts.js';
import { repairStore } from '../store/damage/examine-store.js';
import { openWorkspace } from './workspace.js';

/** What a repair of a store did. */
export interface Mended {
  /** What was done, a sentence each; none when nothing was damaged. */
  readonly done: readonly string[];
  /** Folder with everything that was taken away; null when nothing was. */
  readonly aside: string | null;
}

/**
 * Mends a store: what is whole stays, what is damaged is put aside, and copies of data files are made anew where the files are still there.
 * @throws MW_STORE_HELD, MW_EVENT_TOPIC_LOCKED, MW_STORE_*
 */
export async function mendStore(dir: string): Promise<Mended> {
  const stamp = new Date(systemClock.now()).toISOString().replaceAll(':', '-');
  const { before, metadataRows, aside } = await repairStore(dir, stamp);
  const done = before.damages.map(({ what, mend }) => `${what} ${mend ?? ''}`.trim());
  if (metadataRows !== null)
    done.push(
      `${metadataRows} rows of the metadata could be read and were kept; see with 'millwright models' and 'millwright audit' whether any is missed.`,
    );
  if (before.damagedArtifacts.length > 0) {
    const copied = await copyAnew(dir, before.damagedArtifacts);
    done.push(
      `${before.damagedArtifacts.length} damaged artifacts were put aside; ${copied} of them were copied anew from the files of data.`,
    );
  }
  return { done, aside };
}

/** Stores copies of data files again whose bytes are still those that were read. */
async function copyAnew(dir: string, damaged: readonly DamagedArtifact[]): Promise<number> {
  const wanted = new Set(damaged.map(({ hash }) => hash));
  const workspace = await openWorkspace(dir, { clock: systemClock });
  let copied = 0;
  try {
    const rows = await workspace.store.metadata.db.selectFrom('snapshots').select('files').execute();
    for (const { files } of rows)
      for (const { path, artifact } of JSON.parse(files) as {
        path: string;
        artifact: (typeof damaged)[number]['hash'] | null;
      }[]) {
        if (artifact === null || !wanted.has(artifact) || !(await isThere(path))) continue;
        if ((await hashFile(path)).hash !== artifact) continue;
        await workspace.store.artifacts.putFile(path);
        wanted.delete(artifact);
        copied += 1;
      }
  } catch (thrown) {
    workspace.log.warn(`copies of data could not be made anew: ${asMillwrightError(thrown).message}`);
  } finally {
    await workspace.close();
  }
  return copied;
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
