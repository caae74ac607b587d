import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { random } from '../../src/base/random.js';
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
    const source = random(3);
    folder.file(
      'bytes.csv',
      Uint8Array.from({ length: 20_000 }, () => source.below(256)),
    );
    folder.file(
      'cut.json',
      `[${Array.from({ length: 60 }, (_, i) => `{"a":${i},"churned":"${i % 2 ? 'yes' : 'no'}"}`).join(',')}`.slice(0, -9),
    );
    folder.file('huge.csv', `a,churned\n${'x'.repeat(6_000_000)},yes\n${good(100)}\n`);
    folder.file('two.csv', 'a,churned\n1,yes\n2,no\n');
    folder.file(
      'rare.csv',
      `a,churned\n${Array.from({ length: 100 }, (_, i) => `${i % 17},${i === 7 ? 'yes' : 'no'}`).join('\n')}\n`,
    );
  });

  test.each([
    ['a missing file', 'nowhere.csv', /MW_INGEST_FILE_MISSING[\s\S]*nowhere\.csv/, 2],
    ['a folder', 'folder', /MW_INGEST_DIRECTORY[\s\S]*folder/, 2],
    ['an empty file', 'empty.csv', /MW_INGEST_FILE_EMPTY/, 1],
    ['a header only', 'header.csv', /MW_INGEST_NO_ROWS/, 1],
    ['duplicate column names', 'twice.csv', /MW_INGEST_COLUMN_DUPLICATE[\s\S]*'a'/, 1],
    ['a corrupt parquet file', 'broken.parquet', /MW_INGEST_FILE_DAMAGED/, 1],
    ['a truncated gzip file', 'cut.csv.gz', /MW_INGEST_GZIP_DAMAGED/, 1],
    ['bytes that are no text', 'bytes.csv', /MW_INGEST_/, 1],
    ['an array of JSON that breaks off', 'cut.json', /MW_INGEST_JSON_MALFORMED/, 1],
    ['a line that does not end', 'huge.csv', /MW_INGEST_LINE_TOO_LONG[\s\S]*line 2/, 1],
    ['a target of one class', 'constant.csv', /MW_TRAIN_TARGET_CONSTANT/, 1],
    ['a target without values', 'unlabelled.csv', /MW_TRAIN_TARGET_MISSING/, 1],
    ['features without values', 'null-features.csv', /MW_TRAIN_NO_FEATURES/, 1],
    ['two rows', 'two.csv', /MW_TRAIN_TOO_FEW_ROWS/, 1],
    ['a class that a fold lacks', 'rare.csv', /MW_TRAIN_CLASS_MISSING[\s\S]*fold[\s\S]*'yes'/, 1],
  ])('%s', async (_what, file, code, exit) => {
    await refused(['train', file, '--target', 'churned', '--store', 'none'], code, exit);
  });

  test('none of them left a model behind', async () => {
    const shown = await millwright(['models', '--store', 'none', '--json'], folder.dir);
    expect(shown.json).toEqual({ models: [] });
  });

  test('a target that is not there names the near column', async () => {
    const { stderr } = await refused(['train', 'good.csv', '--target', 'churnd'], /MW_RUN_TARGET_UNKNOWN/);
    expect(stderr).toContain("Did you mean 'churned'?");
  });

  test('with --json the error is JSON on standard output', async () => {
    const { stdout } = await refused(['train', 'nowhere.csv', '--target', 'x', '--json'], /MW_INGEST_/, 2);
    expect(JSON.parse(stdout).error).toMatchObject({ code: expect.stringMatching(/^MW_INGEST_/), fix: expect.any(String) });
  });
});

