import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.js';
import { random } from '../../src/base/random.js';
import { openRegistry } from '../../src/registry/open-registry.js';
import { openStore } from '../../src/store/open-store.js';
import { compileChild, startChild } from './store-child-process.js';

test('processes that log to one store at once lose nothing and are never told that it is locked', async () => {
  const child = await compileChild('store-metrics-child.ts');
  const folder = await mkdtemp(join(tmpdir(), 'millwright-shared-'));
  const dir = join(folder, 'store');
  const steps = 600;
  // They make the store together, too.
  const writers = ['1', '2', '3'].map((seed) => startChild(process.execPath, [child, dir, seed, String(steps)]));
  const ends = await Promise.all(writers.map((writer) => writer.ended));
  expect(ends).toEqual(writers.map(() => ({ how: 0, stderr: '' })));

  const store = await openStore(dir, { clock: systemClock });
  const registry = openRegistry(store, { clock: systemClock, random: random(9) });
  const runs = writers.map((writer) => writer.lines[0] as string);
  expect(new Set(runs).size).toBe(3);
  for (const run of runs) {
    expect((await registry.runs.metricHistory(run, 'loss')).map(({ value }) => value)).toEqual(
      Array.from({ length: steps }, (_, step) => step / 3),
    );
    expect(await registry.runs.get(run)).toMatchObject({ status: 'finished', metrics: { auc: steps - 1 } });
  }
  expect((await registry.states.find('job', 'shared'))?.data).toBe((3 * steps) / 10);
  expect((await registry.audit.assertWhole()).entries).toBe((3 * steps) / 10);
  await store.close();
  await rm(folder, { recursive: true });
  await rm(dirname(dirname(child)), { recursive: true });
});
