/**
 * Pushes rows and appends events as fast as it can until it is killed: `store-push-child.ts <folder> <round> <durability>`. Each line on
 * standard output is a promise: `push <source> <batch>` counts from then on, `event <offset> <records>` is in the log.
 */
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { systemClock } from '../../src/base/clock.js';
import { random } from '../../src/base/random.js';
import type { Durability } from '../../src/store/durability.js';
import { openOnlineStore } from '../../src/store/online/durable.js';
import { openStore } from '../../src/store/open-store.js';
import { rowsOf, twoSources } from '../../src/store/testing/two-sources.js';
import { crashRecord } from './store-crash-content.js';

const [folder = '', round = '0', durability = 'process'] = process.argv.slice(2);
const source = random(Number(round));
const store = await openStore(folder, { clock: systemClock, durability: durability as Durability });
await store.claim();
const online = await openOnlineStore(twoSources(), {
  clock: systemClock,
  directory: join(folder, 'online', 'm'),
  durability: durability as Durability,
  snapshotBytes: 20_000,
});
const acknowledge = (line: string) => writeSync(1, `${line}\n`);

async function push(name: string): Promise<never> {
  for (let i = 0; ; i++) {
    const batch = `${round}-${name}-${i}`;
    await online.push(name, rowsOf(1), batch);
    acknowledge(`push ${name} ${batch}`);
    await setImmediate();
  }
}

async function append(): Promise<never> {
  const sizes = source.fork('events');
  let next = await store.events.length('crash');
  for (;;) {
    const count = 1 + sizes.below(50);
    const records = Array.from({ length: count }, (_, i) => crashRecord(next + i));
    acknowledge(`event ${await store.events.append('crash', records)} ${count}`);
    next += count;
    await setImmediate();
  }
}

await Promise.all([push('a'), push('b'), append()]);
