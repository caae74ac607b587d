import { link, mkdir, open, rename, unlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { threadId } from 'node:worker_threads';
import { errno } from './disk-error.js';
import { isAlive } from './process-identity.js';

let made = 0;

/** A file name that no other living process or thread uses. */
export const temporaryName = (): string => `${process.pid}-${threadId}-${++made}.tmp`;

/** True for a temporary file whose process was killed before it was done. */
export function isLeftOver(name: string): boolean {
  const pid = /(?:^|\.)(\d+)-\d+-\d+\.tmp$/.exec(name)?.[1];
  return pid !== undefined && !isAlive({ pid: Number(pid), started: '', host: hostname() });
}

/** Makes a folder and those above it. (Node's own recursive mkdir never returns where the system answers that a parent that is there is not.) */
export async function makeFolder(path: string): Promise<void> {
  const make = () =>
    mkdir(path).catch((thrown: unknown) => {
      if (errno(thrown) !== 'EEXIST') throw thrown;
    });
  try {
    await make();
  } catch (thrown) {
    const parent = dirname(path);
    if (errno(thrown) !== 'ENOENT' || parent === path) throw thrown;
    await makeFolder(parent);
    await make();
  }
}

/** Makes the entries of a folder survive a power cut; systems that cannot sync a folder (Windows) keep them by themselves. */
export async function syncFolder(path: string): Promise<void> {
  let handle: Awaited<ReturnType<typeof open>>;
  try {
    handle = await open(path, 'r');
  } catch (thrown) {
    if (process.platform === 'win32') return;
    throw thrown;
  }
  try {
    await handle.sync();
  } catch (thrown) {
    if (process.platform !== 'win32' && errno(thrown) !== 'EINVAL') throw thrown;
  } finally {
    await handle.close();
  }
}

/** Writes a file that is there whole or not at all: a temporary file beside it, synced, then renamed. */
export async function writeWhole(
  path: string,
  bytes: Uint8Array | string,
  temporary = `${path}.${temporaryName()}`,
): Promise<void> {
  try {
    await writeSynced(temporary, bytes);
    await rename(temporary, path);
  } catch (thrown) {
    await unlink(temporary).catch(() => {});
    throw thrown;
  }
  await syncFolder(dirname(path));
}

/** Like `writeWhole`, without a sync: for what is of use, not of need, and may be as it was before after a power cut. */
export async function writeUnsynced(path: string, text: string): Promise<void> {
  const temporary = `${path}.${temporaryName()}`;
  try {
    await writeFile(temporary, text);
    await rename(temporary, path);
  } catch (thrown) {
    await unlink(temporary).catch(() => {});
    throw thrown;
  }
}

/** Like `writeWhole`, but never over an existing file: false when there is one. */
export async function writeNew(path: string, bytes: Uint8Array | string): Promise<boolean> {
  const temporary = `${path}.${temporaryName()}`;
  try {
    await writeFile(temporary, bytes);
    await link(temporary, path);
    return true;
  } catch (thrown) {
    if (errno(thrown) === 'EEXIST') return false;
    throw thrown;
  } finally {
    await unlink(temporary).catch(() => {});
  }
}

async function writeSynced(path: string, bytes: Uint8Array | string): Promise<void> {
  const handle = await open(path, 'w');
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
