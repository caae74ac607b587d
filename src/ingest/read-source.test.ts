import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { tableFromArrays, tableToIPC } from '@uwdata/flechette';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MillwrightError } from '../base/error.js';
import type { ColumnPlan, ConnectorPlan, ContractPlan, SourceFormat } from '../define/plan.js';
import { type DuckDBConnection, withDatabase } from '../engines/duckdb/database.js';
import { columnOf, type Frame, rowAt } from '../frame/frame.js';
import { inspectFile } from './inspect-file.js';
import type { ReadOptions } from './read-options.js';
import { readSource } from './read-source.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'millwright-ingest-test-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const column = (type: ColumnPlan['type'], nullable = true): ColumnPlan => ({
  kind: 'column',
  type,
  categories: null,
  nullable,
});
const contract = (columns: Record<string, ColumnPlan['type']>): ContractPlan => ({
  kind: 'contract',
  columns: Object.fromEntries(Object.entries(columns).map(([name, type]) => [name, column(type)])),
  checks: [],
});

let count = 0;
/** Writes a file of its own folder and gives its path. */
function file(name: string, content: string | Uint8Array): string {
  const own = join(folder, `t${count++}`);
  mkdirSync(own);
  const path = join(own, name);
  writeFileSync(path, content);
  return path;
}

interface Given {
  readonly contract?: ContractPlan;
  readonly options?: ConnectorPlan['options'];
  readonly format?: SourceFormat;
  readonly limits?: Partial<ReadOptions>;
  readonly time?: string;
}
const read = (path: string, given: Given = {}) =>
  readSource(
    {
      from: { kind: 'connector', format: given.format ?? null, path, options: given.options ?? {} },
      contract: given.contract ?? null,
      time: given.time ?? null,
    },
    { baseDir: folder, ...(given.limits ? { options: given.limits } : {}) },
  );
const rows = (table: Frame) => Array.from({ length: table.rows }, (_, row) => rowAt(table, row));
const types = (columns: Readonly<Record<string, ColumnPlan>>) =>
  Object.fromEntries(Object.entries(columns).map(([name, plan]) => [name, plan.type + (plan.nullable ? '?' : '')]));
async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(MillwrightError);
  return (error as MillwrightError).code;
}
const database = async (path: string, work: string[]) => {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(path);
  const connection: DuckDBConnection = await instance.connect();
  for (const statement of work) await connection.run(statement);
  connection.closeSync();
  instance.closeSync();
};

