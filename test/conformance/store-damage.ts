import { existsSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { SimulatedClock } from '../../src/base/clock.js';
import { hashBytes } from '../../src/base/hash.js';
import type { Random } from '../../src/base/random.js';
import { examineStore, repairStore } from '../../src/store/damage/examine-store.js';
import { openEventLog } from '../../src/store/event-log/file-event-log.js';
import { openOnlineStore } from '../../src/store/online/durable.js';
import { openStore } from '../../src/store/open-store.js';
import { rowsOf, sumOf, twoSources } from '../../src/store/testing/two-sources.js';

const clock = new SimulatedClock(1000);
const PUSHES = 20;
const STATES = 300;

interface Built {
  readonly records: readonly Buffer[];
  readonly artifacts: readonly Buffer[];
}

/** A store with something of everything in it. Of the pushes, the i-th adds 2^i to the sum of source `a`. */
async function build(dir: string, source: Random): Promise<Built> {
  const store = await openStore(dir, { clock });
  const artifacts = Array.from({ length: 4 }, (_, i) => Buffer.alloc(1000 + i, source.uint32() % 256));
  for (const bytes of artifacts) await store.artifacts.put(bytes);
  await store.metadata.transaction(async (inside) => {
    for (let i = 0; i < STATES; i++)
      await inside
        .insertInto('states')
        .values({ kind: 'k', name: `r${i}`, data: `"${'x'.repeat(100 + (i % 90))}${i}"`, at: i })
        .execute();
  });
  await store.close();
  const records = Array.from({ length: 60 }, (_, i) => Buffer.alloc(source.below(120), (i * 7) % 251));
  const log = openEventLog(join(dir, 'events'), { segmentBytes: source.below(3) === 0 ? 700 : 1 << 20 });
  for (let at = 0; at < records.length; ) {
    const count = 1 + source.below(9);
    await log.append('t', records.slice(at, at + count));
    at += count;
  }
  await log.close();
  const online = await openOnlineStore(twoSources(), { clock, directory: join(dir, 'online', 'm') });
  const snapshotAfter = source.below(PUSHES * 2);
  for (let i = 0; i < PUSHES; i++) {
    await online.push('a', rowsOf(2 ** i), `push ${i}`);
    if (i === snapshotAfter) await online.snapshot();
  }
  await online.close();
  return { records, artifacts };
}

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

/** Files that hold what must not be lost. */
const held = (dir: string): string[] =>
  filesBelow(dir)
    .map((file) => file.slice(dir.length + 1))
    .filter((name) => /^(artifacts\/|events\/t\/\d+\.log$|online\/m\/\w+\/(log|snapshot)-\d+$|metadata\.db$)/.test(name))
    .sort();

/** Changes bytes of a file; returns the stretch that may have changed. */
function spoil(path: string, source: Random): readonly [number, number] {
  const bytes = readFileSync(path);
  const way = source.below(4);
  if (way === 0) {
    const end = source.below(bytes.length);
    truncateSync(path, end);
    return [end, bytes.length];
  }
  const from = source.below(bytes.length);
  const to = Math.min(bytes.length, from + 1 + source.below(way === 1 ? 1 : 200));
  for (let at = from; at < to; at++) bytes[at] = way === 3 ? 0 : (bytes[at] as number) ^ (1 + source.below(255));
  writeFileSync(path, bytes);
  return [from, to];
}

/**
 * Builds a store in an empty folder, spoils one file of it, and holds the examination and the repair to what they promise: no damage
 * passes unseen, a mended store opens and is whole, and everything that the damage did not touch is still in it.
 * @returns what was spoilt, for the report of a failure
 */
export async function damageCase(dir: string, source: Random): Promise<string> {
  const built = await build(dir, source);
  // Everything into the file itself, so that what is spoilt is what is read.
  const files = held(dir);
  const before = new Map(files.map((name) => [name, readFileSync(join(dir, name))]));
  expect((await examineStore(dir)).damages).toEqual([]);
  const name = files[source.below(files.length)] as string;
  if (before.get(name)?.length === 0) return `${name} is empty`;
  const [from, to] = spoil(join(dir, name), source);
  const what = `${name} bytes ${from} to ${to} of ${before.get(name)?.length}`;
  try {
    const changed =
      !existsSync(join(dir, name)) || Buffer.compare(readFileSync(join(dir, name)), before.get(name) as Buffer) !== 0;
    const found = await examineStore(dir);
    const seen = found.damages.length + found.damagedArtifacts.length > 0;
    // SQLite has no checksums: a changed letter in a cell is the one thing that nobody can see.
    if (changed && !name.startsWith('metadata')) expect(seen, `${what}: seen`).toBe(true);
    const { aside } = await repairStore(dir, 'r1');
    if (seen && aside !== null) expect(filesBelow(aside).length).toBeGreaterThan(0);
    const again = await examineStore(dir);
    expect([again.damages, again.damagedArtifacts], `${what}: mended`).toEqual([[], []]);
    await checkContents(dir, built, name, [from, to], before);
  } catch (cause) {
    throw new Error(`${what}: ${String((cause as Error).message)}`, { cause });
  }
  return what;
}

async function checkContents(
  dir: string,
  { records, artifacts }: Built,
  spoilt: string,
  [from, to]: readonly [number, number],
  before: ReadonlyMap<string, Buffer>,
): Promise<void> {
  const store = await openStore(dir, { clock });
  for (const bytes of artifacts) {
    const hash = hashBytes(bytes);
    if (spoilt.startsWith('artifacts') && !(await store.artifacts.has(hash)))
      expect(await store.artifacts.put(bytes)).toBe(hash);
    expect(Buffer.compare(await store.artifacts.get(hash), bytes)).toBe(0);
  }
  const states = await store.metadata.db.selectFrom('states').select(['name', 'data']).where('kind', '=', 'k').execute();
  if (!spoilt.startsWith('metadata')) expect(states).toHaveLength(STATES);
  await store.close();

  // Records that the damage did not touch are there, in order, at their places unless what was lost cannot be counted.
  const touched = new Set<number>();
  let offset = 0;
  for (const [name, bytes] of before) {
    if (!name.startsWith('events')) continue;
    for (let at = 0; at + 8 <= bytes.length; offset++) {
      const end = at + 8 + bytes.readUInt32LE(at);
      if (name === spoilt && at < to && end > from) touched.add(offset);
      at = end;
    }
  }
  const log = openEventLog(join(dir, 'events'));
  const found: Buffer[] = [];
  for await (const { record } of log.read('t')) found.push(Buffer.from(record));
  const expected = records.filter((_, i) => !touched.has(i));
  // What the damage left as it was by chance may be there too.
  let next = 0;
  for (const record of found) if (next < expected.length && record.equals(expected[next] as Buffer)) next += 1;
  expect([next, found.length <= records.length], 'whole records').toEqual([expected.length, true]);
  const end = await log.length('t');
  expect(await log.append('t', [Buffer.from('after')])).toBe(end);
  await log.close();

  const online = await openOnlineStore(twoSources(), { clock, directory: join(dir, 'online', 'm') });
  const sum = sumOf(online, 'a');
  if (!spoilt.startsWith('online')) expect(sum).toBe(2 ** PUSHES - 1);
  else if (spoilt.includes('snapshot')) expect(sum, 'after a damaged snapshot').toBe(2 ** PUSHES - 1);
  else {
    const own = pushesIn(before.get(spoilt) as Buffer, from, to);
    // A log before a snapshot is a reserve: what is in the snapshot counts, whatever becomes of it.
    const reserve = [...before.keys()].some((name) => name.includes('snapshot')) && spoilt.endsWith('log-0');
    if (reserve) expect(sum).toBe(2 ** PUSHES - 1);
    else expect(sum & own.whole, 'whole pushes').toBe(own.whole);
  }
  await online.close();
}

/** The pushes of a log, as the sum of what each adds, without those that a stretch touches. */
function pushesIn(bytes: Buffer, from: number, to: number): { readonly whole: number } {
  let whole = 0;
  for (let at = 8; at + 12 <= bytes.length; ) {
    const head = bytes.readUInt32LE(at);
    const end = at + 12 + head + bytes.readUInt32LE(at + 4);
    const { batch } = JSON.parse(bytes.toString('utf8', at + 12, at + 12 + head)) as { batch: string };
    if (at >= to || end <= from) whole += 2 ** Number(batch.slice('push '.length));
    at = end;
  }
  return { whole };
}

/** Takes a built store away again. */
export const clear = (dir: string): void => {
  if (existsSync(dir) && statSync(dir).isDirectory()) rmSync(dir, { recursive: true, force: true });
};
