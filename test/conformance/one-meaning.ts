import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SimulatedClock } from '../../src/base/clock.js';
import { type Random, random } from '../../src/base/random.js';
import { client } from '../../src/client.js';
import { requestCheck } from '../../src/contract/request-check.js';
import { col, csv, labelFrom, linear, requestFrom, source, system } from '../../src/define/language.js';
import type { ColumnPlan, SystemPlan } from '../../src/define/plan.js';
import type { System } from '../../src/define/system.js';
import { compileFeatureRow } from '../../src/features/feature-row.js';
import { loadPipeline } from '../../src/pipeline/make-pipeline.js';
import { moduleOf } from '../../src/run/export/module-file.js';
import { planOf } from '../../src/run/resolve-system.js';
import { scoreFile } from '../../src/run/score-file.js';
import { type Listening, serveRegistered } from '../../src/run/serve-registered.js';
import { trainSystem } from '../../src/run/train-system.js';
import { openWorkspace, type Workspace } from '../../src/run/workspace.js';
import type { Answer } from '../../src/serve/predict.js';
import { predictRows } from '../../src/serve/predict.js';
import { openOnlineStore } from '../../src/store/online/durable.js';
import { kindOfType } from '../../src/types/catalogue.js';

export type Row = Readonly<Record<string, unknown>>;

/** What became of a row: its prediction with what is odd about it, or the first reason that it was refused for. */
export type Meaning =
  | { readonly prediction: unknown; readonly probability: unknown; readonly warnings: readonly string[] }
  | { readonly refused: string };

const NOW = Date.UTC(2024, 5, 1);

/** Columns of all types, some written in their own way; two names differ in case alone. */
export function oddTablePlan(): SystemPlan {
  const rows = source('rows', {
    from: csv('rows.csv', { missing: ['NA', '-999'] }),
    columns: {
      id: col.string(),
      amount: col.number(),
      Amount: col.number({ missing: ['?'] }),
      price: col.number({ decimal: ',', group: '.', unit: '€' }),
      count: col.integer(),
      share: col.number({ unit: '%' }).required(),
      flag: col.boolean(),
      at: col.timestamp({ missing: ['0000-00-00'] }),
      day: col.timestamp({ dates: 'dmy' }),
      stamp: col.timestamp({ dates: 'compact' }),
      region: col.category(['EMEA', 'APAC', 'NA', 'caf\u00e9']),
      town: col.string(),
      note: col.text(),
      y: col.number(),
    },
    expect: (is) => [
      is.between('amount', -1e6, 1e6, { onFail: 'warn' }),
      is.between('count', 0, 1e9, { onFail: 'quarantine' }),
      is.matches('town', '^[^<]*$', { onFail: 'quarantine' }),
      is.holds('amount is not 13', (r) => r.amount.ne(13), { onFail: 'quarantine' }),
    ],
  });
  const names = [
    'amount',
    'Amount',
    'price',
    'count',
    'share',
    'flag',
    'at',
    'day',
    'stamp',
    'region',
    'town',
    'note',
  ] as const;
  const asked = requestFrom(rows, names, {
    features: ['amount', 'Amount', 'price', 'count', 'share', 'flag', 'region', 'town', 'note'],
    derive: (r) => ({
      hour: r.at.hour(),
      apart: r.at.minus(r.day),
      since: r.stamp.minus(r.at),
      month: r.day.month(),
      twins: r.amount.minus(r.Amount),
      long: r.note.length(),
    }),
  });
  return system('odd-table', {
    problem: { kind: 'regression' },
    features: asked,
    label: labelFrom(rows, (r) => r.y),
    train: {
      split: { by: 'random', test: 0.2, validation: 0.2 },
      candidates: [linear({ l2: 0.1 })],
      search: { by: 'rmse', trials: 1, seed: 5 },
    },
  }).plan;
}