describe('delimited text', () => {
  test('types, missing texts and names are found', async () => {
    const path = file(
      'a.csv',
      'id,when,amount,ok,plan\n1,2001-02-03,1.5,true,basic\n2,2001-02-03T04:05:06.5+02:00,,false,pro\n3,1960-01-01, ,true,NA\n4,,NA,,pro\n',
    );
    const result = await read(path);
    expect(types(result.columns)).toEqual({
      id: 'integer',
      when: 'timestamp?',
      amount: 'number?',
      ok: 'boolean?',
      plan: 'category?',
    });
    expect(result.connector).toEqual({
      kind: 'connector',
      format: 'csv',
      path,
      options: { delimiter: ',', quote: '"', header: true, encoding: 'utf-8' },
    });
    // A word means missing in the column where it was found, so that a request is read alike.
    expect(Object.fromEntries(Object.entries(result.columns).map(([name, { reads }]) => [name, reads?.missing]))).toEqual({
      id: undefined,
      when: undefined,
      amount: ['NA'],
      ok: undefined,
      plan: ['NA'],
    });
    expect(rows(result.frame)).toEqual([
      { id: 1, when: Date.UTC(2001, 1, 3), amount: 1.5, ok: true, plan: 'basic' },
      { id: 2, when: Date.UTC(2001, 1, 3, 2, 5, 6, 500), amount: null, ok: false, plan: 'pro' },
      { id: 3, when: Date.UTC(1960, 0, 1), amount: null, ok: true, plan: null },
      { id: 4, when: null, amount: null, ok: null, plan: 'pro' },
    ]);
    expect(result.rejected).toEqual([]);
  });

  test.each([
    ['comma', ',', 'csv'],
    ['tab', '\t', 'tsv'],
    ['semicolon', ';', 'csv'],
    ['bar', '|', 'txt'],
    ['space', ' ', 'data'],
  ])('the delimiter %s', async (_, delimiter, extension) => {
    const text = [
      ['name', 'x', 'y'],
      ['a', '1', '2.5'],
      ['b', '3', '4.5'],
    ]
      .map((row) => row.join(delimiter))
      .join('\n');
    const result = await read(file(`d.${extension}`, text));
    expect(result.connector.options.delimiter).toBe(delimiter);
    expect(rows(result.frame)).toEqual([
      { name: 'a', x: 1, y: 2.5 },
      { name: 'b', x: 3, y: 4.5 },
    ]);
  });

  test('no header, spaces behind the commas and a mark for missing', async () => {
    const result = await read(
      file('adult.csv', '39, State-gov, 77516, <=50K\n50, ?, 83311, >50K\n38, Private, 215646, <=50K\n'),
    );
    expect(result.connector.options).toMatchObject({ header: false });
    expect(result.columns['c1']?.reads).toEqual({ missing: ['?'] });
    expect(rows(result.frame)).toEqual([
      { c0: 39, c1: 'State-gov', c2: 77516, c3: '<=50K' },
      { c0: 50, c1: null, c2: 83311, c3: '>50K' },
      { c0: 38, c1: 'Private', c2: 215646, c3: '<=50K' },
    ]);
  });

  test('blanks in a column of numbers are missing', async () => {
    const lines = Array.from({ length: 300 }, (_, i) => `${i},${i % 30 === 7 ? ' ' : i / 4}`);
    const result = await read(file('telco.csv', `tenure,TotalCharges\n${lines.join('\n')}\n`));
    expect(types(result.columns)).toEqual({ tenure: 'integer', TotalCharges: 'number?' });
    expect(rows(result.frame).filter((row) => row['TotalCharges'] === null)).toHaveLength(10);
  });

  test('NA is a country among two-letter codes', async () => {
    const result = await read(file('countries.csv', 'country,n\nDE,1\nNA,2\nFR,3\nDE,4\nNA,5\nFR,6\n'));
    expect(rows(result.frame).map((row) => row['country'])).toEqual(['DE', 'NA', 'FR', 'DE', 'NA', 'FR']);
  });

  test('codes stay texts: leading zeros and integers beyond 2^53', async () => {
    const result = await read(file('codes.csv', 'zip,account,n\n02139,9007199254740993,1\n10001,9007199254740995,2\n'));
    expect(rows(result.frame)).toEqual([
      { zip: '02139', account: '9007199254740993', n: 1 },
      { zip: '10001', account: '9007199254740995', n: 2 },
    ]);
  });

  test('quotes with delimiters, quotes and line ends in them; CRLF', async () => {
    const result = await read(file('q.csv', 'a,b\r\n"x, ""y""\r\nz",1\r\nplain,2\r\n'));
    expect(rows(result.frame)).toEqual([
      { a: 'x, "y"\r\nz', b: 1 },
      { a: 'plain', b: 2 },
    ]);
  });

  test('a delimiter inside the quotes of every row', async () => {
    const body = Array.from({ length: 40 }, (_, i) => `${i},"slow, ticket ${i}",yes\n`).join('');
    const result = await read(file('every.csv', `id,comment,churned\n${body}`));
    expect(result.rejected).toEqual([]);
    expect(rows(result.frame)[3]).toEqual({ id: 3, comment: 'slow, ticket 3', churned: 'yes' });
  });

  test('single quotes', async () => {
    const result = await read(file('m.csv', "0.5,1.5,'-1'\n0.7,1.1,'1'\n"));
    expect(result.connector.options.quote).toBe("'");
    expect(rows(result.frame)).toEqual([
      { c0: 0.5, c1: 1.5, c2: -1 },
      { c0: 0.7, c1: 1.1, c2: 1 },
    ]);
  });

  test.each([
    ['utf-8', Buffer.from('name,x\nMünchen,1\nZürich,2\n')],
    ['utf-8', Buffer.from('\uFEFFname,x\nMünchen,1\nZürich,2\n')],
    ['latin-1', Buffer.from('name,x\nMünchen,1\nZürich,2\n', 'latin1')],
    ['utf-16', Buffer.from('\uFEFFname,x\nMünchen,1\nZürich,2\n', 'utf16le')],
    ['utf-16', Buffer.from('name,x\nMünchen,1\nZürich,2\n', 'utf16le')],
    ['utf-16', Buffer.from('\uFEFFname,x\nMünchen,1\nZürich,2\n', 'utf16le').swap16()],
  ])('the encoding %s (%#)', async (encoding, bytes) => {
    const result = await read(file('e.csv', bytes));
    expect(result.connector.options.encoding).toBe(encoding);
    expect(rows(result.frame)).toEqual([
      { name: 'München', x: 1 },
      { name: 'Zürich', x: 2 },
    ]);
  });

  test('latin-1 that shows only far into the file', async () => {
    const many = 'name,x\n'.concat('plain,1\n'.repeat(40_000));
    const result = await read(file('late.csv', Buffer.concat([Buffer.from(many), Buffer.from('Zürich,2\n', 'latin1')])));
    expect(result.frame.rows).toBe(40_001);
    expect(rowAt(result.frame, 40_000)).toEqual({ name: 'Zürich', x: 2 });
  });

  test('gzip, whatever the name says', async () => {
    const packed = gzipSync('a,b\n1,2\n3,4\n');
    for (const name of ['z.csv.gz', 'z.csv']) expect((await read(file(name, packed))).frame.rows).toBe(2);
  });

  test('a glob reads its files in order, and columns that differ are an error', async () => {
    const own = join(folder, 'many');
    mkdirSync(own);
    writeFileSync(join(own, 'b.csv'), 'x,y\n3,c\n');
    writeFileSync(join(own, 'a.csv'), 'x,y\n1,a\n2,b\n');
    const result = await read(join(own, '*.csv'));
    expect(rows(result.frame).map((row) => row['x'])).toEqual([1, 2, 3]);
    expect(result.snapshot.files.map((each) => each.path)).toEqual([join(own, 'a.csv'), join(own, 'b.csv')]);
    writeFileSync(join(own, 'c.csv'), 'x,z\n3,c\n');
    expect(await codeOf(read(join(own, '*.csv')))).toBe('MW_INGEST_COLUMNS_DIFFER');
  });

  test('a name with glob characters in it is a name', async () => {
    expect((await read(file('data[1]*.csv', 'a,b\n1,2\n'))).frame.rows).toBe(1);
  });

  test('only declared columns are read, in the declared order', async () => {
    const result = await read(file('w.csv', 'a,b,c\nnot a number,1,x\n,2,y\n'), {
      contract: contract({ c: 'string', b: 'integer' }),
    });
    expect(rows(result.frame)).toEqual([
      { c: 'x', b: 1 },
      { c: 'y', b: 2 },
    ]);
  });

  test('columns of a file without header are declared by position or all together', async () => {
    const path = file('n.csv', '1,x,2.5\n2,y,3.5\n');
    expect(rows((await read(path, { contract: contract({ c2: 'number' }) })).frame)).toEqual([{ c2: 2.5 }, { c2: 3.5 }]);
    const named = await read(path, { contract: contract({ id: 'integer', name: 'string', size: 'number' }) });
    expect(rowAt(named.frame, 1)).toEqual({ id: 2, name: 'y', size: 3.5 });
    expect(await codeOf(read(path, { contract: contract({ id: 'integer', name: 'string' }) }))).toBe(
      'MW_INGEST_COLUMN_MISSING',
    );
  });

  test('long natural language is text, few texts are categories', async () => {
    const lines = Array.from({ length: 120 }, (_, i) => `${i % 2 ? 'pos' : 'neg'},this film number ${i} was a very long one`);
    const result = await read(file('t.csv', `label,review\n${lines.join('\n')}\n`));
    expect(types(result.columns)).toEqual({ label: 'category', review: 'text' });
    expect(result.columns['label']?.categories).toEqual(['neg', 'pos']);
  });
});

