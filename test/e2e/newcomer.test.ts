import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from '../../src/cli/run-cli.js';
import { millwright, workFolder } from './cli.js';
import { customersCsv } from './tables.js';

/** What somebody meets who has just installed Millwright and makes the usual mistakes. */
const folder = workFolder();
afterAll(() => folder.remove());
const run = (...words: string[]) => millwright(words, folder.dir);

/** Runs a command line in this process, which takes no time to start; for what is refused before any work. */
async function refusal(words: readonly string[]): Promise<{ readonly code: number; readonly stderr: string }> {
  const said: string[] = [];
  const stream = (all: string[]) => ({ write: (text: string) => all.push(text) }) as unknown as NodeJS.WriteStream;
  const own = { env: {}, on: () => process, off: () => process, exit: () => undefined as never };
  const before = process.cwd();
  process.chdir(folder.dir);
  try {
    const code = await runCli(words, { stdout: stream([]), stderr: stream(said), ...own } as unknown as NodeJS.Process);
    return { code, stderr: said.join('') };
  } finally {
    process.chdir(before);
  }
}

beforeAll(async () => {
  folder.file('customers.csv', customersCsv(400));
  const grades = Array.from({ length: 300 }, (_, i) => `${i % 37},${(i * 7) % 11},${3 + (((i % 37) + (i % 5)) % 7)}`);
  folder.file('wine.csv', `acid,sugar,quality\n${grades.join('\n')}\n`);
  expect((await run('train', 'customers.csv', '--target', 'churned', '--trials', '2', '--by', 'ann')).code).toBe(0);
}, 60_000);

test.each<[words: string, code: number, says: RegExp]>([
  ['--verison', 2, /MW_OPTION_UNKNOWN.*Did you mean '--version'/],
  ['trian customers.csv', 2, /Did you mean 'train'/],
  ['train customers.csv --target churned --problem forecast', 2, /does not forecast a series from its own past/],
  ['train customers.csv --target churned --target plan', 2, /given twice: churned and plan/],
  ['train customers.csv --quiet=no --target churned', 2, /'--quiet' takes no value/],
  ['train customers.csv', 2, /kmeans of 'millwright\/models'/],
  ['models customers:1 --alias champoin', 4, /Did you mean 'champion'\?[\s\S]*--new/],
  ['models customers --unalias champon', 4, /Did you mean 'champion'/],
  ['models customers --delete', 2, /named by its number/],
  ['models customers:1 --delete --yes', 4, /MW_REGISTRY_ALIASED[\s\S]*--unalias champion/],
  ['models customers:1 --yes', 2, /--yes is of use with --delete/],
  ['models --alias champion', 2, /--alias needs a model/],
  ['serve --model customers --model customers:1', 2, /both name the model 'customers'/],
  ['serve --model custmers', 4, /MW_REGISTRY_MODEL_UNKNOWN/],
  ['prune --keep prediction=90d', 2, /Did you mean 'predictions'/],
  ['prune --keep predictions=soon', 2, /'soon' is no span of time/],
  ['prune --keep predictions=7d --yes', 2, /30 days[\s\S]*a label may still come/],
  ['prune --yes', 2, /How long to keep what is not said/],
])('%s', async (words, code, says) => {
  const result = await refusal(words.split(' '));
  expect(result.stderr).toMatch(says);
  expect(result.stderr).not.toMatch(/\n\s+at .*:\d+:\d+/);
  expect(result.code).toBe(code);
});

test('who did what is on record, by model', async () => {
  expect((await run('models', 'customers:1', '--alias', 'staging', '--new', '--by', 'ben')).code).toBe(0);
  const { entries } = (await run('audit', '--model', 'customers', '--json')).json;
  expect(entries.map(({ actor, subject }: { actor: string; subject: string }) => `${actor} ${subject}`)).toEqual([
    'ann customers:1',
    'millwright train customers:1',
    'ann customers@champion',
    'ben customers@staging',
  ]);
  expect((await run('audit', '--model', 'custom')).stdout).toBe('Nothing is on record.\n');
  // A pipe gets whole lines: the reason is there to its end.
  const text = (await run('audit')).stdout;
  expect(text).toMatch(/customers@staging none → 1 +by hand\n/);
  expect(text).toMatch(/is asked for\.\n/);
});

test('grades are told to be taken for amounts, and how to have them as classes', async () => {
  const amounts = await run('train', 'wine.csv', '--target', 'quality', '--trials', '1', '--name', 'wine');
  expect(amounts.stdout).toMatch(/predict 'quality': regression \(.*--problem multiclass takes them for classes\)/);
  const classes = await run(
    'train',
    'wine.csv',
    '--target',
    'quality',
    '--trials',
    '1',
    '--name',
    'wine2',
    '--problem',
    'multiclass',
  );
  expect(classes.stdout).toMatch(/predict 'quality': multiclass\n/);
  // In a log a step says that it begins, and what became of a trial, and nothing is said twice.
  const lines = amounts.stderr.trim().split('\n');
  expect(lines.length).toBeLessThan(12);
  expect(new Set(lines).size).toBe(lines.length);
}, 60_000);

test('a version that nothing points to is deleted and pruned', async () => {
  for (const alias of ['champion']) expect((await run('models', 'wine2', '--unalias', alias)).code).toBe(0);
  expect((await run('models', 'wine2:1', '--delete')).stdout).toMatch(/would be deleted; nothing was done/);
  expect((await run('models', 'wine2:1', '--delete', '--yes')).stdout).toBe('wine2:1 is deleted.\n');
  const { models } = (await run('models', '--json')).json;
  expect(models.map(({ name }: { name: string }) => name)).toEqual(['customers', 'wine']);
  const shown = (await run('prune', '--keep', 'artifacts=0s', '--json')).json;
  expect(shown).toMatchObject({ done: false });
  expect(shown.freed).toBeGreaterThan(1000);
  expect((await run('prune', '--keep', 'artifacts=0s', '--yes', '--json')).json).toMatchObject({
    done: true,
    freed: shown.freed,
  });
  expect((await run('score', 'wine', 'wine.csv', '--out', 'scored.csv')).code).toBe(0);
  expect(readFileSync(join(folder.dir, 'scored.csv'), 'utf8').split('\n')).toHaveLength(302);
  expect((await run('doctor')).code).toBe(0);
}, 60_000);
