import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Benchmark, Bound, Figure } from '../benchmark.js';

interface MainJob {
  readonly seconds: number;
  readonly peakMemoryBytes: number;
  readonly quality: Readonly<Record<'auc' | 'aucWithoutWindows' | 'aucLogistic' | 'ece' | 'logloss', number>>;
  readonly replay: Readonly<Record<'predictions' | 'meanLatencyMs' | 'p99LatencyMs', number>>;
}

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
let running: Promise<MainJob> | undefined;

/** One run of the main job in an empty store serves every figure of this file. */
function mainJob(): Promise<MainJob> {
  running ??= run();
  return running;
}

async function run(): Promise<MainJob> {
  const store = mkdtempSync(join(tmpdir(), 'millwright-main-'));
  try {
    const child = spawn(
      process.execPath,
      [join(ROOT, 'dist/src/cli/main.js'), 'start', '--once', '--json', '--quiet', '--store', store],
      {
        cwd: ROOT,
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
    });
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    if (code !== 0) throw new Error(`the main job ended with ${code}`);
    return JSON.parse(text) as MainJob;
  } finally {
    rmSync(store, { recursive: true, force: true });
  }
}

const figure = (
  name: string,
  unit: string,
  must: Bound | undefined,
  read: (job: MainJob) => number,
  peer?: readonly [string, (job: MainJob) => number],
): Benchmark => ({
  group: 'main',
  name,
  async run(): Promise<Figure> {
    const job = await mainJob();
    return { value: read(job), unit, ...(must ? { must } : {}), ...(peer ? { peer: peer[0], peerValue: peer[1](job) } : {}) };
  },
});

export const benchmarks: readonly Benchmark[] = [
  figure('wall time', 's', { of: 'value', atMost: 150 }, (job) => job.seconds),
  figure('peak memory', 'bytes', { of: 'value', atMost: 4 * 2 ** 30 }, (job) => job.peakMemoryBytes),
  figure('AUC on April', 'AUC', { of: 'value', atLeast: 0.755 }, ({ quality }) => quality.auc),
  figure('AUC against the logistic baseline', 'AUC', { of: 'ratio', atLeast: 1 }, ({ quality }) => quality.auc, [
    'logistic regression',
    ({ quality }) => quality.aucLogistic,
  ]),
  figure('AUC against the same trees without windows', 'AUC', undefined, ({ quality }) => quality.auc, [
    'without windows',
    ({ quality }) => quality.aucWithoutWindows,
  ]),
  figure('calibration error on April', 'ECE', { of: 'value', atMost: 0.03 }, ({ quality }) => quality.ece),
  figure('replayed predictions', 'rows', undefined, ({ replay }) => replay.predictions),
  figure('a request of the replay, p99', 'ms', { of: 'value', atMost: 20 }, ({ replay }) => replay.p99LatencyMs),
];
