import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { printDefinition } from '../../src/define/print-definition.js';
import churn from './churn.system.js';
import flights from './flights.system.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const here = fileURLToPath(new URL('.', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'millwright-types-'));
writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the compiler over files, with the repository's own settings. */
function compile(files: readonly string[], ...flags: readonly string[]): string {
  const project = join(folder, 'tsconfig.json');
  const compilerOptions = { rootDir: '/', noEmit: true, noUnusedLocals: false, typeRoots: [join(root, 'node_modules/@types')] };
  writeFileSync(project, JSON.stringify({ extends: join(root, 'tsconfig.json'), compilerOptions, files, include: [] }));
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const run = spawnSync(process.execPath, [tsc, '-p', project, '--pretty', 'false', ...flags], { encoding: 'utf8' });
  expect(run.error).toBeUndefined();
  return run.stdout + run.stderr;
}
function written(name: string, code: string): string {
  const file = join(folder, name);
  writeFileSync(file, code);
  return file;
}
function figure(diagnostics: string, name: string): number {
  const found = new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(diagnostics);
  expect(found, diagnostics).not.toBeNull();
  return Number(found?.[1]);
}

const definitions = readdirSync(here).filter((name) => name.endsWith('.system.ts'));

test('good definitions compile, and every mistake of mistakes.ts does not', () => {
  expect(definitions).toEqual(['churn.system.ts', 'flights.system.ts']);
  expect(compile([...definitions, 'mistakes.ts'].map((name) => join(here, name)))).toBe('');
});

test('a definition costs the compiler little beyond the language itself', () => {
  const language = written('language.ts', "import * as millwright from 'millwright';\nexport default millwright.system;\n");
  const alone = figure(compile([language], '--extendedDiagnostics'), 'Instantiations');
  for (const [name, budget] of [
    ['flights.system.ts', 15_000],
    ['churn.system.ts', 15_000],
  ] as const) {
    const whole = figure(compile([join(here, name)], '--extendedDiagnostics'), 'Instantiations');
    expect(whole).toBeGreaterThan(alone);
    expect(whole - alone, `instantiations of ${name}`).toBeLessThan(budget);
  }
});

test('printed definitions compile', () => {
  const files = [flights, churn].map(({ name, plan }) => written(`${name}.printed.ts`, printDefinition(plan)));
  expect(compile(files)).toBe('');
});

const LANGUAGE = 'col, combine, csv, features, gbdt, labelFrom, logistic, request, source, system';
const START = `import { ${LANGUAGE} } from 'millwright';
const columns = { id: col.string().required(), at: col.timestamp(), amount: col.number(), type: col.category(['login', 'cancel']), open: col.boolean() };
const from = csv('e.csv');
const events = source('events', { from, time: 'at', columns });
const sums = features(events, { by: 'id' }, (f) => ({ amount: f.sum('amount', { over: ['7d', '30d'] }) }));
const train = { split: { by: 'random', test: 0.2, validation: 0.2 }, candidates: [logistic()], search: { by: 'auc', trials: 1, seed: 1 } } as const;
const rest = { problem: { kind: 'binary' }, features: sums, label: labelFrom(events, (r) => r.open), train } as const;
export { gbdt, combine, request, rest, system };
`;

// What the compiler must say, word for word, so that nobody has to guess.
const MESSAGES: readonly (readonly [mistake: string, says: readonly string[]])[] = [
  ["source('x', { from, time: 'amount', columns });", ["'amount' is not a timestamp column"]],
  ["source('x', { from, time: 'att', columns });", ["'att' is not one of the columns"]],
  ["features(events, {}, (f) => ({ x: f.mean('type', { over: ['7d'] }) }));", ["'type' is not a numeric column"]],
  ["features(events, {}, (f) => ({ x: f.count({ over: ['7days'] }) }));", ['"7days"', '`${number}d`']],
  ["features(events, {}, (f) => ({ x: f.count({ over: ['7d'], where: f.eq('type', 'logn') }) }));", ['"logn"', '"login"']],
  ['combine([sums], (f) => ({ x: f.amount_9d.div(2) }));', ["'amount_9d' does not exist", 'amount_7d']],
  ['combine([sums, sums]);', ["two sets have the feature 'amount_", 'give one a prefix']],
  ["request({ columns, features: ['at'] });", ["'at' is a timestamp; derive features from it"]],
  [
    "source('x', { from, columns, expect: (is) => [is.between('id', 0, 1)] });",
    ["'id' is neither a number nor a timestamp column"],
  ],
  ["source('x', { from, columns, expect: (is) => [is.matches('amount', /a/)] });", ["'amount' is not a string column"]],
  [
    "features(source('x', { from, columns }), { by: 'id' }, (f) => ({ x: f.count({ over: ['7d'] }) }));",
    ['the source names no time, so it has no windows'],
  ],
  ['gbdt({ leafs: 31 });', ["'leafs' does not exist"]],
  ["gbdt({ objective: 'poison' });", ['"poison"', '"poisson"']],
  [
    "system('x', { ...rest, watch: (s) => ({ drift: s.drift('amount_7d', { above: 0.2 }) }), retrain: { on: ['drft'], atMostEvery: '7d' } });",
    ['"drft"', '"drift"'],
  ],
];

test('a type of column that is not there is one mistake, and none is made up about the column', () => {
  const typo = written(
    'typo.ts',
    `${START}const typed = source('x', { from, time: 'at', columns: { ...columns, size: col.float() } });
export const asked = request({ columns: { at: col.timestamp(), size: col.float() }, time: 'at', features: ['size'] });
export const mean = features(typed, { by: 'id' }, (f) => ({ x: f.mean('size', { over: ['7d'] }) }));`,
  );
  const errors = compile([typo])
    .split('\n')
    .filter((line) => line.includes('error TS'));
  expect(errors).toHaveLength(2);
  for (const error of errors) expect(error).toContain("Property 'float' does not exist");
});

test('the messages of typical mistakes can be read', () => {
  const files = MESSAGES.map(([mistake], i) => written(`message-${i}.ts`, START + mistake));
  const printed = compile(files);
  MESSAGES.forEach(([mistake, says], i) => {
    // The first line of a diagnostic names its file; the lines that follow are indented.
    const own = [...printed.matchAll(new RegExp(`^\\S*message-${i}\\.ts\\((\\d+),\\d+\\): error.*(?:\\n .*)*`, 'gm'))];
    expect(own.length, `${mistake}\n${printed}`).toBeGreaterThan(0);
    const text = own.map(([message]) => message).join('\n');
    for (const words of says) expect(text).toContain(words);
    expect(text, mistake).not.toMatch(/to type 'never'/);
  });
});
