/**
 * Writes to a store as fast as it can, from everywhere at once, until it is killed: `store-crash-child.ts <folder> <seed>`. Each line on
 * standard output is a promise that what it names will still be there: `artifact <hash>`, `event <offset> <records>`,
 * `version <number>`, `metric <run> <step>`, `step <key>`.
 */
import { writeSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { systemClock } from '../../src/base/clock.js';
import { hashBytes } from '../../src/base/hash.js';
import { random } from '../../src/base/random.js';
import { openRegistry } from '../../src/registry/open-registry.js';
import { openStore } from '../../src/store/open-store.js';
import { crashArtifact, crashRecord } from './store-crash-content.js';

const [folder = '', seed = '0'] = process.argv.slice(2);
const source = random(Number(seed));
const store = await openStore(folder, { clock: systemClock });
const registry = openRegistry(store, { clock: systemClock, random: source.fork('ids') });
const acknowledge = (line: string) => writeSync(1, `${line}\n`);
const run = await registry.runs.start({ system: 'crash', planHash: hashBytes('plan'), codeHash: hashBytes('code') });

async function writeArtifacts(): Promise<never> {
  const sizes = source.fork('artifacts');
  for (;;) acknowledge(`artifact ${await store.artifacts.put(crashArtifact(sizes.uint32(), sizes.below(300_000)))}`);
}

async function writeEvents(): Promise<never> {
  const sizes = source.fork('events');
  let next = await store.events.length('crash');
  for (;;) {
    const count = 1 + sizes.below(200);
    const records = Array.from({ length: count }, (_, i) => crashRecord(next + i));
    const first = await store.events.append('crash', records);
    next += count;
    acknowledge(`event ${first} ${count}`);
  }
}

async function writeVersions(): Promise<never> {
  for (let i = 0; ; i++) {
    const pipeline = await store.artifacts.put(Buffer.from(`pipeline ${seed} ${i}`));
    const { version } = await registry.models.register(
      {
        model: 'crash',
        pipeline,
        runId: run,
        planHash: hashBytes('plan'),
        plan: await store.artifacts.put(Buffer.from('plan')),
        snapshots: [],
        codeHash: hashBytes('code'),
        seed: i,
        estimator: 'constant',
        params: {},
        metrics: {},
        evaluation: null,
        report: null,
        reference: null,
      },
      { actor: 'crash', reason: 'to see' },
    );
    await registry.models.setAlias('crash', 'champion', version.version, { actor: 'crash', reason: 'newer' });
    acknowledge(`version ${version.version}`);
    await setImmediate();
  }
}

async function writeMetrics(): Promise<never> {
  for (let step = 0; ; step++) {
    await registry.runs.logMetrics(run, { loss: step }, step);
    acknowledge(`metric ${run} ${step}`);
    const key = hashBytes(`${run} ${step}`);
    await registry.steps.remember({ key, name: 'crash', outputs: step, runId: run });
    acknowledge(`step ${key}`);
    // Metadata answers at once: without a break nobody else would have a turn.
    await setImmediate();
  }
}

await Promise.all([writeArtifacts(), writeEvents(), writeVersions(), writeMetrics()]);