const TOWNS = ['Bern', 'bern', 'Z\u00fcrich', 'Zu\u0308rich', 'Oslo', 'a "quoted" one', 'two\nlines', 'semi;colon, comma'];
const TYPES: Readonly<Record<string, (draw: Random) => unknown>> = {
  amount: (draw) => Math.round(draw.normal() * 1e4) / 100,
  Amount: (draw) => draw.normal() * 1e6,
  price: (draw) => Math.round(draw.next() * 1e7) / 100,
  count: (draw) => draw.below(1000),
  share: (draw) => draw.next() * 100,
  flag: (draw) => draw.below(2) === 0,
  at: (draw) => new Date(NOW - draw.below(1e9) * 97).toISOString(),
  day: (draw) => `${1 + draw.below(28)}.${1 + draw.below(12)}.${2000 + draw.below(24)}`,
  stamp: (draw) => `2022${String(1 + draw.below(12)).padStart(2, '0')}${String(1 + draw.below(28)).padStart(2, '0')}`,
  region: (draw) => ['EMEA', 'APAC', 'NA', 'caf\u00e9'][draw.below(4)],
  town: (draw) => TOWNS[draw.below(TOWNS.length)],
  note: (draw) => ['A good film', 'not a GOOD film', `it's ${draw.below(9)} o'clock\u3000\u65e5\u672c`][draw.below(3)],
};

/** A number as its column writes it. */
const spelt = (name: string, value: unknown, draw: Random): unknown => {
  if (typeof value !== 'number' || draw.below(3) === 0) return value;
  if (name === 'price') return `${draw.below(2) === 0 ? '€ ' : ''}${value.toFixed(2).replace('.', ',')}`;
  return name === 'share' ? `${value} %` : String(value);
};

/** Values that one path or another could read in its own way. */
export const ODD: readonly unknown[] = [
  null,
  undefined,
  '',
  ' ',
  '\u00a0\ufeff',
  'NA',
  ' NA ',
  '-999',
  -999,
  '-999.0',
  '?',
  'na',
  'null',
  0,
  -0,
  '-0',
  1,
  '1',
  '1.0',
  '007',
  13,
  '13',
  1e300,
  '1e300',
  5e-324,
  1e21,
  '1e999',
  2 ** 53,
  '9007199254740993',
  0.1,
  '0.1000000000000000055511151231257827',
  '0x10',
  '1_000',
  '1,5',
  '1.234,5',
  '1.234',
  '1,234',
  '12.5%',
  '€ 7',
  '7 €',
  '$7',
  50.5,
  '50.5',
  true,
  false,
  'true',
  'TRUE',
  'no',
  'Yes',
  't',
  2,
  [],
  [1],
  {},
  { a: 1 },
  '2024-02-29',
  '2023-02-29',
  '2024-02-29T23:59:59.9999999+05:30',
  '2024-02-29 12:00',
  '2024-02-29T12:00:00-0800',
  '2024-2-9',
  '29.02.2024',
  '2/29/2024',
  '20240229',
  20240229,
  '20240229101112',
  1709164800000,
  '1709164800000',
  1709164800000.25,
  8.64e15,
  9e15,
  '0000-00-00',
  '2024',
  2024,
  '5-Mar-2024',
  'EMEA',
  'emea',
  ' APAC',
  'caf\u00e9',
  'cafe\u0301',
  'LATAM',
  '<b>',
  'a\0b',
  '\ud800',
  '\u{1f600}',
  '"',
  "'",
  ';',
  ',',
  '\t',
  'x\r\ny',
  '__proto__',
];

/** A row, good for the most part. */
export function oddRow(draw: Random): Row {
  const row: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(TYPES)) {
    if (draw.below(12) === 0) continue;
    row[name] = draw.below(14) === 0 ? null : spelt(name, value(draw), draw);
    if (typeof row[name] === 'string' && draw.below(6) === 0) row[name] = `\u2003${String(row[name])} `;
  }
  row['share'] ??= 5;
  for (let changes = draw.below(3); changes > 0; changes--) {
    const names = Object.keys(TYPES);
    row[names[draw.below(names.length)] as string] = ODD[draw.below(ODD.length)];
  }
  if (draw.below(12) === 0) row[['AMOUNT', 'other', 'constructor'][draw.below(3)] as string] = 'x';
  return row;
}

/** Every way that a row can go. */
export interface Paths {
  /** The ways by name; a way gives undefined for a row that it cannot carry. */
  all(rows: readonly Row[]): Promise<Readonly<Record<string, readonly (Meaning | undefined)[]>>>;
  close(): Promise<void>;
}

