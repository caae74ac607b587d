import { join } from 'node:path';
import { columnFromArray, tableFromArrays, tableFromColumns, tableToIPC } from '@uwdata/flechette';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { withDatabase } from '../engines/duckdb/database.js';
import { registerFrame } from '../engines/duckdb/from-frame.js';
import { frameOf } from '../engines/duckdb/to-frame.js';
import type { Column } from '../frame/column.js';
import { frame } from '../frame/frame.js';
import { readFound, TestFiles, valuesOf } from './testing/read-file.js';
import { writeTable } from './write-table.js';

const files = new TestFiles();
afterAll(() => files.remove());

const HOSTILE = [
  '__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', 'rate', 'Rate', 'RATE', 'row_id', 'c0', 'c1', '"', "'", 'a"b', 'a;b',
  'a,b', 'size\nin cm', 'größe', 'GRÖSSE', 'select', 'x -- y', "'); DROP TABLE x; --", '{}', '[0]', '$.a', '\\', '😀', 'a b', '%s',
]; // biome-ignore format: a list of words
const names = fc
  .uniqueArray(fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ minLength: 1, maxLength: 8 })), {
    minLength: 1,
    maxLength: 6,
    selector: (name) => name.trim(),
  })
  .map((all) => all.map((name) => name.trim()).filter((name) => name !== '' && !name.includes('\0')))
  .filter((all) => all.length > 0);

/** What a name such as '-', '12' or '# a' would leave in doubt: how a file is written is found in real-files.test.ts. */
const DIALECT = { delimiter: ',', quote: '"', header: true, comment: '', skip: 0 };
const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
/** The value of a row in a column: no two columns have the same ones. */
const value = (row: number, column: number) => (column + 1) * 1000 + row + 0.5;
const ROWS = 5;
const expected = (column: number) => Array.from({ length: ROWS }, (_, row) => value(row, column));
const columnsOf = (given: readonly string[]) =>
  Object.fromEntries(given.map((name, i) => [name, { kind: 'number', values: Float64Array.from(expected(i)) } as Column]));

describe('any name is a column of its own', () => {
  const holds = (write: (given: readonly string[]) => Promise<string>) =>
    fc.assert(
      fc.asyncProperty(names, async (given) => {
        const path = await write(given);
        const found = await readFound(path, path.endsWith('.csv') ? { options: DIALECT } : {});
        expect(new Set(Object.keys(found.frame.columns))).toEqual(new Set(given));
        given.forEach((name, i) => expect(valuesOf(found, name)).toEqual(expected(i)));
      }),
      { numRuns: 40, examples: [[['rate', 'Rate', 'RATE']], [['__proto__', 'toString']], [['c1', 'c0']]] },
    );
  const rows = (of: (row: number) => string) => Array.from({ length: ROWS }, (_, row) => of(row));
  const entries = (given: readonly string[], row: number) =>
    `{${given.map((name, i) => `${JSON.stringify(name)}:${value(row, i)}`).join(',')}}`;

  test('CSV', () =>
    holds(async (given) =>
      files.write(
        'x.csv',
        [given.map(quoted).join(','), ...rows((row) => given.map((_, i) => value(row, i)).join(','))].join('\n'),
      ),
    ));
  test('JSON lines', () => holds(async (given) => files.write('x.jsonl', rows((row) => entries(given, row)).join('\n'))));
  test('JSON', () => holds(async (given) => files.write('x.json', `[${rows((row) => entries(given, row)).join(',')}]`)));
  test('Arrow', () =>
    holds(async (given) => {
      const columns = given.map((name, i) => [name, columnFromArray(Float64Array.from(expected(i)))] as [string, never]);
      return files.write('x.arrow', tableToIPC(tableFromColumns(columns), { format: 'file' }) as Uint8Array);
    }));
  test('what is written comes back', async () => {
    for (const ending of ['csv', 'jsonl'])
      await holds(async (given) => {
        const path = join(files.write('folder', 'x'), '..', `out.${ending}`);
        await writeTable(frame(columnsOf(given), ROWS), path);
        return path;
      });
  });
});

test('Parquet: names that differ are written and come back, names that differ only in case are refused', async () => {
  await fc.assert(
    fc.asyncProperty(names, async (given) => {
      const path = join(files.write('folder', 'x'), '..', 'out.parquet');
      const twins = new Set(given.map((name) => name.toLowerCase())).size < given.length;
      const done = writeTable(frame(columnsOf(given), ROWS), path);
      if (twins) {
        await expect(done).rejects.toMatchObject({ code: 'MW_INGEST_UNWRITABLE' });
        return;
      }
      await done;
      const found = await readFound(path);
      given.forEach((name, i) => expect(valuesOf(found, name)).toEqual(expected(i)));
    }),
    { numRuns: 15, examples: [[['rate', 'Rate']], [['__proto__', 'row_id', 'select']]] },
  );
});

test('a frame in SQL keeps its columns apart', () =>
  fc.assert(
    fc.asyncProperty(names, async (given) => {
      const back = await withDatabase(async (connection) => {
        await registerFrame(connection, 'rows', frame(columnsOf(given), ROWS));
        return frameOf(connection, 'SELECT * EXCLUDE (row_id) FROM rows ORDER BY row_id');
      });
      expect(Object.values(back.columns).map((column) => [...(column.kind === 'number' ? column.values : [])])).toEqual(
        Object.values(columnsOf(given)).map((column) => [...(column.kind === 'number' ? column.values : [])]),
      );
    }),
    { numRuns: 15 },
  ));

test('keys that come late or alternate in case', async () => {
  const path = files.write(
    'x.jsonl',
    '{"userUPN": 9, "paid": 1}\n{"userUpn": 5, "paid": 1}\n{"userUPN": 7, "paid": 0, "late": "x"}\n',
  );
  const found = await readFound(path);
  expect(valuesOf(found, 'userUPN')).toEqual([9, null, 7]);
  expect(valuesOf(found, 'userUpn')).toEqual([null, 5, null]);
  expect(valuesOf(found, 'late')).toEqual([null, null, 'x']);
});

test.each<[string, string]>([
  ['an empty key', '{"": 1, "y": 2}\n'],
  ['a key with a NUL character', '{"a\\u0000b": 1, "y": 2}\n'],
])('%s is refused', async (_, text) => {
  await expect(readFound(files.write('x.jsonl', text))).rejects.toMatchObject({ code: 'MW_INGEST_COLUMN_NAME' });
});

test('an Arrow field without a name is refused', async () => {
  const table = tableFromArrays({ a: [1, 2], b: ['x', 'y'] });
  (table.schema.fields[1] as { name: string | null }).name = null;
  const path = files.write('nameless.arrow', tableToIPC(table, { format: 'file' }) as Uint8Array);
  await expect(readFound(path)).rejects.toMatchObject({ code: 'MW_INGEST_COLUMN_NAME' });
});