describe('rows that are trained on without some of them, and what is said of it', () => {
  const at = (every: number, bad: (i: number) => string, usual: (i: number) => string) =>
    Array.from({ length: 240 }, (_, i) => (i % every === every - 1 ? bad(i) : usual(i))).join('\n');
  const label = (i: number) => (i % 2 ? 'yes' : 'no');
  const usual = (i: number) => `${i % 17},${i % 5},${label(i)}`;

  test.each([
    ['ragged rows', 'a,b,churned', at(60, (i) => `${i % 17}`, usual), 4],
    ['too many fields', 'a,b,churned', at(60, (i) => `${usual(i)},more,and more`, usual), 4],
    ['a text among numbers', 'a,b,churned', at(240, (i) => `oops,1,${label(i)}`, usual), 1],
    ['infinities', 'a,b,churned', at(60, (i) => `${['inf', '-Infinity', '1e999'][i % 3]},1,${label(i)}`, usual), 4],
  ])('%s go to the quarantine, each with its line', async (what, header, body, bad) => {
    const name = what.replaceAll(' ', '-');
    folder.file(`${name}.csv`, `${header}\n${body}\n`);
    const args = ['train', `${name}.csv`, '--target', 'churned', '--trials', '2', '--store', 'rows'];
    const trained = await millwright([...args, '--json'], folder.dir);
    expect(trained.code).toBe(0);
    expect(trained.json.rows).toBe(240 - bad);
    expect(trained.json.warnings.join()).toMatch(new RegExp(`${bad} rows? of '${name}'.*quarantine`));
    const { json } = await millwright(['quarantine', 'list', '--source', name, '--store', 'rows', '--json'], folder.dir);
    expect(json.entries).toHaveLength(bad);
    for (const { entry } of json.entries) {
      expect(entry.reasons.join()).not.toBe('');
      expect(entry.line ?? entry.row).toBeGreaterThan(1);
    }
  });

  test('a row is fixed and comes back at the next run, once', async () => {
    const train = ['train', 'a-text-among-numbers.csv', '--target', 'churned', '--trials', '1', '--store', 'rows', '--json'];
    const list = ['quarantine', 'list', '--source', 'a-text-among-numbers', '--store', 'rows', '--json'];
    const [{ entry }] = (await millwright(list, folder.dir)).json.entries;
    const fix = (values: string) => ['quarantine', 'fix', entry.id, '--values', values, '--store', 'rows'];
    await refused(fix('{"a": "oops", "b": 1, "churned": "yes"}'), /MW_QUARANTINE_VALUES_INVALID[\s\S]*'a'/, 3);
    await refused(fix('a=4'), /MW_CLI_ARGUMENT_INVALID/, 2);
    expect((await millwright(fix('{"a": 4, "b": 1, "churned": "yes"}'), folder.dir)).code).toBe(0);
    for (let run = 0; run < 2; run++) expect((await millwright(train, folder.dir)).json.rows).toBe(240);
    expect((await millwright(list, folder.dir)).json.entries).toEqual([]);
    for (const version of [1, 2]) {
      const made = await millwright(['reproduce', `a-text-among-numbers:${version}`, '--store', 'rows', '--json'], folder.dir);
      expect(made.json).toMatchObject({ identical: true });
    }
    await refused(['quarantine', 'drop', 'ffffffff', '--store', 'rows'], /MW_QUARANTINE_ENTRY_UNKNOWN/, 2);
  });

  test.each([
    ['an encoding that is not UTF-8', 'ort', (i: number) => ['Zürich', 'München', 'Köln'][i % 3] as string],
    ['dates before 1970', 'born', (i: number) => `${1890 + (i % 90)}-0${1 + (i % 9)}-11`],
    ['numbers and texts in one column', 'code', (i: number) => (i % 3 ? String(i % 17) : `n${i % 4}`)],
  ])('%s are read as they are meant', async (what, column, value) => {
    const name = what.replaceAll(/[^A-Za-z]+/g, '-');
    const text = `${column},b,churned\n${Array.from({ length: 240 }, (_, i) => `${value(i)},${i % 17},${label(i)}`).join('\n')}\n`;
    folder.file(`${name}.csv`, Buffer.from(text, 'latin1'));
    const profile = await millwright(['profile', `${name}.csv`, '--json'], folder.dir);
    expect(profile.json.rejected).toEqual([]);
    const { type, top } = profile.json.columns[column];
    if (column === 'born') expect([type, new Date(top[0].value).getUTCFullYear()]).toEqual(['timestamp', expect.any(Number)]);
    else expect(top.map((each: { value: string }) => each.value)).toContain(column === 'ort' ? 'Zürich' : 'n1');
    const trained = await millwright(
      ['train', `${name}.csv`, '--target', 'churned', '--trials', '2', '--store', 'rows', '--json'],
      folder.dir,
    );
    expect(trained.stderr).not.toContain('MW_');
    expect(trained.json.rows).toBe(240);
  });

  test('an empty column is left out with a warning', async () => {
    folder.file(
      'null-column.csv',
      `a,empty,churned\n${Array.from({ length: 240 }, (_, i) => `${i % 17},,${label(i)}`).join('\n')}\n`,
    );
    const trained = await millwright(
      ['train', 'null-column.csv', '--target', 'churned', '--trials', '1', '--store', 'rows', '--json'],
      folder.dir,
    );
    expect(trained.json.warnings.join('\n')).toContain("'empty' is left out: it is empty");
  });
});