describe('rows that cannot be read come back with line, text and reason', () => {
  test('ragged rows, unparsable values and unclosed quotes', async () => {
    const path = file(
      'bad.csv',
      'a,b,c\n1,x,2001-01-01\n2,y\n3,z,2001-01-02,more\nfour,u,2001-01-03\n5,v,2001-02-31\n6,w,2001-01-04\n',
    );
    const result = await read(path, { contract: contract({ a: 'integer', b: 'string', c: 'timestamp' }) });
    expect(rows(result.frame).map((row) => row['a'])).toEqual([1, 6]);
    expect(result.rejected.map(({ line, raw }) => ({ line, raw }))).toEqual([
      { line: 3, raw: '2,y' },
      { line: 4, raw: '3,z,2001-01-02,more' },
      { line: 5, raw: 'four,u,2001-01-03' },
      { line: 6, raw: '5,v,2001-02-31' },
    ]);
    expect(result.rejected[2]?.reason).toContain('four');
    expect(result.rejected[3]?.reason).toBe("c is '2001-02-31', not an ISO 8601 moment or epoch milliseconds.");
    expect(result.rejected.every((row) => row.file === path)).toBe(true);
  });

  test('fractions, integers beyond 2^53 and infinite numbers', async () => {
    const result = await read(file('inf.csv', 'a,b\n1,1.5\n1.5,2\n3,inf\n9007199254740993,1\n-4,-Infinity\n6,7\n'), {
      contract: contract({ a: 'integer', b: 'number' }),
    });
    expect(rows(result.frame)).toEqual([
      { a: 1, b: 1.5 },
      { a: 6, b: 7 },
    ]);
    expect(result.rejected.map((row) => row.reason)).toEqual([
      "a is '1.5', not a whole number.",
      "b is 'inf', not a number.",
      'a is 9007199254740993, not exact as an integer.',
      "b is '-Infinity', not a number.",
    ]);
    expect(result.rejected.map((row) => row.row)).toEqual([2, 3, 4, 5]);
  });

  test('a few texts among many numbers are rejected with a warning; a real mixture is a string', async () => {
    const lines = Array.from({ length: 400 }, (_, i) => (i === 300 ? 'oops' : String(i)));
    const few = await read(file('few.csv', `n,m\n${lines.map((line, i) => `${line},${i}`).join('\n')}\n`));
    expect(types(few.columns)).toMatchObject({ n: 'integer' });
    expect(few.frame.rows).toBe(399);
    expect(few.rejected).toMatchObject([{ line: 302, raw: 'oops,300' }]);
    expect(few.warnings).toEqual([
      "Column 'n' is read as integer: 1 of 400 values are not, and their rows are rejected: 'oops' (1 row). Name those that mean missing with --missing.",
    ]);
    const mixed = await read(file('mixed.csv', 'n,m\n1,1\nx,2\n3,3\ny,4\n'));
    expect(types(mixed.columns)).toMatchObject({ n: 'string', m: 'integer' });
    expect(mixed.frame.rows).toBe(4);
  });

  test('bytes that are not UTF-8 in a file declared to be', async () => {
    const path = file(
      'u.csv',
      Buffer.concat([Buffer.from('a,b\nfine,1\n'), Buffer.from([0xff, 0xfe, 0xe9]), Buffer.from(',2\nok,3\n')]),
    );
    const result = await read(path, { options: { encoding: 'utf-8' } });
    expect(rows(result.frame).map((row) => row['b'])).toEqual([1, 3]);
    expect(result.rejected).toMatchObject([{ line: 3 }]);
    expect(result.rejected[0]?.reason).toMatch(/utf-8/i);
  });

  test('a decimal comma is read', async () => {
    const path = file('comma.csv', 'x;y\n1,5;1\n2,25;2\n3,75;3\n');
    const found = await read(path);
    expect(types(found.columns)).toEqual({ x: 'number', y: 'integer' });
    expect(found.columns['x']?.reads).toEqual({ decimal: ',' });
    expect(rows(found.frame).map((row) => row['x'])).toEqual([1.5, 2.25, 3.75]);
    expect(await codeOf(read(path, { contract: contract({ x: 'number', y: 'integer' }) }))).toBe('MW_INGEST_ALL_ROWS_REJECTED');
  });

  test('rows with a NUL byte', async () => {
    const result = await read(file('nul.csv', 'a,b\nx,1\ny\0z,2\nw,3\n'));
    expect(rows(result.frame).map((row) => row['a'])).toEqual(['x', 'w']);
    expect(result.rejected).toMatchObject([{ row: 2, reason: 'a holds a NUL character.' }]);
  });

  test('JSON lines', async () => {
    const path = file(
      'x.jsonl',
      '{"a": 1, "b": "x"}\n\n{"a": "foo", "b": "y"}\n[1]\n{"a": 4,\n{"a": 5.0, "b": null, "c": {"d": [1]}}\n',
    );
    const result = await read(path, { contract: contract({ a: 'integer', b: 'string', c: 'string' }) });
    expect(rows(result.frame)).toEqual([
      { a: 1, b: 'x', c: null },
      { a: 5, b: null, c: '{"d":[1]}' },
    ]);
    expect(result.rejected.map(({ line, raw, reason }) => ({ line, raw, reason }))).toEqual([
      { line: 4, raw: '[1]', reason: 'This is JSON, but not an object.' },
      { line: 5, raw: '{"a": 4,', reason: 'This is not well-formed JSON.' },
      { line: 3, raw: '{"a": "foo", "b": "y"}', reason: "a is 'foo', not a whole number." },
    ]);
  });
});

