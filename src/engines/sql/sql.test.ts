import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Random, random } from '../../base/random.js';
import { type ColumnKind, columnFrom, columnLength, type Scalar, valueAt } from '../../frame/column.js';
import { compileRow, compileRows, kindsOf } from '../../frame/compile-expression.js';
import { call, column, type Expression, literal, OPERATIONS, type Operation } from '../../frame/expression.js';
import { type Frame, frame, rowAt } from '../../frame/frame.js';
import { naiveWindows } from '../../frame/windows/testing/naive.js';
import { CASE_KEYS, windowCase } from '../../frame/windows/testing/window-cases.js';
import { duckdb } from './duckdb.js';
import { emitExpression } from './emit-expression.js';
import { emitViewSql } from './emit-view.js';

let connection: DuckDBConnection;
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect();
});
afterAll(() => connection.closeSync());

const TYPES = { number: 'DOUBLE', timestamp: 'TIMESTAMP', boolean: 'BOOLEAN', string: 'VARCHAR' } as const;

function stored(kind: ColumnKind, value: Scalar): string {
  if (value === null) return 'NULL';
  if (kind === 'string') return duckdb.quoteText(value as string);
  if (kind === 'boolean') return String(value);
  return kind === 'number' ? duckdb.number(value as number) : `make_timestamp(${Math.round((value as number) * 1000)})`;
}

async function store(name: string, table: Frame): Promise<void> {
  const columns = Object.entries(table.columns);
  await connection.run(
    `CREATE OR REPLACE TABLE ${name} (${columns.map(([key, { kind }]) => `${duckdb.quoteName(key)} ${TYPES[kind]}`).join(', ')})`,
  );
  const rows = Array.from(
    { length: table.rows },
    (_, row) => `(${columns.map(([, values]) => stored(values.kind, valueAt(values, row))).join(', ')})`,
  );
  if (rows.length) await connection.run(`INSERT INTO ${name} VALUES ${rows.join(', ')}`);
}

async function query(sql: string): Promise<unknown[][]> {
  return (await connection.runAndReadAll(sql)).getRows();
}

const NUMBERS = [
  0,
  -0,
  1,
  -1,
  2,
  0.1,
  0.5,
  -2.5,
  3,
  7,
  1e-7,
  1e15,
  2 ** 53,
  1e300,
  -1e300,
  5e-324,
  15,
  1 / 3,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
];
const TEXTS = [
  '',
  'a',
  'A',
  'ab',
  'Ab',
  'b',
  '12',
  '-1.5',
  '1e3',
  '1e999',
  ' 1',
  '0x10',
  '.5',
  '5.',
  'ÄÖ',
  'Σας',
  'İ',
  '\u{1F600}',
  '\uFFFD',
  "it's",
  'true',
  'ß',
  '\u{10400}',
];
const MOMENTS = [
  0, -1, 1, 0.5, -0.5, 951_782_400_000, 991_353_600_000.125, 991_353_599_999, -86_400_000, 253_402_300_799_999,
  -62_135_596_800_000, 1e12,
];
const POOLS: Readonly<Record<ColumnKind, readonly Scalar[]>> = {
  number: NUMBERS,
  string: TEXTS,
  timestamp: MOMENTS,
  boolean: [true, false],
};
const KINDS = ['number', 'string', 'timestamp', 'boolean'] as const;

const pick = <T>(source: Random, from: readonly T[]): T => from[source.below(from.length)];
const valueOf = (source: Random, kind: ColumnKind): Scalar => (source.below(6) === 0 ? null : pick(source, POOLS[kind]));

/** Operations by the kind they give, with the kinds they take. */
const FORMS: Readonly<Record<ColumnKind, readonly (readonly [Operation, ...ColumnKind[]])[]>> = {
  number: [
    ['plus', 'number', 'number'],
    ['minus', 'number', 'number'],
    ['minus', 'timestamp', 'timestamp'],
    ['times', 'number', 'number'],
    ['div', 'number', 'number'],
    ['negate', 'number'],
    ['abs', 'number'],
    ['sqrt', 'number'],
    ['floor', 'number'],
    ['min', 'number', 'number'],
    ['max', 'number', 'number'],
    ['coalesce', 'number', 'number'],
    ['if', 'boolean', 'number', 'number'],
    ['number', 'boolean'],
    ['number', 'string'],
    ['number', 'number'],
    ['number', 'timestamp'],
    ['hourOf', 'timestamp'],
    ['weekdayOf', 'timestamp'],
    ['dayOf', 'timestamp'],
    ['monthOf', 'timestamp'],
    ['length', 'string'],
  ],
  boolean: [
    ...(['eq', 'ne'] as const).flatMap((op) => KINDS.map((kind) => [op, kind, kind] as const)),
    ...(['lt', 'lte', 'gt', 'gte'] as const).flatMap((op) =>
      (['number', 'string', 'timestamp'] as const).map((kind) => [op, kind, kind] as const),
    ),
    ['and', 'boolean', 'boolean'],
    ['or', 'boolean', 'boolean'],
    ['not', 'boolean'],
    ...KINDS.map((kind) => ['isMissing', kind] as const),
    ...(['number', 'string'] as const).map((kind) => ['oneOf', kind] as const),
    ['coalesce', 'boolean', 'boolean'],
    ['if', 'boolean', 'boolean', 'boolean'],
    ['contains', 'string', 'string'],
  ],
  timestamp: [
    ['plus', 'timestamp', 'number'],
    ['minus', 'timestamp', 'number'],
    ['coalesce', 'timestamp', 'timestamp'],
    ['if', 'boolean', 'timestamp', 'timestamp'],
  ],
  string: [
    ['lower', 'string'],
    ['text', 'string', 'string'],
    ['text', 'string', 'boolean', 'string'],
    ['coalesce', 'string', 'string'],
    ['if', 'boolean', 'string', 'string'],
  ],
};

