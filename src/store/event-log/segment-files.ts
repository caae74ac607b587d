import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errno } from '../disk-error.js';
import { marksOf } from './sparse-index.js';

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

/** A segment that is older than some moment as a whole. */
export interface OldSegment {
  readonly segment: Segment;
  /** Offset of the first record after it. */
  readonly next: number;
  readonly bytes: number;
}

/** The first segments of a topic, as far as their last record was appended before a moment (epoch ms); never the last segment. */
export async function oldSegments(folder: string, before: number): Promise<readonly OldSegment[]> {
  const segments = await listSegments(folder);
  const old: OldSegment[] = [];
  for (const [i, segment] of segments.slice(0, -1).entries()) {
    const { mtimeMs, size } = await stat(segment.path);
    if (mtimeMs >= before) break;
    old.push({ segment, next: (segments[i + 1] as Segment).base, bytes: size });
  }
  return old;
}

/** Removes a segment and its marks. */
export async function removeSegment(segment: Segment): Promise<void> {
  await rm(marksOf(segment.path), { force: true });
  await rm(segment.path, { force: true });
}