describe('other formats', () => {
  const expected = [
    { id: 1, at: Date.UTC(2020, 0, 2, 3, 4, 5), name: 'a', x: 0.5, ok: true },
    { id: 2, at: null, name: null, x: null, ok: null },
  ];

  test('JSON array', async () => {
    const path = file(
      'x.json',
      JSON.stringify([{ id: 1, at: '2020-01-02T03:04:05Z', name: 'a', x: 0.5, ok: true }, { id: 2 }]),
    );
    const result = await read(path);
    expect(result.connector.format).toBe('json');
    expect(rows(result.frame)).toEqual(expected);
  });

  test('JSON lines under the name .json', async () => {
    const path = file('y.json', '{"id": 1}\n{"id": 2}\n');
    expect((await inspectFile(path)).connector.format).toBe('jsonl');
  });

  test('Parquet, with its wide types', async () => {
    const path = join(folder, 'x.parquet');
    await withDatabase((connection) =>
      connection.run(
        `COPY (SELECT * FROM (VALUES
          (1::BIGINT, TIMESTAMPTZ '2020-01-02 05:04:05+02', 'a', 0.5::DECIMAL(9,3), true, 9007199254740993::BIGINT, DATE '1960-05-06', [1,2]),
          (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL)) t(id, "at", name, x, ok, big, day, list)) TO '${path}' (FORMAT parquet)`,
      ),
    );
    const result = await read(path);
    expect(rows(result.frame)).toEqual([
      { ...expected[0], big: '9007199254740993', day: Date.UTC(1960, 4, 6), list: '[1,2]' },
      { ...expected[1], big: null, day: null, list: null },
    ]);
    const declared = await read(path, { contract: contract({ id: 'string', at: 'timestamp', x: 'number' }) });
    expect(rowAt(declared.frame, 0)).toEqual({ id: '1', at: expected[0]?.at, x: 0.5 });
  });

  test.each(['file', 'stream'] as const)('Arrow IPC, the %s form', async (form) => {
    const table = tableFromArrays({ id: [1, 2], name: ['a', null], x: [0.5, null], ok: [true, null] });
    const path = file(form === 'file' ? 'x.arrow' : 'x.arrows', tableToIPC(table, { format: form }) as Uint8Array);
    const result = await read(path);
    expect(rows(result.frame)).toEqual(expected.map(({ id, name, x, ok }) => ({ id, name, x, ok })));
  });

  test('a query of a DuckDB database', async () => {
    const path = join(folder, 'x.duckdb');
    await database(path, ["CREATE TABLE t AS SELECT 1 AS id, 'a' AS name UNION ALL SELECT 2, 'b' ORDER BY id"]);
    const result = await read(path, { options: { query: 'SELECT id * 10 AS ten, name FROM t ORDER BY id DESC;' } });
    expect(rows(result.frame)).toEqual([
      { ten: 20, name: 'b' },
      { ten: 10, name: 'a' },
    ]);
    expect(await codeOf(read(path))).toBe('MW_INGEST_QUERY_MISSING');
    expect(await codeOf(read(path, { options: { query: 'SELECT nothing FROM nowhere' } }))).toBe('MW_INGEST_QUERY_FAILED');
  });
});

