import { mkdtemp, rm, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SimulatedClock } from '../base/clock.js';
import { forkStore } from './fork-store.js';
import { openStore } from './open-store.js';

const clock = new SimulatedClock(1_000);
let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'millwright-fork-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

test('a forked store knows what the first one knew, and neither sees what the other does from then on', async () => {
  const store = await openStore(join(dir, 'store'), { clock });
  const place = join(store.dir, 'replays', 'x');
  const hash = await store.artifacts.put(Buffer.from('bytes'));
  const state = (name: string) => ({ kind: 'job', name, data: '{}', at: 1 });
  await store.metadata.db.insertInto('states').values(state('before')).execute();
  await store.events.append('predictions', [Buffer.from('one')]);
  for (let time = 0; time < 2; time++) {
    await forkStore(store, place);
    const fork = await openStore(place, { clock });
    expect(Buffer.from(await fork.artifacts.get(hash)).toString()).toBe('bytes');
    expect(await fork.metadata.db.selectFrom('states').select('name').execute()).toEqual([{ name: 'before' }]);
    expect(await fork.events.length('predictions')).toBe(0);
    await fork.events.append('predictions', [Buffer.from('two')]);
    await fork.metadata.db.insertInto('states').values(state('in the fork')).execute();
    const own = await fork.artifacts.put(Buffer.from('of the fork'));
    expect(await store.artifacts.has(own)).toBe(false);
    await fork.claim();
    await expect(forkStore(store, place)).rejects.toMatchObject({ code: 'MW_STORE_HELD' });
    await fork.close();
  }
  expect(await store.metadata.db.selectFrom('states').select('name').execute()).toEqual([{ name: 'before' }]);
  expect(await store.events.length('predictions')).toBe(1);
  // Either may let go of an artifact.
  const fork = await openStore(place, { clock });
  await unlink(await store.artifacts.pathOf(hash));
  expect(Buffer.from(await fork.artifacts.get(hash)).toString()).toBe('bytes');
  await fork.close();
  await store.close();
});
