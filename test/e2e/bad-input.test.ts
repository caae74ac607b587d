import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { millwright, workFolder } from './cli.js';
import { customersCsv } from './tables.js';

const folder = workFolder();
afterAll(() => folder.remove());

/** Every refusal: a coded error with a place or remedy, no stack trace, the exit code as documented. */
async function refused(args: readonly string[], code: RegExp, exit = 1) {
  const result = await millwright(args, folder.dir);
  expect(result.stderr).toMatch(code);
  expect(result.stderr).toMatch(/fix: {3}\S/);
  expect(result.stderr).not.toMatch(/\n\s+at .*\(?.*:\d+:\d+\)?/);
  expect(result.code).toBe(exit);
  return result;
}

const good = (rows: number) => Array.from({ length: rows }, (_, i) => `${i % 17},${i % 2 ? 'yes' : 'no'}`).join('\n');

describe('files that cannot be trained on', () => {
  beforeAll(() => {
    folder.file('empty.csv', '');
    folder.file('header.csv', 'a,churned\n');
    folder.file('twice.csv', `a,a,churned\n${Array.from({ length: 50 }, (_, i) => `${i},1,${i % 2}`).join('\n')}\n`);
    folder.file('constant.csv', `a,churned\n${Array.from({ length: 50 }, (_, i) => `${i},no`).join('\n')}\n`);
    folder.file('unlabelled.csv', `a,churned\n${Array.from({ length: 50 }, (_, i) => `${i},`).join('\n')}\n`);
    folder.file('null-features.csv', `a,churned\n${Array.from({ length: 50 }, (_, i) => `,${i % 2}`).join('\n')}\n`);
    folder.file('broken.parquet', 'PAR1 this is not parquet PAR1');
    folder.file('cut.csv.gz', Uint8Array.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 75, 76]));
    folder.file('good.csv', `a,churned\n${good(200)}\n`);
    mkdirSync(join(folder.dir, 'folder'));
  });

  test.each([
    ['a missing file', 'nowhere.csv', /MW_INGEST_/],
    ['a folder', 'folder', /MW_INGEST_/],
    ['an empty file', 'empty.csv', /MW_INGEST_/],
    ['a header only', 'header.csv', /MW_INGEST_/],
    ['duplicate column names', 'twice.csv', /MW_INGEST_/],
    ['a corrupt parquet file', 'broken.parquet', /MW_INGEST_/],
    ['a truncated gzip file', 'cut.csv.gz', /MW_INGEST_/],
    ['a target of one class', 'constant.csv', /MW_(TRAIN|RUN)_/],
    ['a target without values', 'unlabelled.csv', /MW_(TRAIN|RUN)_/],
    ['features without values', 'null-features.csv', /MW_(TRAIN|RUN)_/],
  ])('%s', async (_what, file, code) => {
    await refused(['train', file, '--target', 'churned'], code);
  });

  test('a target that is not there names the near column', async () => {
    const { stderr } = await refused(['train', 'good.csv', '--target', 'churnd'], /MW_RUN_TARGET_UNKNOWN/);
    expect(stderr).toContain("Did you mean 'churned'?");
  });

  test('with --json the error is JSON on standard output', async () => {
    const { stdout } = await refused(['train', 'nowhere.csv', '--target', 'x', '--json'], /MW_INGEST_/);
    expect(JSON.parse(stdout).error).toMatchObject({ code: expect.stringMatching(/^MW_INGEST_/), fix: expect.any(String) });
  });
});

describe('wrong usage', () => {
  test('a misspelt command and option', async () => {
    const { stderr } = await refused(['trian', 'good.csv'], /MW_CLI_COMMAND_UNKNOWN/, 2);
    expect(stderr).toContain("Did you mean 'train'?");
    await refused(['train', 'good.csv', '--targte', 'churned'], /MW_OPTION_UNKNOWN/, 2);
    await refused(['train', 'good.csv', '--target', 'churned', '--trials', '-3'], /MW_OPTION_INVALID/, 2);
  });
});

describe('definitions', () => {
  test('a missing one, one that does not compile, one that throws, one with a typo', async () => {
    folder.file('syntax.system.ts', 'export default system(;');
    folder.file('throws.system.ts', "throw new Error('no luck');");
    folder.file(
      'typo.system.ts',
      `import { col, csv, gbdt, labelFrom, requestFrom, source, system } from 'millwright';
       const rows = source('rows', { from: csv('good.csv'), columns: { a: col.number(), churned: col.category(['yes', 'no']) } });
       export default system('typo', {
         problem: { kind: 'binary', positive: 'yes' },
         features: requestFrom(rows, ['b']),
         label: labelFrom(rows, (r) => r.churned),
         train: { split: { by: 'random', test: 0.2, validation: 0.2 }, candidates: [gbdt()], search: { by: 'auc', trials: 1, seed: 1 } },
       });`,
    );
    await refused(['run', 'nowhere.system.ts'], /MW_DEFINITION_MISSING/, 2);
    await refused(['run', 'syntax.system.ts'], /MW_DEFINITION_SYNTAX[\s\S]*line 1/, 2);
    await refused(['run', 'throws.system.ts'], /MW_DEFINITION_THREW[\s\S]*no luck/, 2);
    await refused(['run', 'typo.system.ts'], /MW_DEFINE_[\s\S]*'b'/, 2);
  });
});

describe('stores', () => {
  test('one written by a newer version, a foreign folder, one that cannot be written', async () => {
    const newer = join(folder.dir, 'newer');
    mkdirSync(newer);
    writeFileSync(join(newer, 'store.json'), JSON.stringify({ kind: 'millwright-store', format: 99 }));
    await refused(['models', '--store', 'newer'], /MW_STORE_NEWER/, 4);
    mkdirSync(join(folder.dir, 'foreign'));
    writeFileSync(join(folder.dir, 'foreign', 'letter.txt'), 'dear');
    await refused(['train', 'good.csv', '--target', 'churned', '--store', 'foreign'], /MW_STORE_FOREIGN/, 4);
    const closed = join(folder.dir, 'closed');
    mkdirSync(closed);
    chmodSync(closed, 0o500);
    // The superuser writes anywhere: there the folder is no obstacle and nothing is to be refused.
    if (process.getuid?.() !== 0)
      await refused(['train', 'good.csv', '--target', 'churned', '--store', 'closed/store'], /MW_STORE_UNWRITABLE/, 4);
    chmodSync(closed, 0o700);
    await refused(['train', 'good.csv', '--target', 'churned', '--store', 'good.csv'], /MW_STORE_FOREIGN/, 4);
  });

  test('a model that is not there', async () => {
    await millwright(['train', 'good.csv', '--target', 'churned', '--trials', '1', '--store', 'store'], folder.dir);
    const { stderr } = await refused(
      ['score', 'goood', 'good.csv', '--out', 'x.csv', '--store', 'store'],
      /MW_MODEL_UNKNOWN|MW_REGISTRY_/,
    );
    expect(stderr).toContain("Did you mean 'good'?");
  });
});

test('a port in use', async () => {
  folder.file('customers.csv', customersCsv(300));
  await millwright(['train', 'customers.csv', '--target', 'churned', '--trials', '1', '--store', 'store'], folder.dir);
  const blocker = createServer();
  const port = await new Promise<number>((resolve) =>
    blocker.listen(0, '127.0.0.1', () => resolve((blocker.address() as { port: number }).port)),
  );
  await refused(['serve', '--model', 'customers', '--port', String(port), '--store', 'store'], /MW_SERVE_PORT_IN_USE/);
  blocker.close();
});