describe('using a model', () => {
  const rows = (of: (i: number) => string, header = 'plan,b,churned') =>
    `${header}\n${Array.from({ length: 240 }, (_, i) => of(i)).join('\n')}\n`;
  const label = (i: number) => (i % 17 > 8 ? 'yes' : 'no');

  beforeAll(async () => {
    folder.file(
      'plans.csv',
      rows((i) => `${i % 2 ? 'basic' : 'pro'},${i % 17},${label(i)}`),
    );
    folder.file(
      'unseen.csv',
      rows((i) => `galactic,${i % 17},${label(i)}`),
    );
    folder.file(
      'lacks.csv',
      rows((i) => `pro,${label(i)}`, 'plan,churned'),
    );
    folder.file(
      'maybe.csv',
      rows((i) => `pro,${i % 17},maybe`),
    );
    folder.file('damaged.json', '{');
    await millwright(['train', 'plans.csv', '--target', 'churned', '--trials', '2', '--store', 'use'], folder.dir);
  });
  const use = (...args: string[]) => [...args, '--store', 'use'];
  const files = () => readdirSync(folder.dir).toSorted();

  test('a category never seen is scored, and validate says so', async () => {
    const scored = await millwright(use('score', 'plans', 'unseen.csv', '--out', 'unseen.scored.csv', '--json'), folder.dir);
    expect(scored.json).toMatchObject({ rows: 240, rejected: 0 });
    const checked = await millwright(use('validate', 'unseen.csv', '--against', 'plans', '--json'), folder.dir);
    expect(checked.json.results.filter(({ passed }: { passed: boolean }) => !passed)).toHaveLength(1);
  });

  test.each([
    ['an ending that is not written', ['score', 'plans', 'plans.csv', '--out', 'x.xlsx'], /MW_INGEST_WRITE_FORMAT/, 2],
    ['a folder that is not there', ['score', 'plans', 'plans.csv', '--out', 'no/x.csv'], /MW_INGEST_UNWRITABLE/, 1],
    ['no file to write', ['score', 'plans', 'plans.csv'], /MW_CLI_ARGUMENT_MISSING/, 2],
    [
      'a file to score without a column',
      ['score', 'plans', 'lacks.csv', '--out', 'x.csv'],
      /MW_RUN_COLUMN_MISSING[\s\S]*'b'/,
      1,
    ],
    ['a missing file to score', ['score', 'plans', 'no.csv', '--out', 'x.csv'], /MW_INGEST_FILE_MISSING/, 2],
    ['labels that the model does not know', ['evaluate', 'plans', 'maybe.csv'], /MW_RUN_LABEL_UNKNOWN[\s\S]*'maybe'/, 1],
    ['a contract that is no JSON', ['validate', 'plans.csv', '--against', 'damaged.json'], /MW_VALIDATE_CONTRACT_INVALID/, 2],
    ['nothing to hold against', ['validate', 'plans.csv'], /MW_CLI_ARGUMENT_MISSING/, 2],
    ['a version that is not there', ['reproduce', 'plans:7'], /MW_REGISTRY_VERSION_UNKNOWN/, 4],
    ['an alias that is not there', ['models', 'plans@chamption', '--lineage'], /MW_REGISTRY_ALIAS_UNKNOWN[\s\S]*'champion'/, 4],
    ['a drawing into no folder', ['plan', 'plans', '--svg', 'no/plan.svg'], /MW_CLI_OUTPUT_UNWRITABLE/, 1],
    ['a definition over a file', ['eject', 'plans', '--out', 'plans.csv'], /MW_CLI_OUTPUT_EXISTS/, 2],
    ['an act that does not exist', ['quarantine', 'clean'], /MW_CLI_ARGUMENT_INVALID/, 2],
    ['features written and verified at once', ['features', 'plans', '--sql', '--verify', '3'], /MW_OPTION_INVALID/, 2],
  ])('%s', async (_what, args, code, exit) => {
    const before = files();
    await refused(use(...args), code, exit);
    expect(files()).toEqual(before);
  });

  test('commands that read make no store', async () => {
    await refused(['models', '--store', 'fresh'], /MW_STORE_MISSING/, 4);
    const looked = await millwright(['doctor', '--store', 'fresh', '--json'], folder.dir);
    expect(looked.json.healthy).toBe(true);
    expect(files()).not.toContain('fresh');
  });

  test('doctor and audit see what was changed behind the back of the store', async () => {
    const { json } = await millwright(use('models', 'plans', '--json'), folder.dir);
    const digits = json.versions[0].report.slice('sha256:'.length);
    writeFileSync(join(folder.dir, 'use/artifacts', digits.slice(0, 2), digits.slice(2)), 'something else');
    const looked = await millwright(use('doctor', '--json'), folder.dir);
    expect(looked.code).toBe(4);
    const finding = looked.json.store.find(({ name }: { name: string }) => name === 'artifacts');
    expect(finding).toMatchObject({
      state: 'failed',
      what: expect.stringContaining('the report of plans:1'),
      fix: expect.any(String),
    });
    expect((await millwright(use('audit', '--verify'), folder.dir)).code).toBe(0);
  });
});

