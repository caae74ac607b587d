import { copyFile, link, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { onDisk } from './disk-error.js';
import type { Store } from './open-store.js';
import { StoreClaim } from './store-claim.js';

/**
 * Makes a folder a store that begins with what another one knows: a copy of its metadata and the same artifacts (by a hard link each: they are
 * named by their content and never change, and either store may let go of its own), but no events and no online state. What the folder held
 * before is gone.
 * @throws MW_STORE_HELD when a process serves from the folder, MW_STORE_FULL, MW_STORE_UNWRITABLE
 */
export async function forkStore(store: Store, folder: string): Promise<void> {
  await onDisk('make a place for a replay', folder, async () => {
    await mkdir(folder, { recursive: true });
    const claim = new StoreClaim(folder, false);
    await claim.take();
    try {
      for (const name of await readdir(folder))
        if (name !== 'server') await rm(join(folder, name), { recursive: true, force: true });
      await linkFiles(join(store.dir, 'artifacts'), join(folder, 'artifacts'));
      await sql`VACUUM INTO ${join(folder, 'metadata.db')}`.execute(store.metadata.db);
      // Last, so that a folder with it is whole.
      await copyFile(join(store.dir, 'store.json'), join(folder, 'store.json'));
    } finally {
      await claim.release();
    }
  });
}

async function linkFiles(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isFile()) await link(source, target).catch(() => copyFile(source, target));
    // What is half-written belongs to whoever writes it.
    else if (entry.isDirectory() && entry.name !== 'partial') await linkFiles(source, target);
  }
}
