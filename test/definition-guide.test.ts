import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { random } from '../src/base/random.js';
import { BooleanExpression, NumberExpression, StringExpression, TimestampExpression } from '../src/define/row-expressions.js';
import { AGGREGATES } from '../src/frame/aggregates/catalogue.js';
import * as language from '../src/index.js';
import type { ReadingField } from '../src/types/reading-plan.js';
import { millwright, workFolder } from './e2e/cli.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const guide = readFileSync(new URL('../docs/definition.md', import.meta.url), 'utf8');
const code = [...guide.matchAll(/```ts\n(.*?)```/gs)].map(([, block]) => block).join('\n');
const folder = workFolder();
afterAll(() => folder.remove());

/** Options that are types only: one that is added does not compile until it is here, and then is asked for on the page. */
const OPTIONS: Record<ReadingField | keyof language.CsvOptions, true> = {
  missing: true,
  decimal: true,
  group: true,
  unit: true,
  dates: true,
  delimiter: true,
  quote: true,
  header: true,
  escape: true,
  comment: true,
  skip: true,
  encoding: true,
};

const DAY = 86_400_000;
const FIRST = Date.UTC(2024, 0, 1);

/** Orders of half a year; dear shoes of some customers come back more often. */
function shop(): { readonly orders: string; readonly outcomes: string } {
  const source = random(11);
  const head = 'id,at,customer,category,amount,items,express,note';
  const orders = [head];
  const outcomes = [`${head},returned`];
  for (let i = 0; i < 6000; i++) {
    const customer = source.below(200);
    const category = ['clothes', 'shoes', 'toys'][source.below(3)] as string;
    const amount = 5 + source.below(200);
    const chance = 0.05 + (customer % 5) * 0.1 + (category === 'shoes' ? 0.2 : 0) + amount / 1000;
    const at = new Date(FIRST + Math.floor((i / 6000) * 181 * DAY)).toISOString();
    const note = ['', 'gift', 'leave at the door'][source.below(3)];
    const row = `o${i},${at},c${customer},${category},${amount},${1 + source.below(4)},${source.next() < 0.3},${note}`;
    orders.push(row);
    outcomes.push(`${row},${source.next() < chance}`);
  }
  return { orders: `${orders.join('\n')}\n`, outcomes: `${outcomes.join('\n')}\n` };
}

test('the code of the guide to definitions compiles', () => {
  folder.file('package.json', '{ "type": "module" }');
  const file = folder.file('returns.system.ts', code);
  const project = join(folder.dir, 'tsconfig.json');
  const compilerOptions = {
    rootDir: '/',
    noEmit: true,
    noUnusedLocals: false,
    typeRoots: [join(root, 'node_modules/@types')],
  };
  writeFileSync(project, JSON.stringify({ extends: join(root, 'tsconfig.json'), compilerOptions, files: [file], include: [] }));
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const { stdout, stderr } = spawnSync(process.execPath, [tsc, '-p', project, '--pretty', 'false'], { encoding: 'utf8' });
  expect(stdout + stderr).toBe('');
}, 60_000);

test('it runs, passes its gates and answers as it says', async () => {
  const { orders, outcomes } = shop();
  folder.file('orders.csv', orders);
  folder.file('outcomes.csv', outcomes);
  const ran = await millwright(['run', 'returns.system.ts'], folder.dir);
  expect(`${ran.stderr}${ran.stdout}`).toMatch(/returns:1 sha256:\S+ accepted, is champion/);
  expect(ran.code).toBe(0);
  // The money of the test rows is a figure like any other, and the threshold that it was chosen for is said.
  expect(ran.stdout).toMatch(/^value +[\d.]+ +[\d.]+$/m);
  expect(ran.stdout).toMatch(/decides 'true' from a probability of 0\.\d+ on: the most value on the validation rows/);
  const verified = await millwright(['features', 'returns.system.ts', '--verify', '40', '--json'], folder.dir);
  expect(verified.code).toBe(0);
}, 180_000);

test('every word of the language is on the page', () => {
  const inCode = (name: string) => new RegExp(`\\b${name}\\(`).test(code);
  expect(Object.keys(language).filter((name) => name !== 'col' && !inCode(name))).toEqual([]);
  expect(Object.keys(language.col).filter((name) => !code.includes(`col.${name}(`))).toEqual([]);
  expect(Object.keys(OPTIONS).filter((name) => !guide.includes(`\`${name}\``))).toEqual([]);
  const aggregates = Object.keys(AGGREGATES);
  expect(aggregates.length).toBeGreaterThan(6);
  expect(aggregates.filter((name) => !code.includes(`f.${name}(`))).toEqual([]);
  for (const { prototype } of [NumberExpression, BooleanExpression, StringExpression, TimestampExpression]) {
    const methods = Object.getOwnPropertyNames(prototype).filter((name) => name !== 'constructor');
    expect(methods.filter((name) => !guide.includes(`\`${name}\``))).toEqual([]);
  }
  const types = /^export \{?(?:type )?[\s\S]*$/m.exec(readFileSync(join(root, 'src/define/language.ts'), 'utf8'))?.[0] ?? '';
  const exported = [...types.matchAll(/type (?:\{ ([^}]+) \}|(\w+))/g)].flatMap(([, list, one]) =>
    (list ?? one ?? '').split(', '),
  );
  expect(exported).toContain('FeaturesOf');
  expect(exported.filter((name) => !guide.includes(`\`${name}\``))).toEqual([]);
});