/** Trains the system on plain rows and opens all ways to it. */
export async function openPaths(): Promise<Paths> {
  const dir = mkdtempSync(join(tmpdir(), 'millwright-meaning-'));
  const clock = new SimulatedClock(NOW);
  const workspace = await openWorkspace(join(dir, 'store'), { clock });
  const draw = random(3);
  const trained = Array.from({ length: 300 }, () => {
    const row = Object.fromEntries(Object.entries(TYPES).map(([name, value]) => [name, value(draw)]));
    const price = (row['price'] as number).toFixed(2).replace('.', ',');
    return {
      id: `t${draw.below(1e9)}`,
      ...row,
      price,
      y: (row['amount'] as number) / 50 + (row['flag'] === true ? 3 : 0) + draw.normal(),
    };
  });
  writeFileSync(join(dir, 'rows.csv'), csvOf(['id', ...Object.keys(TYPES), 'y'], trained));
  await trainSystem({ plan: oddTablePlan(), baseDir: dir, definition: [], alias: 'champion', because: 'A test.' }, workspace);
  const served = await serveRegistered('odd-table', 0, workspace);
  const version = await workspace.models.resolve('odd-table');
  // The columns as the store has them, so that the first problem of a row is the same one.
  const plan = await planOf(version, workspace);
  const pipeline = loadPipeline(await workspace.store.artifacts.get(version.pipeline));
  const modulePath = join(dir, 'model.mjs');
  writeFileSync(modulePath, moduleOf({ version, plan, pipeline }, { prune: 0, leafBits: 64 }).code);
  const module = (await import(/* @vite-ignore */ pathToFileURL(modulePath).href)) as Module;
  const online = await openOnlineStore(plan, { clock, directory: join(dir, 'online') });
  const deployment = {
    name: plan.name,
    version: '1',
    plan,
    pipeline,
    rowCheck: requestCheck(plan),
    featureRow: compileFeatureRow(plan, online),
  };
  return {
    async all(rows) {
      const viaJson = rows.map((row) => JSON.parse(JSON.stringify(row)) as Row);
      return {
        'in process': predictRows(deployment, rows, clock, () => 'id').map(meaningOf),
        module: module.predictBatch(rows).map(meaningOfModule),
        request: await asked(served, rows),
        batch: await askedTogether(served, rows),
        'JSON lines': await scored(workspace, dir, 'jsonl', viaJson, (name, value) =>
          keepsDigits(plan.request.columns[name], value),
        ),
        CSV: await scored(workspace, dir, 'csv', rows, (name, value) => expressible(plan.request.columns[name], value)),
      };
    },
    async close() {
      await served.close();
      await online.close();
      await workspace.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

interface Module {
  predictBatch(rows: readonly unknown[]): readonly ModuleAnswer[];
}
interface ModuleAnswer {
  readonly prediction?: unknown;
  readonly probability?: unknown;
  readonly warnings?: readonly { readonly code: string; readonly column: string | null }[];
  readonly error?: { readonly where: Readonly<Record<string, unknown>> };
}

const told = (code: unknown, column: unknown): string =>
  column === null || column === undefined ? String(code) : `${String(code)} ${String(column)}`;
const refusal = (where: Readonly<Record<string, unknown>>): Meaning => ({ refused: told(where['problem'], where['column']) });

function meaningOfModule({ prediction, probability, warnings = [], error }: ModuleAnswer): Meaning {
  if (error) return refusal(error.where);
  return { prediction, probability, warnings: warnings.map(({ code, column }) => told(code, column)).sort() };
}

function meaningOf(answer: Answer): Meaning {
  const problem = answer.ok ? undefined : answer.problems[0];
  if (problem) return { refused: told(problem.code, problem.column) };
  return meaningOfModule(answer as ModuleAnswer);
}

/** Each row as a request of its own. */
async function asked({ url }: Listening, rows: readonly Row[]): Promise<Meaning[]> {
  const meanings: Meaning[] = [];
  for (const row of rows) {
    const response = await fetch(`${url}/v1/models/odd-table/predict`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ rows: [row] }),
    });
    const body = (await response.json()) as { predictions: ModuleAnswer[]; error: NonNullable<ModuleAnswer['error']> };
    meanings.push(response.status === 200 ? meaningOfModule(body.predictions[0] as ModuleAnswer) : refusal(body.error.where));
  }
  return meanings;
}

