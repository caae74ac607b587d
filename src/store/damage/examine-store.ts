import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { errno, onDisk } from '../disk-error.js';
import { StoreClaim } from '../store-claim.js';
import { type DamagedArtifact, examineArtifacts, repairArtifact } from './artifacts.js';
import { Aside, type Damage } from './damage.js';
import { examineEvents, repairEvents } from './events.js';
import { examineMetadata, repairMetadata } from './metadata.js';
import { examineOnline, repairOnline } from './online.js';

/** What was looked at, and what of it is damaged. */
export interface StoreExamination {
  /** Records of the event log, pushes and artifacts that were read through. */
  readonly records: number;
  readonly pushes: number;
  readonly artifacts: number;
  readonly damages: readonly Damage[];
  readonly damagedArtifacts: readonly DamagedArtifact[];
}

/** Whether anything was ever stored beside the metadata: an artifact, or an event. */
export async function holdsThings(store: string): Promise<boolean> {
  return (
    (await inside(join(store, 'events'))).length > 0 ||
    (await inside(join(store, 'artifacts'))).some((name) => name !== 'partial')
  );
}

/** Reads everything that a store holds through, and changes nothing. @throws MW_STORE_*, MW_ONLINE_NEWER */
export async function examineStore(dir: string): Promise<StoreExamination> {
  const at = (name: string) => join(resolve(dir), name);
  return onDisk('look through the store', resolve(dir), async () => {
    const metadata = await examineMetadata(at('metadata.db'), await holdsThings(resolve(dir)));
    const events = await examineEvents(at('events'));
    const online = await examineOnline(at('online'));
    const artifacts = await examineArtifacts(at('artifacts'));
    return {
      records: events.records,
      pushes: online.pushes,
      artifacts: artifacts.artifacts,
      damages: [...metadata, ...events.damages, ...online.damages],
      damagedArtifacts: artifacts.damaged,
    };
  });
}

/** What a repair did. */
export interface StoreRepair {
  /** What was damaged, before. */
  readonly before: StoreExamination;
  /** Rows of the metadata that could be read and were kept; null when the metadata was not mended. */
  readonly metadataRows: number | null;
  /** Where everything is that was taken away; null when nothing was. */
  readonly aside: string | null;
}

/**
 * Mends what is damaged. Whatever is whole stays; what is not is put into the folder `damaged` of the store, so that nothing is ever
 * deleted.
 * @param stamp names this repair's folder there
 * @throws MW_STORE_HELD while something serves from the store, MW_EVENT_TOPIC_LOCKED
 */
export async function repairStore(dir: string, stamp: string): Promise<StoreRepair> {
  const store = resolve(dir);
  const before = await examineStore(store);
  const aside = new Aside(store, stamp);
  if (before.damages.length === 0 && before.damagedArtifacts.length === 0) return { before, metadataRows: null, aside: null };
  const claim = new StoreClaim(store, false);
  await claim.take();
  try {
    return await onDisk('mend the store', store, async () => {
      let metadataRows: number | null = null;
      if (before.damages.some(({ part }) => part === 'metadata'))
        metadataRows = (await repairMetadata(join(store, 'metadata.db'), aside)).rows;
      await repairEvents(join(store, 'events'), aside);
      await repairOnline(join(store, 'online'), aside);
      for (const artifact of before.damagedArtifacts) await repairArtifact(artifact, aside);
      return { before, metadataRows, aside: (await inside(aside.folder)).length > 0 ? aside.folder : null };
    });
  } finally {
    await claim.release();
  }
}

async function inside(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (thrown) {
    if (errno(thrown) === 'ENOENT') return [];
    throw thrown;
  }
}
