import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openEventLog } from '../event-log/file-event-log.js';
import { readFacts } from '../event-log/topic-facts.js';
import { Aside } from './damage.js';
import { examineEvents, repairEvents } from './events.js';

let store: string;
let events: string;
beforeEach(async () => {
  store = await mkdtemp(join(tmpdir(), 'millwright-mend-'));
  events = join(store, 'events');
});
afterEach(() => rm(store, { recursive: true, force: true }));

const write = async (count: number, segmentBytes = 1 << 20) => {
  const log = openEventLog(events, { segmentBytes });
  for (let i = 0; i < count; i++) await log.append('t', [Buffer.from(`record number ${i}`)]);
  await log.close();
};
const read = async () => {
  const found: [number, string][] = [];
  for await (const { offset, record } of openEventLog(events).read('t')) found.push([offset, Buffer.from(record).toString()]);
  return found;
};
const segments = async () => (await readdir(join(events, 't'))).filter((name) => name.endsWith('.log')).sort();
const spoil = async (name: string, text: string) => {
  const path = join(events, 't', name);
  const bytes = await readFile(path);
  bytes[bytes.indexOf(text)] ^= 1;
  await writeFile(path, bytes);
};
const whats = async () => (await examineEvents(events)).damages.map(({ what }) => what);

test('records behind a damaged one keep their places, and it leaves a gap', async () => {
  await write(6);
  await spoil((await segments())[0] as string, 'record number 2');
  await spoil((await segments())[0] as string, 'record number 4');
  expect(await whats()).toEqual([
    expect.stringMatching(/damaged in 2 places, from record 2 on; 4 records of that file are whole/),
  ]);
  await repairEvents(events, new Aside(store, 'r'));
  expect(await whats()).toEqual([]);
  expect((await read()).map(([offset]) => offset)).toEqual([0, 1, 3, 5]);
  expect((await readFacts(join(events, 't'))).gaps).toEqual([
    { from: 2, to: 3 },
    { from: 4, to: 5 },
  ]);
  expect(await readdir(join(store, 'damaged', 'r', 'events', 't'))).toHaveLength(1);
  const log = openEventLog(events);
  expect(await log.append('t', [Buffer.from('next')])).toBe(6);
  await log.close();
});

test('a segment that is gone, or ends too early, leaves a gap; what was let go of does not', async () => {
  await write(12, 60);
  const [first = '', second = ''] = await segments();
  await rm(join(events, 't', second));
  const next = Number((await segments())[1]?.slice(0, 16));
  expect(await whats()).toEqual([expect.stringMatching(/records of the topic 't' are gone from the end of/)]);
  await repairEvents(events, new Aside(store, 'r'));
  const offsets = (await read()).map(([offset]) => offset);
  expect(offsets.slice(0, 2)).toEqual([0, 1].slice(0, Number(second.slice(0, 16))));
  expect(offsets.at(-1)).toBe(11);
  await rm(join(events, 't', first));
  expect(await whats()).toEqual([expect.stringContaining(`The first ${next} records of the topic 't' are gone`)]);
  await repairEvents(events, new Aside(store, 'r2'));
  expect((await read())[0]).toEqual([next, `record number ${next}`]);
});

test('a repair that was interrupted is done again to the same end', async () => {
  await write(8);
  const name = (await segments())[0] as string;
  await spoil(name, 'record number 3');
  const original = await readFile(join(events, 't', name));
  await repairEvents(events, new Aside(store, 'r'));
  const once = await read();
  // As if the kill came before the damaged file itself was cut: the rest stands in a file of its own already.
  await writeFile(join(events, 't', name), original);
  expect((await whats()).length).toBe(1);
  await repairEvents(events, new Aside(store, 'r2'));
  expect(await read()).toEqual(once);
  expect(await whats()).toEqual([]);
});

test('a topic is not mended while another writes to it', async () => {
  await write(4);
  await spoil((await segments())[0] as string, 'record number 1');
  const lock = join(events, 't', 'writer');
  const last = (await readdir(lock)).sort().at(-1) as string;
  await writeFile(
    join(lock, last),
    JSON.stringify({ pid: process.ppid, started: '', host: (await import('node:os')).hostname() }),
  );
  await expect(repairEvents(events, new Aside(store, 'r'))).rejects.toMatchObject({ code: 'MW_EVENT_TOPIC_LOCKED' });
});
