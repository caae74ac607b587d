/** Logs metrics to a store that other processes use as well: `store-metrics-child.ts <folder> <seed> <steps>`; prints the run's id. */
import { setImmediate } from 'node:timers/promises';
import { systemClock } from '../../src/base/clock.js';
import { hashBytes } from '../../src/base/hash.js';
import { random } from '../../src/base/random.js';
import { openRegistry } from '../../src/registry/open-registry.js';
import { openStore } from '../../src/store/open-store.js';

const [folder = '', seed = '0', steps = '0'] = process.argv.slice(2);
const store = await openStore(folder, { clock: systemClock });
const registry = openRegistry(store, { clock: systemClock, random: random(Number(seed)) });
const run = await registry.runs.start({ system: 'shared', planHash: hashBytes('plan'), codeHash: hashBytes('code') });
for (let step = 0; step < Number(steps); step++) {
  await registry.runs.logMetrics(run, { loss: step / 3, auc: step }, step);
  if (step % 10 === 0) {
    await registry.states.update('job', 'shared', (count) => (typeof count === 'number' ? count : 0) + 1);
    await registry.audit.record({ actor: `process ${seed}`, action: 'test.step', subject: run, reason: 'to see' });
  }
  await setImmediate();
}
await registry.runs.finish(run, 'finished');
await store.close();
process.stdout.write(`${run}\n`);
