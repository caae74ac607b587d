import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { errno } from '../disk-error.js';

/** A file of consecutive records of a topic; `base` is the offset of its first. */
export interface Segment {
  readonly base: number;
  readonly path: string;
}

const NAME = /^(\d{16})\.log$/;

export const segmentOf = (folder: string, base: number): Segment => ({
  base,
  path: join(folder, `${String(base).padStart(16, '0')}.log`),
});

/** The segments of a topic in order; none when the topic does not exist. */
export async function listSegments(folder: string): Promise<readonly Segment[]> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (thrown) {
    if (errno(thrown) === 'ENOENT') return [];
    throw thrown;
  }
  return names
    .map((name) => NAME.exec(name)?.[1])
    .filter((base) => base !== undefined)
    .map((base) => segmentOf(folder, Number(base)))
    .sort((a, b) => a.base - b.base);
}