describe('bad input is a coded error', () => {
  test.each<[string, () => Promise<unknown>, string]>([
    ['missing file', () => read(join(folder, 'none.csv')), 'MW_INGEST_FILE_MISSING'],
    ['glob without match', () => read(join(folder, 'none*.csv')), 'MW_INGEST_NO_MATCH'],
    ['directory', () => read(folder), 'MW_INGEST_DIRECTORY'],
    ['empty file', () => read(file('e.csv', '')), 'MW_INGEST_FILE_EMPTY'],
    ['empty gzip', () => read(file('e.csv.gz', gzipSync(''))), 'MW_INGEST_FILE_EMPTY'],
    ['header only', () => read(file('h.csv', 'a,b,c\n')), 'MW_INGEST_NO_ROWS'],
    ['header only, declared', () => read(file('h.csv', 'a,b\n'), { contract: contract({ a: 'number' }) }), 'MW_INGEST_NO_ROWS'],
    ['blank lines only', () => read(file('b.csv', '\n\n\n')), 'MW_INGEST_NO_ROWS'],
    ['empty array', () => read(file('e.json', '[]')), 'MW_INGEST_NO_ROWS'],
    ['duplicate columns', () => read(file('d.csv', 'a,b,a\n1,2,3\n')), 'MW_INGEST_COLUMN_DUPLICATE'],
    [
      'missing column',
      () => read(file('m.csv', 'a,b\n1,2\n'), { contract: contract({ a: 'number', bb: 'number' }) }),
      'MW_INGEST_COLUMN_MISSING',
    ],
    [
      'long line',
      () => read(file('l.csv', `a,b\n1,2\n${'x'.repeat(5000)},3\n`), { limits: { maxLineBytes: 1000 } }),
      'MW_INGEST_LINE_TOO_LONG',
    ],
    [
      'truncated gzip',
      () => read(file('t.csv.gz', gzipSync('a,b\n1,2\n'.repeat(5000)).subarray(0, 60))),
      'MW_INGEST_GZIP_DAMAGED',
    ],
    ['Excel', () => read(file('x.xlsx', 'PK\u0003\u0004 and more')), 'MW_INGEST_FORMAT_UNKNOWN'],
    [
      'binary',
      () => read(file('x.bin', Buffer.from(Array.from({ length: 200 }, (_, i) => (i * 7) % 31)))),
      'MW_INGEST_FORMAT_UNKNOWN',
    ],
    ['corrupt Parquet', () => read(file('x.parquet', `PAR1${'?'.repeat(100)}PAR1`)), 'MW_INGEST_FILE_DAMAGED'],
    ['corrupt Arrow', () => read(file('x.arrow', `ARROW1${'?'.repeat(100)}`)), 'MW_INGEST_FILE_DAMAGED'],
    [
      'corrupt DuckDB',
      () => read(file('x.duckdb', 'no database'), { options: { query: 'SELECT 1' } }),
      'MW_INGEST_FILE_DAMAGED',
    ],
    ['malformed JSON', () => read(file('x.json', '[{"a": 1}, {"a": ')), 'MW_INGEST_JSON_MALFORMED'],
    ['only malformed lines', () => read(file('x.jsonl', '{"a": \n{"b"\n')), 'MW_INGEST_ALL_ROWS_REJECTED'],
    ['unknown option', () => read(file('o.csv', 'a\n1\n'), { limits: { maxLineBytes: 1 } }), 'MW_OPTION_INVALID'],
  ])('%s', async (_, work, code) => {
    expect(await codeOf(work())).toBe(code);
  });

  test('a file without the right to read it', async () => {
    const path = file('secret.csv', 'a\n1\n');
    chmodSync(path, 0);
    // Root may read everything, so the test gives that up for a moment.
    const root = process.geteuid?.() === 0;
    chmodSync(folder, 0o755);
    if (root) process.seteuid?.(65534);
    try {
      expect(await codeOf(read(path))).toBe('MW_INGEST_FILE_UNREADABLE');
    } finally {
      if (root) process.seteuid?.(0);
    }
  });

  test('the error names file and line', async () => {
    const path = file('l.csv', `a,b\n1,2\n${'x'.repeat(5000)},3\n`);
    const error = (await read(path, { limits: { maxLineBytes: 1000 } }).catch((thrown: unknown) => thrown)) as MillwrightError;
    expect(error.where).toEqual({ file: path, line: 3 });
  });
});