/** A file keeps the digits of a whole number that a double has lost, and takes it as a text where a request is refused. */
const keepsDigits = (column: ColumnPlan | undefined, value: unknown): boolean =>
  !Number.isInteger(value) || Number.isSafeInteger(value) || (column !== undefined && kindOfType(column.type) !== 'string');

/** All rows in one request of the client. */
async function askedTogether({ url }: Listening, rows: readonly Row[]): Promise<Meaning[]> {
  const answers = await client<System>(url, { model: 'odd-table' }).predictMany(rows as never);
  return answers.map((answer) =>
    answer.error ? refusal(answer.error.where) : meaningOfModule(answer as unknown as ModuleAnswer),
  );
}

/** Whether a CSV file can carry a value so that its text says what the value is. */
function expressible(column: ColumnPlan | undefined, value: unknown): boolean {
  if (value === null || value === undefined) return true;
  if (typeof value === 'string') return !/[\0\ud800-\udfff]/u.test(value);
  if (typeof value === 'number')
    return (
      column !== undefined && column.type !== 'timestamp' && !column.reads?.decimal && Number.isSafeInteger(Math.trunc(value))
    );
  return typeof value === 'boolean' && column !== undefined && ['boolean', 'string', 'category', 'text'].includes(column.type);
}

/** Rows scored as a file, behind some plain ones that show its form. */
async function scored(
  workspace: Workspace,
  dir: string,
  format: 'csv' | 'jsonl',
  rows: readonly Row[],
  carries: (name: string, value: unknown) => boolean,
): Promise<(Meaning | undefined)[]> {
  const draw = random(17);
  const plain = Array.from({ length: 60 }, () => ({
    ...Object.fromEntries(Object.entries(TYPES).map(([name, value]) => [name, value(draw)])),
    price: '1,5',
  }));
  const carried = rows.map((row) => Object.entries(row).every(([name, value]) => carries(name, value)));
  const sent = [...plain, ...rows.filter((_, i) => carried[i])];
  const names = [...new Set(['id', ...Object.keys(TYPES), ...sent.flatMap((row) => Object.keys(row))])];
  const numbered = sent.map((row, i): Row => ({ id: `r${i}`, ...row }));
  const path = join(dir, `asked.${format}`);
  const out = join(dir, `${format}-scored.jsonl`);
  writeFileSync(path, format === 'csv' ? csvOf(names, numbered) : numbered.map((row) => `${JSON.stringify(row)}\n`).join(''));
  await scoreFile('odd-table', path, out, workspace);
  const lines = readFileSync(out, 'utf8').trim().split('\n');
  const meanings = lines.slice(plain.length).map((line): Meaning => {
    const row = JSON.parse(line) as Record<string, string | null | undefined>;
    if (row['rejected']) return { refused: row['rejected'].split('; ')[0] as string };
    return {
      prediction: row['prediction'],
      probability: null,
      warnings: (row['warnings'] ?? '')
        .split('; ')
        .filter((text) => text !== '')
        .sort(),
    };
  });
  let next = 0;
  return carried.map((can) => (can ? meanings[next++] : undefined));
}

function csvOf(names: readonly string[], rows: readonly Row[]): string {
  const lines = rows.map((row) => names.map((name) => (Object.hasOwn(row, name) ? cellOf(row[name]) : '')));
  return [names, ...lines].map((cells) => `${cells.join(',')}\n`).join('');
}

function cellOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = String(value);
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The rows that some way took for something else than the first way did. */
export function differences(rows: readonly Row[], found: Awaited<ReturnType<Paths['all']>>): unknown[] {
  const [first, ...others] = Object.entries(found);
  return others.flatMap(([way, meanings]) =>
    rows.flatMap((row, i) => {
      const [here, there] = [first?.[1][i], meanings[i]];
      return there === undefined || JSON.stringify(here) === JSON.stringify(there) ? [] : [{ way, row, here, there }];
    }),
  );
}
