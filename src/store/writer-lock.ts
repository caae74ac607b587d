import { readdir, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { errno } from './disk-error.js';
import { isLeftOver, makeFolder, writeNew, writeWhole } from './durable-file.js';
import { currentProcess, isAlive, type ProcessIdentity, readIdentity } from './process-identity.js';

/**
 * One writer at a time, among processes that may be killed at any moment. Files in a folder are generations: whoever creates the next
 * one, when the process of the last one is dead or has let go, is the writer. A lock file is never taken away from under its owner, so
 * two processes that find the same dead owner cannot both win.
 */
export interface WriterLock {
  release(): Promise<void>;
}

export type LockAttempt =
  | { readonly held: true; readonly lock: WriterLock }
  | { readonly held: false; readonly owner: ProcessIdentity };

const NAME = /^(\d{10})\.json$/;

export async function acquireWriterLock(folder: string): Promise<LockAttempt> {
  await makeFolder(folder);
  const me = currentProcess();
  for (;;) {
    const last = await lastGeneration(folder);
    if (last > 0) {
      const owner = await ownerOf(join(folder, nameOf(last)));
      if (owner === 'vanished') continue;
      if (owner !== 'released' && isAlive(owner)) return { held: false, owner };
    }
    const path = join(folder, nameOf(last + 1));
    if (!(await writeNew(path, JSON.stringify(me)))) continue;
    // A slow process may have created a generation that was passed and cleaned away meanwhile: only the highest counts.
    if ((await lastGeneration(folder)) > last + 1) {
      await unlink(path).catch(() => {});
      continue;
    }
    await removeBelow(folder, last + 1);
    return { held: true, lock: { release: () => writeWhole(path, JSON.stringify({ released: true })) } };
  }
}

const nameOf = (generation: number) => `${String(generation).padStart(10, '0')}.json`;

async function lastGeneration(folder: string): Promise<number> {
  return (await readdir(folder)).reduce((last, name) => Math.max(last, Number(NAME.exec(name)?.[1] ?? 0)), 0);
}

async function ownerOf(path: string): Promise<ProcessIdentity | 'released' | 'vanished'> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (thrown) {
    if (errno(thrown) === 'ENOENT') return 'vanished';
    throw thrown;
  }
  try {
    return readIdentity(JSON.parse(text)) ?? 'released';
  } catch {
    // Lock files are linked in whole; after a power cut one may be empty, and then its process is gone as well.
    return 'released';
  }
}

async function removeBelow(folder: string, generation: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const match = NAME.exec(name);
    const left = match ? Number(match[1]) < generation : isLeftOver(name);
    if (left) await unlink(join(folder, name)).catch(() => {});
  }
}
