import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { random } from '../base/random.js';
import { scoreFile } from './score-file.js';
import { type Listening, serveTogether } from './serve-registered.js';
import { trainFile } from './train-file.js';
import { openWorkspace, type Workspace } from './workspace.js';

const draw = random(77);
const times = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const lines = (rows: readonly string[]) => `${rows.join('\n')}\n`;

const age = () => 18 + draw.below(60);
const colour = () => ['red', 'blue', 'green'][draw.below(3)] as string;
function quoted(i: number): string {
  const clicks = draw.below(60);
  const row = {
    user_id: String(1_000_000_000_000 + i),
    clicks: String(clicks),
    spend: draw.below(1000) / 10,
    vip: String(draw.below(2) === 0),
  };
  return JSON.stringify({ ...row, bought: clicks + draw.below(20) > 35 ? 1 : 0 });
}
const twice = (a: number) => JSON.stringify({ a, b: draw.below(5), y: a + draw.below(30) > 60 ? 1 : 0 });
function region(): string {
  const name = ['EMEA', 'APAC', 'NA', 'LATAM'][draw.below(4)] as string;
  return `${name},${draw.below(90)},${draw.next() < (name === 'NA' ? 0.9 : 0.2) ? 'yes' : 'no'}`;
}
function written(): string {
  const price = draw.below(300_000) / 100;
  const whole = String(Math.floor(price)).replace(/(\d)(\d{3})$/, '$1.$2');
  const day = draw.below(12) === 0 ? 'NA' : `${1 + draw.below(28)}.${1 + draw.below(12)}.2023`;
  const weight = draw.below(15) === 0 ? 'NA' : String(draw.below(40));
  return `${whole},${String(Math.round((price % 1) * 100)).padStart(2, '0')};${day};${weight};${price > 1500 ? 1 : 0}`;
}
const twin = (rate: number, Rate: number) => JSON.stringify({ rate, Rate, paid: Rate > 500 ? 1 : 0 });

/** Each a file to train on and one to ask about, the rows of the second as a client would send them. */
const CASES = {
  // Numbers and truth values in quotes, as exports write them.
  quoted: {
    train: ['quoted.jsonl', lines(times(300, (i) => quoted(i)))],
    ask: [
      'ask.jsonl',
      lines([
        ...times(20, quoted),
        '{"clicks": 35, "spend": "87.30", "vip": false}',
        '{"clicks": " 7 ", "spend": "", "vip": "FALSE"}',
      ]),
    ],
    target: 'bought',
  },
  // A column without gaps in training: a gap is refused later, and so is a fraction of a whole number, in a file as in a request.
  gaps: {
    train: ['gaps.csv', lines(['age,colour,y', ...times(300, () => `${age()},${colour()},${draw.below(2)}`)])],
    ask: ['ask.csv', lines(['age,colour', '10,red', ',red', 'NA,red', '50.5,blue', '50.0,blue', '33,mauve', '33,'])],
    target: 'y',
  },
  // The last of two equal keys counts.
  twice: {
    train: ['twice.jsonl', lines(times(300, () => twice(draw.below(100))))],
    ask: [
      'ask.jsonl',
      lines(['{"a": 5, "b": 3, "a": 95}', '{"a": 95, "b": 3, "a": 5}', '{"a": 5, "b": 3}', '{"a": 95, "b": 3}']),
    ],
    target: 'y',
  },
  // NA is North America beside the other regions.
  regions: {
    train: ['regions.csv', lines(['region,size,churned', ...times(400, () => region())])],
    ask: ['ask.csv', lines(['region,size', 'NA,40', 'EMEA,40', ',40', ' NA ,40', 'na,40'])],
    target: 'churned',
  },
  // Names that differ in case alone are two columns.
  twins: {
    train: ['twins.jsonl', lines(times(300, () => twin(draw.below(10), 100 + draw.below(800))))],
    ask: ['ask.jsonl', lines(['{"rate": 9, "Rate": 150}', '{"rate": 1, "Rate": 850}', '{"Rate": 850, "rate": 1}'])],
    target: 'paid',
  },
  // Numbers with a decimal comma and groups, dates the German way, words for missing: what training found is said of the request too.
  written: {
    train: ['written.csv', lines(['price;day;weight;late', ...times(400, () => written())])],
    ask: [
      'ask.csv',
      lines([
        'price;day;weight',
        '1.234,5;31.12.2023;7',
        '99,0;1.2.2023;NA',
        '99,0;NA;8',
        '0,5;2023-02-01; 9 ',
        '1234.5;31.12.2023;7',
        '1,5;12/31/2023;x',
      ]),
    ],
    target: 'late',
  },
} as const;

