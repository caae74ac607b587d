import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { random } from '../../src/base/random.js';
import type { Benchmark, Figure } from '../benchmark.js';
import type { BenchOptions } from '../options.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const ROWS = 7000;
const COLUMNS = 18;

/** Customers of whom a quarter leaves: numbers, words and missing values, of which some say something. */
function customers(rows: number): string {
  const source = random(29);
  const lines = [`${Array.from({ length: COLUMNS }, (_, c) => `c${c}`).join(',')},left`];
  for (let row = 0; row < rows; row++) {
    let pull = -2;
    const cells = Array.from({ length: COLUMNS }, (_, c) => {
      const value = source.next();
      if (c < 6) pull += (value - 0.5) * (c % 2 === 0 ? 3 : -2);
      if (source.next() < 0.02) return '';
      return c % 3 === 0 ? ['basic', 'plus', 'pro', 'none'][Math.floor(value * 4)] : (value * 100).toFixed(c % 3);
    });
    lines.push(`${cells.join(',')},${source.next() < 1 / (1 + Math.exp(-pull)) ? 'yes' : 'no'}`);
  }
  return `${lines.join('\n')}\n`;
}

/** Runs a program to its end; what it prints goes nowhere. */
async function run(program: string, args: readonly string[], cwd: string): Promise<void> {
  const child = spawn(program, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}`);
}

/** The address that a server says it listens at. */
function listening(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      const url = /http:\S+/.exec(text)?.[0];
      if (url) resolve(url.replace(/\/$/, ''));
    });
    child.on('close', (code) => reject(new Error(`the server ended with ${code}`)));
  });
}

/** From an installed Node and a package file to the first answer over HTTP, step by step, as the README tells it. */
async function firstAnswer({ scale }: BenchOptions): Promise<Figure> {
  const folder = mkdtempSync(join(tmpdir(), 'millwright-first-'));
  const steps: { step: string; seconds: number }[] = [];
  const timed = async <T>(step: string, work: () => Promise<T>): Promise<T> => {
    const from = performance.now();
    const result = await work();
    steps.push({ step, seconds: (performance.now() - from) / 1000 });
    return result;
  };
  let server: ChildProcess | undefined;
  try {
    await run('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], ROOT);
    const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) as string;
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    writeFileSync(join(folder, 'customers.csv'), customers(Math.max(500, Math.round(ROWS * scale))));
    const millwright = join(folder, 'node_modules/.bin/millwright');
    await timed('npm install', () => run('npm', ['install', '--silent', '--no-audit', '--no-fund', `./${tarball}`], folder));
    await timed('millwright train', () => run(millwright, ['train', 'customers.csv', '--target', 'left', '--quiet'], folder));
    const url = await timed('millwright serve', async () => {
      server = spawn(process.execPath, [millwright, 'serve', '--model', 'customers', '--port', '0', '--quiet'], {
        cwd: folder,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      return listening(server);
    });
    await timed('first answer', async () => {
      const row = Object.fromEntries(Array.from({ length: COLUMNS }, (_, c) => [`c${c}`, c % 3 === 0 ? 'basic' : 42]));
      const response = await fetch(`${url}/v1/models/customers/predict`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ rows: [row] }),
      });
      if (!response.ok) throw new Error(`the first question was answered with ${response.status}: ${await response.text()}`);
    });
  } finally {
    if (server !== undefined) {
      const ended = new Promise((resolve) => server?.on('close', resolve));
      server.kill('SIGTERM');
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  }
  const total = steps.reduce((sum, { seconds }) => sum + seconds, 0);
  return {
    value: total / 60,
    unit: 'minutes',
    note: `a file of ${ROWS.toLocaleString('en-US')} rows and ${COLUMNS} columns; the package file is there, npm's cache as it is`,
    table: steps,
  };
}

export const benchmarks: readonly Benchmark[] = [
  { group: 'first', name: 'from install to the first answer', run: firstAnswer },
];