describe('a damaged store', () => {
  const spoilt = (name: string) => {
    cpSync(join(folder.dir, 'use'), join(folder.dir, name), { recursive: true });
    return join(folder.dir, name);
  };

  test('an emptied database is an error everywhere, and no new one is made in its place', async () => {
    const dir = spoilt('emptied');
    writeFileSync(join(dir, 'metadata.db'), '');
    for (const args of [['models'], ['score', 'plans', 'good.csv', '--out', 'o.csv'], ['serve', '--model', 'plans'], ['audit']])
      await refused([...args, '--store', 'emptied'], /MW_STORE_CORRUPT/, 4);
    const looked = await millwright(['doctor', '--store', 'emptied', '--json'], folder.dir);
    expect([looked.code, looked.json.healthy]).toEqual([4, false]);
    expect(statSync(join(dir, 'metadata.db')).size).toBe(0);
  });

  test('a database with damaged pages is found, and what can be read of it is kept', async () => {
    const dir = spoilt('pages');
    const path = join(dir, 'metadata.db');
    const bytes = readFileSync(path);
    // Pages past the schema; a WAL would lay its own over them.
    for (let at = 4096 * 20; at < 4096 * 22; at++) bytes[at] = (at * 31) % 251;
    writeFileSync(path, bytes);
    for (const end of ['-wal', '-shm']) rmSync(path + end, { force: true });
    const looked = await millwright(['doctor', '--store', 'pages', '--json'], folder.dir);
    expect(looked.code).toBe(4);
    expect(looked.json.store.find(({ name }: { name: string }) => name === 'metadata').state).toBe('failed');
    const mended = await millwright(['doctor', '--repair', '--store', 'pages', '--json'], folder.dir);
    expect(mended.json.repair.done.join(' ')).toContain('rows of the metadata');
    expect(mended.json.store.find(({ name }: { name: string }) => name === 'metadata').state).toBe('ok');
    expect(existsSync(mended.json.repair.aside)).toBe(true);
  });

  test('a flipped bit in any artifact is found, and data that is still there is copied anew', async () => {
    const dir = spoilt('flipped');
    const files = readdirSync(join(dir, 'artifacts'), { recursive: true })
      .map(String)
      .filter((name) => /[0-9a-f]{62}$/.test(name));
    for (const name of files) {
      const path = join(dir, 'artifacts', name);
      const bytes = readFileSync(path);
      if (bytes.length === 0) continue;
      bytes[bytes.length >> 1] ^= 4;
      writeFileSync(path, bytes);
    }
    const looked = await millwright(['doctor', '--store', 'flipped', '--json'], folder.dir);
    expect(looked.code).toBe(4);
    const { what } = looked.json.store.find(({ name }: { name: string }) => name === 'artifacts');
    expect(what).toContain(`and ${files.length - 3} more`);
    const mended = await millwright(['doctor', '--repair', '--store', 'flipped', '--json'], folder.dir);
    expect(mended.json.repair.done.join(' ')).toMatch(/[1-9]\d* of them were copied anew/);
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
    await refused(['run', 'typo.system.ts'], /MW_DEFINE_UNKNOWN[\s\S]*"b"[\s\S]*line \d/, 2);
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
      /MW_REGISTRY_MODEL_UNKNOWN/,
      4,
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