function randomExpression(source: Random, kind: ColumnKind, depth: number): Expression {
  if (depth === 0 || source.below(6) === 0)
    return source.below(4) === 0 ? literal(valueOf(source, kind), kind) : column(`${kind} ${source.below(2)}`);
  const [op, ...takes] = pick(source, FORMS[kind]);
  const args = takes.map((take) => randomExpression(source, take, depth - 1));
  const among =
    op === 'oneOf' ? Array.from({ length: source.below(10) }, () => literal(pick(source, POOLS[takes[0]]), takes[0])) : [];
  return call(op, ...args, ...among);
}

function randomTable(source: Random, rows: number): Frame {
  return frame(
    Object.fromEntries(
      KINDS.flatMap((kind) =>
        [0, 1].map((i) => [
          `${kind} ${i}`,
          columnFrom(
            kind,
            Array.from({ length: rows }, () => valueOf(source, kind)),
          ),
        ]),
      ),
    ),
  );
}

describe('emitExpression', () => {
  it('covers every operation', () => {
    const covered = new Set(Object.values(FORMS).flatMap((forms) => forms.map(([op]) => op)));
    expect(Object.keys(OPERATIONS).filter((op) => !covered.has(op as Operation))).toEqual(['log']);
  });

  it('gives on DuckDB what compileRows and compileRow give, row by row', async () => {
    const source = random(2024);
    for (let run = 0; run < 25; run++) {
      const table = randomTable(source, 40);
      await store('random_rows', table);
      const kinds = kindsOf(table);
      const expressions = Array.from({ length: 16 }, (_, i) => randomExpression(source, KINDS[i % 4], 3));
      const sql = expressions.map((expression, i) => `${emitExpression(expression, kinds, duckdb)} AS e${i}`);
      const found = await query(`SELECT ${sql.join(', ')} FROM random_rows ORDER BY rowid`);
      for (const [i, expression] of expressions.entries()) {
        const batch = compileRows(expression, kinds)(table);
        const single = compileRow(expression, kinds);
        expect(columnLength(batch)).toBe(table.rows);
        for (let row = 0; row < table.rows; row++) {
          const what = `${JSON.stringify(expression)} of ${JSON.stringify(rowAt(table, row))}`;
          const value = valueAt(batch, row);
          expect(single(rowAt(table, row)), what).toBe(value);
          const other = found[row][i];
          expect(other === value || (other === 0 && value === 0), `${what}: SQL ${other}, not ${value}`).toBe(true);
        }
      }
    }
  });

  it('takes logarithms to the last digit but one', async () => {
    const values = Float64Array.from({ length: 300 }, (_, i) => (i - 20) ** 3 / 7);
    const table = frame({ x: { kind: 'number', values } });
    await store('logs', table);
    const log = call('log', column('x'));
    const found = await query(`SELECT ${emitExpression(log, { x: 'number' }, duckdb)} FROM logs ORDER BY rowid`);
    const batch = compileRows(log)(table);
    for (let row = 0; row < table.rows; row++) {
      const value = valueAt(batch, row);
      if (value === null) expect(found[row][0]).toBeNull();
      else
        expect(Math.abs((found[row][0] as number) - (value as number))).toBeLessThanOrEqual(
          Math.abs(value as number) * 2 ** -51,
        );
    }
  });

  it('agrees on every letter in lower case and on lengths', async () => {
    const letters: string[] = [];
    for (let point = 1; point < 0x600; point++) letters.push(String.fromCodePoint(point));
    const table = frame({ x: columnFrom('string', letters) });
    await store('letters', table);
    const lower = call('lower', column('x'));
    const found = await query(`SELECT ${emitExpression(lower, { x: 'string' }, duckdb)} FROM letters ORDER BY rowid`);
    const batch = compileRows(lower)(table);
    expect(found.map(([value]) => value)).toEqual(letters.map((_, row) => valueAt(batch, row)));
  });
});

describe('emitViewSql', () => {
  it('audits the windows: the same features from a plain join in SQL', async () => {
    for (let seed = 0; seed < 12; seed++) {
      const { view, events, spine } = windowCase(seed);
      await store('events', events);
      await store('spine', spine);
      for (const keys of CASE_KEYS) {
        const sql = emitViewSql(
          { ...view, by: keys.map((name) => ({ column: name, request: name })) },
          { table: 'events', kinds: kindsOf(events), time: 'time', availableAt: column('available') },
          { table: 'spine', kinds: kindsOf(spine), at: 'at' },
          duckdb,
        );
        const found = await query(sql);
        const wanted = naiveWindows(view, keys, events, spine);
        expect(found.length).toBe(spine.rows);
        const features = view.aggregates.flatMap((one) => one.windows.map((window) => window.feature));
        features.forEach((feature, f) => {
          for (let row = 0; row < spine.rows; row++) {
            const value = (found[row][f] as number | null) ?? Number.NaN;
            const same = Math.abs(value - wanted[f][row]) <= (feature.startsWith('variance') ? 1e-9 : 0);
            expect(
              same || (Number.isNaN(value) && Number.isNaN(wanted[f][row])),
              `seed ${seed} [${keys}] ${feature} row ${row}: ${value}, not ${wanted[f][row]}`,
            ).toBe(true);
          }
        });
      }
    }
  });
});
