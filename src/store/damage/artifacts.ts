import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContentHash } from '../../base/hash.js';
import { hashFile } from '../artifacts/file-artifacts.js';
import { errno } from '../disk-error.js';
import type { Aside } from './damage.js';

/** An artifact whose bytes are not those that its name says. */
export interface DamagedArtifact {
  readonly hash: ContentHash;
  readonly file: string;
}

/** Compares the bytes of every artifact with the hash that names them. */
export async function examineArtifacts(
  folder: string,
): Promise<{ readonly artifacts: number; readonly damaged: readonly DamagedArtifact[] }> {
  const damaged: DamagedArtifact[] = [];
  let artifacts = 0;
  for (const start of await namesIn(folder)) {
    if (!/^[0-9a-f]{2}$/.test(start)) continue;
    for (const rest of await namesIn(join(folder, start))) {
      const file = join(folder, start, rest);
      const hash: ContentHash = `sha256:${start}${rest}`;
      artifacts += 1;
      if ((await hashFile(file)).hash !== hash) damaged.push({ hash, file });
    }
  }
  return { artifacts, damaged };
}

/** Puts an artifact aside, so that the same bytes can be stored again under its name. */
export const repairArtifact = ({ file }: DamagedArtifact, aside: Aside): Promise<string> => aside.move(file);

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (thrown) {
    if (errno(thrown) === 'ENOENT') return [];
    throw thrown;
  }
}
