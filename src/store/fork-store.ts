import { copyFile, mkdir, readdir, rm, symlink } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { sql } from 'kysely';
import { onDisk } from './disk-error.js';
import type { Store } from './open-store.js';
import { StoreClaim } from './store-claim.js';

/**
 * Makes a folder a store that begins with what another one knows: a copy of its metadata and the same artifacts (by a link: they are named by
 * their content and never change), but no events and no online state. What the folder held before is gone.
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
      const artifacts = join(store.dir, 'artifacts');
      await symlink(
        process.platform === 'win32' ? artifacts : relative(folder, artifacts),
        join(folder, 'artifacts'),
        'junction',
      );
      await sql`VACUUM INTO ${join(folder, 'metadata.db')}`.execute(store.metadata.db);
      // Last, so that a folder with it is whole.
      await copyFile(join(store.dir, 'store.json'), join(folder, 'store.json'));
    } finally {
      await claim.release();
    }
  });
}
