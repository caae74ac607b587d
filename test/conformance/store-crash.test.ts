import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.js';
import type { ContentHash } from '../../src/base/hash.js';
import { random } from '../../src/base/random.js';
import { openRegistry } from '../../src/registry/open-registry.js';
import { openStore } from '../../src/store/open-store.js';
import { compileChild, startChild } from './store-child-process.js';
import { crashRecord, falseArtifacts } from './store-crash-content.js';

const KINDS = ['artifact', 'event', 'version', 'metric', 'step'];

let child: string;
let folder: string;
beforeAll(async () => {
  child = await compileChild('store-crash-child.ts');
  folder = await mkdtemp(join(tmpdir(), 'millwright-crash-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await rm(dirname(dirname(child)), { recursive: true, force: true });
});

describe('a store whose process is killed at any moment', () => {
  test('opens again, whole, with everything that was acknowledged, time after time', async () => {
    const moments = random(11);
    const dir = join(folder, 'store');
    const promised = {
      artifact: new Set<string>(),
      version: 0,
      events: 0,
      metrics: new Map<string, number>(),
      step: new Set<string>(),
    };
    let kills = 0;
    for (let round = 0; round < 12; round++) {
      const writer = startChild(process.execPath, [child, dir, String(round)]);
      // Every third is killed while it opens the store, the others once they have promised something of everything.
      if (round % 3 === 2) await sleep(20 + moments.below(150));
      else {
        const artifacts = 1 + moments.below(8);
        const lives = () => writer.process.exitCode === null;
        while (lives() && writer.lines.filter((line) => line.startsWith('artifact')).length < artifacts) await sleep(2);
        while (lives() && !KINDS.every((kind) => writer.lines.some((line) => line.startsWith(kind)))) await sleep(2);
        await sleep(moments.below(30));
      }
      writer.process.kill('SIGKILL');
      const { how, stderr } = await writer.ended;
      expect({ how, stderr }).toEqual({ how: 'SIGKILL', stderr: '' });
      kills += 1;
      for (const line of writer.lines) {
        const [kind, a = '', b = ''] = line.split(' ');
        if (kind === 'artifact') promised.artifact.add(a);
        if (kind === 'event') promised.events = Number(a) + Number(b);
        if (kind === 'version') promised.version = Number(a);
        if (kind === 'metric') promised.metrics.set(a, Number(b) + 1);
        if (kind === 'step') promised.step.add(a);
      }
      await verify(dir, promised);
    }
    expect(kills).toBe(12);
    // The rounds did write: a suite that promises nothing shows nothing.
    for (const promises of [
      promised.artifact.size,
      promised.events,
      promised.version,
      promised.metrics.size,
      promised.step.size,
    ])
      expect(promises).toBeGreaterThanOrEqual(8);
  }, 60_000);
});

interface Promised {
  readonly artifact: ReadonlySet<string>;
  readonly events: number;
  readonly version: number;
  readonly metrics: ReadonlyMap<string, number>;
  readonly step: ReadonlySet<string>;
}

async function verify(dir: string, promised: Promised): Promise<void> {
  const store = await openStore(dir, { clock: systemClock });
  const registry = openRegistry(store, { clock: systemClock, random: random(1) });

  for (const hash of promised.artifact) await store.artifacts.get(hash as ContentHash);
  expect(await falseArtifacts(dir)).toEqual([]);
  expect(await readdir(join(dir, 'artifacts', 'partial'))).toEqual([]);

  const length = await store.events.length('crash');
  expect(length).toBeGreaterThanOrEqual(promised.events);
  let offset = 0;
  for await (const found of store.events.read('crash')) {
    if (found.offset !== offset || Buffer.compare(found.record, crashRecord(offset)) !== 0)
      expect.fail(`record ${offset} is not what was written`);
    offset += 1;
  }
  expect(offset).toBe(length);
  expect(await store.events.append('crash', [crashRecord(length)])).toBe(length);

  if (promised.version > 0) {
    const versions = await registry.models.versions('crash');
    expect(versions.length).toBeGreaterThanOrEqual(promised.version);
    expect(versions.map(({ version }) => version)).toEqual(versions.map((_, i) => i + 1));
    for (const { pipeline } of versions.slice(-5)) await store.artifacts.get(pipeline);
    const moves = await registry.models.aliasHistory('crash', 'champion');
    expect(moves.at(-1)?.to).toBe((await registry.models.resolve('crash@champion')).version);
    expect((await registry.audit.list({ action: 'alias.move' })).length).toBe(moves.length);
  }
  await registry.audit.assertWhole();

  for (const [run, steps] of promised.metrics) {
    const history = await registry.runs.metricHistory(run, 'loss');
    expect(history.length).toBeGreaterThanOrEqual(steps);
    expect(history.every(({ step, value }, i) => step === i && value === i)).toBe(true);
    const shown = await registry.runs.get(run);
    expect(shown.status).toBe('interrupted');
    expect(shown.metrics['loss']).toBe(history.length - 1);
  }
  for (const key of promised.step) if (!(await registry.steps.find(key as ContentHash))) expect.fail(`step ${key} is lost`);
  await store.close();
}
