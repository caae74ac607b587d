import { availableParallelism, totalmem } from 'node:os';
import type { Benchmark, Bound, Figure } from './benchmark.js';
import { BENCHMARKS } from './catalogue.js';

/** `npm run bench -- [group] [--json]`: without a group it lists what there is. */
async function main(words: readonly string[]): Promise<number> {
  const json = words.includes('--json');
  const group = words.find((word) => !word.startsWith('--'));
  const benchmarks: Benchmark[] = [];
  for (const load of Object.values(BENCHMARKS)) benchmarks.push(...(await load()));
  if (group === undefined) {
    const list = benchmarks.map(({ group, name }) => ({ group, name }));
    console.log(
      json ? JSON.stringify({ benchmarks: list }) : list.map((item) => `${item.group.padEnd(12)} ${item.name}`).join('\n'),
    );
    return 0;
  }
  const chosen = benchmarks.filter((benchmark) => benchmark.group === group);
  if (chosen.length === 0) {
    console.error(`No benchmark group '${group}'. Groups: ${[...new Set(benchmarks.map((b) => b.group))].join(', ')}.`);
    return 2;
  }
  const figures = [];
  for (const benchmark of chosen) {
    console.error(`running ${benchmark.group}/${benchmark.name}`);
    figures.push(reported(benchmark.name, await benchmark.run()));
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

function reported(name: string, figure: Figure) {
  const ratio = figure.peerValue ? figure.value / figure.peerValue : null;
  const { must } = figure;
  const judged = must?.of === 'ratio' ? ratio : figure.value;
  const ok = must === undefined ? null : judged === null ? false : within(judged, must);
  return {
    name,
    value: figure.value,
    unit: figure.unit,
    peer: figure.peer ?? null,
    peerValue: figure.peerValue ?? null,
    ratio,
    must: must ?? null,
    ok,
    note: figure.note,
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
  return `${figure.name}: ${number(figure.value)} ${figure.unit}${peer}${ratio}${verdict}${figure.note ? `  (${figure.note})` : ''}`;
}

process.exitCode = await main(process.argv.slice(2));
