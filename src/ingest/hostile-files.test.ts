import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { columnFromValues, decimal, tableFromArrays, tableFromColumns, tableToIPC } from '@uwdata/flechette';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { withDatabase } from '../engines/duckdb/database.js';
import { numberType } from '../types/number.js';
import { checkMessages, DamagedArrow } from './arrow/check-messages.js';
import { readSource } from './read-source.js';
import { readFound, TestFiles, valuesOf } from './testing/read-file.js';
import { PlainNumbers } from './text/plain-number.js';

const files = new TestFiles();
afterAll(() => files.remove());
const read = (path: string, limits = {}) =>
  readSource(
    { from: { kind: 'connector', format: null, path, options: {} }, contract: null },
    { baseDir: '.', options: limits },
  );

test('thousands of columns are read; more than the limit are refused', async () => {
  const wide = (n: number) =>
    `${Array.from({ length: n }, (_, i) => `k${i}`).join(',')}\n${`${Array.from({ length: n }, (_, i) => i % 7).join(',')}\n`.repeat(20)}`;
  const found = await read(files.write('w.csv', wide(8000)));
  expect(Object.keys(found.columns)).toHaveLength(8000);
  expect(found.frame.rows).toBe(20);
  await expect(read(files.write('w.csv', wide(200)), { maxColumns: 100 })).rejects.toMatchObject({
    code: 'MW_INGEST_COLUMNS_TOO_MANY',
  });
  const keys = Array.from({ length: 200 }, (_, i) => `{"k${i}": 1}`).join('\n');
  await expect(read(files.write('w.jsonl', keys), { maxColumns: 100 })).rejects.toMatchObject({
    code: 'MW_INGEST_COLUMNS_TOO_MANY',
  });
});

test('what is no plain file is refused', async () => {
  const pipe = join(files.write('folder', 'x'), '..', 'pipe.csv');
  execFileSync('mkfifo', [pipe]);
  await expect(read(pipe)).rejects.toMatchObject({ code: 'MW_INGEST_NOT_A_FILE' });
  await expect(read('/dev/null')).rejects.toMatchObject({ code: 'MW_INGEST_NOT_A_FILE' });
});

test('unpacking has bounds', async () => {
  const packed = gzipSync('a,b\n'.concat('1,2\n'.repeat(50_000)));
  await expect(read(files.write('x.csv.gz', packed), { maxUnpackedBytes: 100_000 })).rejects.toMatchObject({
    code: 'MW_INGEST_UNPACKED_TOO_LARGE',
  });
  const bomb = gzipSync(Buffer.alloc(70 * 1024 * 1024, '1,2\n'));
  await expect(read(files.write('x.csv.gz', bomb))).rejects.toMatchObject({ code: 'MW_INGEST_UNPACKED_TOO_LARGE' });
  await expect(read(files.write('x.csv.gz', gzipSync(packed)))).rejects.toMatchObject({ code: 'MW_INGEST_PACKED_TWICE' });
});

test('an Arrow file with changed bytes is read or refused, and never believed', async () => {
  const table = tableFromArrays({
    id: Array.from({ length: 200 }, (_, i) => i),
    name: Array.from({ length: 200 }, (_, i) => `n${i % 9}`),
    list: Array.from({ length: 200 }, (_, i) => [i, i + 1]),
  });
  for (const format of ['file', 'stream'] as const) {
    const bytes = tableToIPC(table, { format }) as Uint8Array;
    expect(() => checkMessages(bytes)).not.toThrow();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        async (changes) => {
          const damaged = bytes.slice();
          for (const [at, byte] of changes) damaged[at] = byte;
          const outcome = await readFound(files.write('x.arrow', damaged)).catch((error: unknown) => error);
          if (outcome instanceof Error) expect((outcome as { code?: string }).code).toMatch(/^MW_INGEST_/);
        },
      ),
      { numRuns: 100 },
    );
  }
});

test('an Arrow file that claims more rows than it has bytes is refused before they are allocated', () => {
  const bytes = tableToIPC(tableFromArrays({ x: [1, 2, 3] }), { format: 'stream' }) as Uint8Array;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let changed = 0;
  for (let at = 0; at + 8 <= bytes.length; at++)
    if (view.getBigInt64(at, true) === 3n) {
      view.setBigInt64(at, 2_000_000_000n, true);
      changed++;
    }
  expect(changed).toBeGreaterThan(0);
  expect(() => checkMessages(bytes)).toThrow(DamagedArrow);
});

test('exact types keep their digits, or are numbers where doubles hold them all', async () => {
  const path = join(files.write('folder', 'x'), '..', 'exact.parquet');
  await withDatabase((connection) =>
    connection.run(
      `COPY (SELECT * FROM (VALUES
        (12345678901234567890::DECIMAL(38,0), 1.5::DECIMAL(30,2), 170141183460469231731687303715884105727::HUGEINT, 9007199254740993::BIGINT, 0.1::DECIMAL(18,1)),
        (2, 2.25, 1, 2, 99999999999999.9)) t(id, price, huge, big, tenth)) TO '${path}' (FORMAT parquet)`,
    ),
  );
  const found = await readFound(path);
  expect(valuesOf(found, 'id')).toEqual(['12345678901234567890', '2']);
  expect(valuesOf(found, 'price')).toEqual([1.5, 2.25]);
  expect(valuesOf(found, 'big')).toEqual(['9007199254740993', '2']);
  expect(valuesOf(found, 'tenth')).toEqual([0.1, 99_999_999_999_999.9]);
  const ids = columnFromValues([12345678901234567890n, 2n], decimal(38, 0, 128));
  const prices = columnFromValues([150n, 225n], decimal(30, 2, 128));
  const arrow = await readFound(
    files.write('x.arrow', tableToIPC(tableFromColumns({ ids, prices }), { format: 'file' }) as Uint8Array),
  );
  expect(valuesOf(arrow, 'ids')).toEqual(['12345678901234567890', '2']);
  expect(valuesOf(arrow, 'prices')).toEqual([1.5, 2.25]);
});

test('the fast way to read plain numbers reads what the one reading reads', () => {
  const { text } = numberType.compile({}, new Set());
  const digits = fc.string({ unit: fc.constantFrom(...'0123456789.-+e'), minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(fc.oneof(digits, fc.double().map(String), fc.integer().map(String)), (given) => {
      const bytes = Buffer.from(given);
      const value = new PlainNumbers().read(bytes, 0, bytes.length);
      if (value === value) expect(value).toBe(text(given));
    }),
    { numRuns: 5000 },
  );
});

test('SQL of a query over a database reads nothing outside it', async () => {
  const path = join(files.write('folder', 'x'), '..', 'x.duckdb');
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  await connection.run('CREATE TABLE t AS SELECT 1 AS id');
  connection.closeSync();
  instance.closeSync();
  const query = (text: string) => readFound(path, { options: { query: text } });
  expect((await query('SELECT * FROM t')).frame.rows).toBe(1);
  for (const text of ["SELECT * FROM read_text('/etc/hostname')", "SELECT * FROM read_csv('http://127.0.0.1:9/x.csv')"])
    await expect(query(text)).rejects.toMatchObject({ code: 'MW_INGEST_QUERY_FAILED' });
});
