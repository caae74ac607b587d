import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.js';
import type { Random } from '../../src/base/random.js';
import { openOnlineStore } from '../../src/store/online/durable.js';
import { openStore } from '../../src/store/open-store.js';
import { rowsOf, sumOf, twoSources } from '../../src/store/testing/two-sources.js';
import { compileChild, startChild } from '../conformance/store-child-process.js';
import { crashRecord } from '../conformance/store-crash-content.js';
import { clear, damageCase } from '../conformance/store-damage.js';
import { deepRun } from './deep-run.js';

let folder: string;
let child: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millwright-deep-crash-'));
  child = await compileChild('store-push-child.ts');
}, 120_000);
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await rm(dirname(dirname(child)), { recursive: true, force: true });
});

test('nothing acknowledged is lost by any kill, and every restart goes on', async () => {
  const dir = join(folder, 'store');
  const pushed = { a: new Set<string>(), b: new Set<string>() };
  let events = 0;
  let promises = 0;
  const kills = await deepRun({ name: 'store-kills', full: 100, share: 0.5 }, async (source, index) => {
    const durability = index % 4 === 3 ? 'power' : 'process';
    const writer = startChild(process.execPath, [child, dir, String(source.uint32()), durability]);
    const wanted = index % 5 === 4 ? 0 : 3 + source.below(300);
    while (writer.process.exitCode === null && writer.lines.length < wanted) await sleep(1);
    await sleep(source.below(40));
    writer.process.kill('SIGKILL');
    const { how, stderr } = await writer.ended;
    expect({ how, stderr }).toEqual({ how: 'SIGKILL', stderr: '' });
    for (const line of writer.lines) {
      const [kind, a = '', b = ''] = line.split(' ');
      if (kind === 'push') pushed[a as 'a' | 'b'].add(b);
      if (kind === 'event') events = Math.max(events, Number(a) + Number(b));
    }
    promises += writer.lines.length;
    events = await verify(dir, pushed, events);
  });
  console.log(`store-kills: ${kills} kills, ${promises} acknowledged writes, none lost`);
}, 3_600_000);

async function verify(dir: string, pushed: Readonly<Record<'a' | 'b', ReadonlySet<string>>>, events: number): Promise<number> {
  const store = await openStore(dir, { clock: systemClock });
  await store.claim();
  const online = await openOnlineStore(twoSources(), { clock: systemClock, directory: join(dir, 'online', 'm') });
  for (const source of ['a', 'b'] as const) {
    for (const batch of pushed[source]) if (!online.hasBatch(source, batch)) expect.fail(`push ${batch} of ${source} is lost`);
    expect(sumOf(online, source)).toBeGreaterThanOrEqual(pushed[source].size);
    for (const batch of [...pushed[source]].slice(-3))
      expect(await online.push(source, rowsOf(1), batch)).toEqual({ repeated: true });
  }
  // A row is counted once: what the windows hold is what was pushed.
  expect(sumOf(online, 'a') + sumOf(online, 'b')).toBe(online.pushed);
  await online.close();
  const length = await store.events.length('crash');
  expect(length).toBeGreaterThanOrEqual(events);
  let offset = 0;
  for await (const { record } of store.events.read('crash')) {
    if (Buffer.compare(record, crashRecord(offset)) !== 0) expect.fail(`record ${offset} is not what was written`);
    offset += 1;
  }
  expect(offset).toBe(length);
  await store.close();
  return length;
}

test('damage anywhere is seen and mended, and every whole record is still there', async () => {
  await deepRun({ name: 'store-damage', full: 300, share: 0.5 }, async (source: Random, index) => {
    const dir = join(folder, `damage-${index}`);
    await damageCase(dir, source);
    clear(dir);
  });
}, 3_600_000);
