import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readFound, valuesOf } from '../ingest/testing/read-file.js';
import { scoreFile } from './score-file.js';
import { serveRegistered } from './serve-registered.js';
import { trainFile } from './train-file.js';
import { openWorkspace, type Workspace } from './workspace.js';

/** A file as people write them is trained on, scored and asked over HTTP: a row means the same in all three. */
const folder = mkdtempSync(join(tmpdir(), 'millwright-file-and-request-'));
let workspace: Workspace;
let served: Awaited<ReturnType<typeof serveRegistered>>;

const NAMES = [
  '__proto__',
  'constructor',
  'toString',
  'rate',
  'Rate',
  'size, "big"',
  'region',
  'income',
  'when',
  'share',
] as const;
const CLASSES = ['__proto__', 'toString', 'plain'];
const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
const pad = (value: number) => String(value).padStart(2, '0');
const rowOf = (i: number): string[] => [
  String((i * 7) % 100),
  i % 11 === 0 ? 'unknown' : String((i * 13) % 50),
  String((i * 3) % 17),
  String(i % 10),
  String((i % 10) * 100 + (i % 3)),
  ` ${(i * 5) % 9}.5 `,
  ['EMEA', 'NA', 'APAC', 'LATAM', ''][i % 5] as string,
  `$${10 + ((i * 37) % 800)},${String((i * 91) % 1000).padStart(3, '0')}.50`,
  `${pad(1 + (i % 28))}.${pad(1 + (i % 12))}.2023`,
  `${(i * 17) % 100}%`,
];
const classOf = (i: number) => CLASSES[Math.min(2, Math.floor((i % 10) / 4))] as string;
const text = (from: number, to: number) =>
  [
    [...NAMES, 'kind'].map(quoted).join(';'),
    ...Array.from({ length: to - from }, (_, k) => [...rowOf(from + k), classOf(from + k)].map(quoted).join(';')),
  ].join('\r\n');

beforeAll(async () => {
  writeFileSync(join(folder, 'rows.csv'), text(0, 400));
  writeFileSync(join(folder, 'ask.csv'), text(400, 440));
  workspace = await openWorkspace(join(folder, 'store'));
  const options = { target: 'kind', test: null, problem: 'auto', positive: null, trials: 2, timeBudget: null } as const;
  const { plan } = await trainFile(join(folder, 'rows.csv'), { ...options, seed: 1, name: 'odd', time: 'none' }, workspace);
  const columns = plan.sources['odd']?.contract.columns ?? {};
  expect(Object.fromEntries(NAMES.map((name) => [name, columns[name]?.type]))).toEqual({
    ['__proto__']: 'integer',
    constructor: 'integer',
    toString: 'integer',
    rate: 'integer',
    Rate: 'integer',
    'size, "big"': 'number',
    region: 'category',
    income: 'number',
    when: 'timestamp',
    share: 'integer',
  });
  expect(columns['region']?.categories).toEqual(['APAC', 'EMEA', 'LATAM', 'NA']);
  served = await serveRegistered('odd', 0, workspace);
}, 60_000);
afterAll(async () => {
  await served.close();
  await workspace.close();
  rmSync(folder, { recursive: true, force: true });
});

test('the same texts from a file and over HTTP give the same prediction to the bit', async () => {
  const out = join(folder, 'scored.jsonl');
  const scored = await scoreFile('odd', join(folder, 'ask.csv'), out, workspace);
  expect(scored).toMatchObject({ rows: 40, refused: 0, rejected: 0 });
  const found = await readFound(out);
  const rows = Array.from(
    { length: 40 },
    (_, i) => `{${NAMES.map((name, k) => `${JSON.stringify(name)}:${JSON.stringify(rowOf(400 + i)[k])}`).join(',')}}`,
  );
  const response = await fetch(`${served.url}/v1/models/odd/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: `{"rows":[${rows.join(',')}]}`,
  });
  const answer = (await response.json()) as { predictions: { prediction: string; probability: Record<string, number> }[] };
  expect(response.status, JSON.stringify(answer)).toBe(200);
  expect(answer.predictions.map(({ prediction }) => prediction)).toEqual(valuesOf(found, 'prediction'));
  for (const label of CLASSES)
    expect(answer.predictions.map(({ probability }) => probability[label])).toEqual(valuesOf(found, `probability_${label}`));
  expect(new Set(valuesOf(found, 'prediction')).size).toBeGreaterThan(1);
});