describe('the snapshot', () => {
  const text = 'at,x\n2001-01-03,1\n1969-12-31,2\n,3\n';
  test('has counts, files and the time range', async () => {
    const path = file('s.csv', text);
    const { snapshot } = await read(path, { time: 'at' });
    expect(snapshot).toMatchObject({
      kind: 'snapshot',
      rows: 3,
      bytes: text.length,
      time: { from: Date.UTC(1969, 11, 31), to: Date.UTC(2001, 0, 3) },
    });
    expect(snapshot.files).toMatchObject([{ path, bytes: text.length }]);
  });

  test('is named by bytes and read options, not by place', async () => {
    const one = (await read(file('s.csv', text))).snapshot.hash;
    expect((await read(file('other.csv', text))).snapshot.hash).toBe(one);
    expect((await read(file('s.csv', text.replace('3\n', '4\n')))).snapshot.hash).not.toBe(one);
    expect((await read(file('s.csv', text), { contract: contract({ at: 'timestamp', x: 'string' }) })).snapshot.hash).not.toBe(
      one,
    );
  });
});

test('all-null columns are missing throughout', async () => {
  const result = await read(file('n.csv', 'a,b,c\n1,,NA\n2,,NA\n3,,\n'));
  expect(rows(result.frame)).toEqual([1, 2, 3].map((a) => ({ a, b: null, c: null })));
  expect(types(result.columns)).toEqual({ a: 'integer', b: 'string?', c: 'string?' });
});