interface Said {
  readonly prediction?: unknown;
  readonly probability?: unknown;
  readonly refused?: string;
}
type Case = keyof typeof CASES;
const NAMES = Object.keys(CASES) as Case[];
const dir = mkdtempSync(join(tmpdir(), 'millwright-served-'));
let workspace: Workspace;
let served: Listening;

beforeAll(async () => {
  workspace = await openWorkspace(join(dir, 'store'));
  for (const name of NAMES) {
    const { train, target } = CASES[name];
    writeFileSync(join(dir, train[0]), train[1]);
    const options = {
      target,
      test: null,
      problem: 'binary',
      positive: null,
      trials: 2,
      timeBudget: null,
      seed: 3,
      name,
    } as const;
    await trainFile(join(dir, train[0]), options, workspace);
  }
  served = await serveTogether(NAMES, 0, workspace);
}, 240_000);
afterAll(async () => {
  await served.close();
  await workspace.close();
  rmSync(dir, { recursive: true, force: true });
});

/** The rows of a file as a client sends them: cells as texts, JSON as it stands. */
function bodies([name, content]: readonly [string, string]): string[] {
  const rows = content.trim().split('\n');
  if (name.endsWith('.jsonl')) return rows;
  const [header, ...rest] = rows.map((row) => row.split(content.includes(';') ? ';' : ','));
  return rest.map((cells) => JSON.stringify(Object.fromEntries(cells.map((cell, i) => [header?.[i], cell]))));
}

async function inFile(name: Case): Promise<Said[]> {
  const [file, content] = CASES[name].ask;
  writeFileSync(join(dir, `${name}-${file}`), content);
  const out = join(dir, `${name}-scored.jsonl`);
  await scoreFile(name, join(dir, `${name}-${file}`), out, workspace);
  return readFileSync(out, 'utf8')
    .trim()
    .split('\n')
    .map((line) => {
      const { rejected, prediction, probability } = JSON.parse(line) as Record<string, string>;
      return rejected ? { refused: rejected.split('; ')[0] as string } : { prediction, probability };
    });
}

async function asked(name: Case): Promise<Said[]> {
  const said: Said[] = [];
  for (const row of bodies(CASES[name].ask)) {
    const headers = { 'content-type': 'application/json' };
    const init = { method: 'POST', headers, body: `{"rows":[${row}]}` };
    const body = (await (await fetch(`${served.url}/v1/models/${name}/predict`, init)).json()) as {
      predictions?: Said[];
      error?: { where: { problem: string; column: string } };
    };
    const { prediction, probability } = body.predictions?.[0] ?? {};
    said.push(body.error ? { refused: `${body.error.where.problem} ${body.error.where.column}` } : { prediction, probability });
  }
  return said;
}

test.each(NAMES)('%s: the same row from a file and over HTTP has one answer', async (name) => {
  expect(await asked(name)).toEqual(await inFile(name));
});

test('rows that were trained on can be served as they are', async () => {
  for (const { refused } of (await asked('quoted')).slice(0, 20)) expect(refused).toBeUndefined();
});

test('a gap and a fraction that training did not have are refused with a code', async () => {
  expect((await inFile('gaps')).map(({ refused }) => refused)).toEqual([
    undefined,
    'MW_ROW_COLUMN_MISSING age',
    'MW_ROW_TYPE age',
    'MW_ROW_TYPE age',
    undefined,
    undefined,
    'MW_ROW_COLUMN_MISSING colour',
  ]);
});

test('what training found of how values are written holds for a request', async () => {
  expect((await asked('written')).map(({ refused }) => refused)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
    'MW_ROW_TYPE price',
    'MW_ROW_TYPE day',
  ]);
});

test('the last of two equal keys counts', async () => {
  const [first, second, low, high] = await asked('twice');
  expect(first).toEqual(high);
  expect(second).toEqual(low);
  expect(first).not.toEqual(second);
});

test('a region that is called NA is no gap', async () => {
  const [na, emea, gap, padded] = await asked('regions');
  expect(Number(na?.probability)).toBeGreaterThan(Number(emea?.probability) + 0.3);
  expect(padded).toEqual(na);
  expect(gap?.refused).toBe('MW_ROW_COLUMN_MISSING region');
});

test('columns whose names differ in case alone keep their own values', async () => {
  const [low, high, turned] = await asked('twins');
  expect([low?.prediction, high?.prediction]).toEqual(['0', '1']);
  expect(turned).toEqual(high);
});
