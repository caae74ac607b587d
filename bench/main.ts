import { availableParallelism, totalmem } from 'node:os';
import { MillwrightError } from '../src/base/error.js';
import { resolveOptions } from '../src/base/options.js';
import type { Benchmark, Bound, Figure, TableRow } from './benchmark.js';
import { BENCHMARKS } from './catalogue.js';
import { type BenchOptions, benchOptions } from './options.js';

/** `npm run bench -- [group] [--json] [--scale .01] [--runs 3] [--data folder] [--only text]`: without a group it lists what there is. */
async function main(words: readonly string[]): Promise<number> {
  const { group, json, options } = readWords(words);
  const benchmarks: Benchmark[] = [];
  for (const load of Object.values(BENCHMARKS)) benchmarks.push(...(await load()));
  if (group === undefined) {
    const list = benchmarks.map(({ group, name }) => ({ group, name }));
    console.log(
      json ? JSON.stringify({ benchmarks: list }) : list.map((item) => `${item.group.padEnd(12)} ${item.name}`).join('\n'),
    );
    return 0;
  }
  const ofGroup = benchmarks.filter((benchmark) => benchmark.group === group);
  const chosen = ofGroup.filter(({ name }) => name.includes(options.only ?? ''));
  if (chosen.length === 0) {
    console.error(
      ofGroup.length > 0
        ? `No benchmark of '${group}' has '${options.only}' in its name.`
        : `No benchmark group '${group}'. Groups: ${[...new Set(benchmarks.map((b) => b.group))].join(', ')}.`,
    );
    return 2;
  }
  const figures = [];
  for (const benchmark of chosen) {
    console.error(`running ${benchmark.group}/${benchmark.name}`);
    figures.push(reported(benchmark.name, await benchmark.run(options), options));
  }
  const machine = { cores: availableParallelism(), memoryBytes: totalmem(), node: process.version };
  if (json) console.log(JSON.stringify({ machine, figures }));
  else
    console.log(
      [
        `${machine.cores} cores, ${(machine.memoryBytes / 2 ** 30).toFixed(0)} GiB, Node ${machine.node}`,
        ...figures.map(line),
      ].join('\n'),
    );
  return figures.every((figure) => figure.ok !== false) ? 0 : 3;
}

function reported(name: string, figure: Figure, { scale }: BenchOptions) {
  const ratio = figure.peerValue && figure.value !== null ? figure.value / figure.peerValue : null;
  const { must } = figure;
  const judged = must?.of === 'ratio' ? ratio : figure.value;
  const ok = must === undefined || scale < 1 ? null : judged === null ? false : within(judged, must);
  return {
    name,
    value: figure.value,
    unit: figure.unit,
    peer: figure.peer ?? null,
    peerValue: figure.peerValue ?? null,
    ratio,
    must: must ?? null,
    ok,
    note: figure.note ?? null,
    table: figure.table ?? null,
  };
}

const within = (value: number, bound: Bound) =>
  value <= (bound.atMost ?? Number.POSITIVE_INFINITY) && value >= (bound.atLeast ?? Number.NEGATIVE_INFINITY);

const number = (value: number) => value.toPrecision(4);

function line(figure: ReturnType<typeof reported>): string {
  const peer =
    figure.peer === null ? '' : `, ${figure.peer} ${figure.peerValue === null ? 'not run' : number(figure.peerValue)}`;
  const ratio = figure.ratio === null ? '' : `, ratio ${number(figure.ratio)}`;
  const verdict = figure.ok === null ? '' : figure.ok ? '  ok' : '  MISSED';
  const note = figure.note ? `  (${figure.note})` : '';
  const value = figure.value === null ? 'not run' : `${number(figure.value)} ${figure.unit}`;
  return [`${figure.name}: ${value}${peer}${ratio}${verdict}${note}`, ...(figure.table ? lines(figure.table) : [])].join('\n');
}

const shown = (value: string | number | null | undefined) =>
  typeof value !== 'number' ? (value ?? 'not run') : Number.isInteger(value) ? String(value) : value.toPrecision(5);

/** A table with its columns in line. */
function lines(table: readonly TableRow[]): string[] {
  const columns = [...new Set(table.flatMap((row) => Object.keys(row)))];
  const cells = [columns, ...table.map((row) => columns.map((column) => shown(row[column])))];
  const widths = columns.map((_, j) => Math.max(...cells.map((row) => row[j].length)));
  return cells.map(
    (row) => `  ${row.map((cell, j) => (j === 0 ? cell.padEnd(widths[j]) : cell.padStart(widths[j]))).join('  ')}`,
  );
}

/** Words of the command line: a group, `--json`, and declared options with their values. */
function readWords(words: readonly string[]): {
  readonly group?: string;
  readonly json: boolean;
  readonly options: BenchOptions;
} {
  const given: Record<string, unknown> = {};
  let group: string | undefined;
  for (let i = 0; i < words.length; i++) {
    const name = words[i].slice(2);
    if (!words[i].startsWith('--')) group = words[i];
    else if (name !== 'json') {
      const text = words[++i] ?? '';
      given[name] =
        Object.hasOwn(benchOptions, name) && benchOptions[name as keyof BenchOptions].kind === 'text' ? text : Number(text);
    }
  }
  const options = resolveOptions('bench', benchOptions, given);
  return { json: words.includes('--json'), options, ...(group === undefined ? {} : { group }) };
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (thrown) {
  if (!(thrown instanceof MillwrightError)) throw thrown;
  console.error(thrown.message);
  process.exitCode = 2;
}
