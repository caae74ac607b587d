import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Column, columnFrom } from '../../frame/column.js';
import { type Frame, frame, rowAt } from '../../frame/frame.js';
import { databaseMessage, rowsOf, withDatabase } from './database.js';
import { registerFrame } from './from-frame.js';
import { identifier, textLiteral } from './quote.js';
import { frameOf } from './to-frame.js';

const rows = (table: Frame) => Array.from({ length: table.rows }, (_, row) => rowAt(table, row));

test('a frame comes back from the database as it went in', async () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 20 }),
    fc.constantFrom('exactly12byt', 'thirteenbytes', 'münchen', "it's"),
  );
  const row = fc.record({
    n: fc.option(fc.double({ noNaN: true })),
    t: fc.option(fc.integer({ min: -2_000_000_000_000, max: 4_000_000_000_000 })),
    b: fc.option(fc.boolean()),
    s: fc.option(text.filter((each) => !each.includes('\0'))),
  });
  await withDatabase(async (connection) => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 50 }), async (list) => {
        const kinds = { n: 'number', t: 'timestamp', b: 'boolean', s: 'string' } as const;
        const columns = Object.entries(kinds).map(([name, kind]): [string, Column] => [
          name,
          columnFrom(
            kind,
            list.map((each) => each[name as 'n']),
          ),
        ]);
        const given = frame(Object.fromEntries(columns), list.length);
        const name = `rows ${run++}`;
        await registerFrame(connection, name, given);
        const back = await frameOf(connection, `SELECT n, t, b, s FROM ${identifier(name)} ORDER BY row_id`);
        expect(rows(back)).toEqual(rows(given));
      }),
      { seed: 11, numRuns: 40 },
    );
  });
});

test('long frames keep their order over many chunks, and row_id counts them', async () => {
  const n = 10_000;
  const given = frame({
    i: columnFrom(
      'number',
      Array.from({ length: n }, (_, i) => i),
    ),
    key: columnFrom(
      'string',
      Array.from({ length: n }, (_, i) => (i % 3 === 0 ? `k${i % 7000}` : `a longer key number ${i}`)),
    ),
  });
  await withDatabase(async (connection) => {
    await registerFrame(connection, 'rows', given);
    const back = await frameOf(connection, 'SELECT row_id, i, key FROM rows ORDER BY row_id');
    expect(rows(back)).toEqual(rows(given).map((row, i) => ({ row_id: i, ...row })));
    const key = back.columns['key'];
    if (key?.kind !== 'string') throw new Error('key is a string');
    expect(new Set(key.dictionary).size).toBe(key.dictionary.length);
  });
});

test('types of the database become the kinds of frames', async () => {
  await withDatabase(async (connection) => {
    const table = await frameOf(
      connection,
      `SELECT 1::TINYINT AS tiny, 2::UBIGINT AS wide, 9007199254740993::BIGINT AS inexact, 1.25::DECIMAL(38, 2) AS price, 0.5::FLOAT AS half,
        TIMESTAMP_NS '1969-12-31 23:59:59.5' AS ns, TIMESTAMPTZ '2020-01-01 00:00:00+05:30' AS tz, DATE '1582-10-15' AS day,
        'infinity'::TIMESTAMP AS never, TIME '10:00' AS time, {'a': 1} AS struct, 'x'::ENUM('x', 'y') AS enum, NULL AS nothing,
        'a9c1e0b2-0000-4000-8000-000000000001'::UUID AS uuid`,
    );
    expect(rowAt(table, 0)).toEqual({
      tiny: 1,
      wide: 2,
      inexact: '9007199254740993',
      price: 1.25,
      half: 0.5,
      ns: -500,
      tz: Date.UTC(2019, 11, 31, 18, 30),
      day: Date.UTC(1582, 9, 15),
      never: null,
      time: '10:00:00',
      struct: '{"a":1}',
      enum: 'x',
      nothing: null,
      uuid: 'a9c1e0b2-0000-4000-8000-000000000001',
    });
  });
});

test('an empty result is an empty frame', async () => {
  await withDatabase(async (connection) => {
    const table = await frameOf(connection, "SELECT 1 AS a, 'x' AS b WHERE false");
    expect(table.rows).toBe(0);
    expect(Object.keys(table.columns)).toEqual(['a', 'b']);
  });
});

test('names and texts are quoted', async () => {
  await withDatabase(async (connection) => {
    const odd = `a "quoted" 'name'; --`;
    expect(await rowsOf(connection, `SELECT ${textLiteral(odd)} AS ${identifier(odd)}`)).toEqual([[odd]]);
  });
  expect(databaseMessage(new Error('Parser Error: syntax error\nLINE 1: ...'))).toBe('syntax error');
});