test('a frame of many rows keeps order and dictionary whatever the chunks', async () => {
  const n = 30_000;
  const texts = ['short', 'a text of more than twelve bytes', '', 'münchen', 'exactly12byt'];
  const lines = Array.from({ length: n }, (_, i) => `${i},${texts[i % 5]},key-${i}`);
  const result = await read(file('big.csv', `i,s,k\n${lines.join('\n')}\n`));
  const s = columnOf(result.frame, 's');
  expect(result.frame.rows).toBe(n);
  for (const row of [0, 1, 2, 3, 2047, 2048, 4096, 29_999])
    expect(rowAt(result.frame, row)).toEqual({ i: row, s: texts[row % 5] || null, k: `key-${row}` });
  expect(s.kind === 'string' && s.dictionary).toEqual(texts.filter((text) => text !== ''));
});

test('three million flights of Parquet', async () => {
  const path = fileURLToPath(new URL('../../node_modules/vega-datasets/data/flights-3m.parquet', import.meta.url));
  const { frame: flights, snapshot, columns } = await read(path, { time: 'date' });
  expect(flights.rows).toBe(3_000_000);
  expect(types(columns)).toMatchObject({ date: 'timestamp', delay: 'integer', distance: 'integer', origin: 'string' });
  expect(new Date(snapshot.time?.from ?? 0).toISOString().slice(0, 10)).toBe('2001-01-01');
  expect(new Date(snapshot.time?.to ?? 0).toISOString().slice(0, 10)).toBe('2001-07-01');
  const delay = columnOf(flights, 'delay');
  if (delay.kind !== 'number') throw new Error('delay is a number');
  let late = 0;
  for (const minutes of delay.values) if (minutes >= 15) late++;
  expect(late / flights.rows).toBeCloseTo(0.209, 3);
});
