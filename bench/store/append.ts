import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { systemClock } from '../../src/base/clock.js';
import type { Durability } from '../../src/store/durability.js';
import { openEventLog } from '../../src/store/event-log/file-event-log.js';
import { openOnlineStore } from '../../src/store/online/durable.js';
import { rowsOf, twoSources } from '../../src/store/testing/two-sources.js';
import type { Benchmark, TableRow } from '../benchmark.js';
import { type BenchOptions, scaled } from '../options.js';
import { tinyService } from '../serving/tiny-server.js';
import { tinyDeployment } from '../serving/tiny-system.js';

/** What writes: `acknowledge` resolves when one of them is acknowledged. */
interface Writer {
  acknowledge(i: number): Promise<unknown>;
  /** Resolves when everything acknowledged so far is kept. */
  settle?(): Promise<void>;
  close(): Promise<void>;
}

const ROW = { x: 0.5, y: 0.25, size: 'small' };

const WRITERS: Readonly<Record<string, (folder: string, durability: Durability) => Promise<Writer>>> = {
  async pushes(folder, durability) {
    const online = await openOnlineStore(twoSources(), { clock: systemClock, directory: folder, durability });
    return { acknowledge: (i) => online.push('a', rowsOf(i)), close: () => online.close() };
  },
  async labels(folder, durability) {
    const events = openEventLog(folder, { durability });
    const service = tinyService(tinyDeployment('binary'), events);
    return {
      acknowledge: (i) => service.label([{ key: [`e${i}`], at: i, label: 'yes', availableAt: i }], false),
      close: () => service.close().then(() => events.close()),
    };
  },
  async predictions(folder, durability) {
    const events = openEventLog(folder, { durability });
    const service = tinyService(tinyDeployment('binary'), events);
    return {
      // An answer does not wait for the log; the log is waited for when it lags behind, and at the end.
      acknowledge: async (i) => {
        await service.room();
        service.predict([{ entity: `e${i}`, at: i, ...ROW }]);
      },
      settle: () => service.flush(),
      close: () => service.close().then(() => events.close()),
    };
  },
};

/** Acknowledged writes a second, with so many under way at once. */
async function rate(kind: string, durability: Durability, atOnce: number, count: number): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'millwright-bench-'));
  const writer = await (WRITERS[kind] as (typeof WRITERS)[string])(folder, durability);
  try {
    let next = 0;
    const started = performance.now();
    const one = async () => {
      while (next < count) await writer.acknowledge(next++);
    };
    await Promise.all(Array.from({ length: atOnce }, one));
    await writer.settle?.();
    return count / ((performance.now() - started) / 1000);
  } finally {
    await writer.close();
    await rm(folder, { recursive: true, force: true });
  }
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] as number;

async function rates(kind: string, durability: Durability, options: BenchOptions): Promise<readonly TableRow[]> {
  const count = scaled(durability === 'power' ? 4_000 : 20_000, options);
  const table: TableRow[] = [];
  for (const atOnce of [1, 64]) {
    const runs: number[] = [];
    for (let run = 0; run < options.runs; run++) runs.push(await rate(kind, durability, atOnce, count));
    table.push({ 'at once': atOnce, 'a second': Math.round(median(runs)) });
  }
  return table;
}

/** Acknowledged writes a second by what they survive: the end of the process, or a power cut. */
export const benchmarks: readonly Benchmark[] = Object.keys(WRITERS).flatMap((kind) =>
  (['process', 'power'] as const).map(
    (durability): Benchmark => ({
      group: 'store',
      name: `${kind} acknowledged, durability '${durability}'`,
      async run(options) {
        const table = await rates(kind, durability, options);
        return { value: table.at(-1)?.['a second'] as number, unit: `${kind}/s, 64 at once`, table };
      },
    }),
  ),
);
