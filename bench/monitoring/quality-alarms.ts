import { random } from '../../src/base/random.js';
import type { Task } from '../../src/define/plan.js';
import { judgeQuality } from '../../src/monitor/judge-quality.js';
import type { LabelledScores } from '../../src/monitor/outcome-metrics.js';
import { outcomeMetric } from '../../src/monitor/outcome-metrics.js';
import type { SignalState } from '../../src/monitor/signal-result.js';
import { metricOf, metricsFor } from '../../src/stats/metrics/catalogue.js';
import { asDecided } from '../../src/stats/metrics/rows.js';
import type { Benchmark, Figure } from '../benchmark.js';
import { labelledRows, QUALITY_WORLDS, type QualityWorld } from './quality-worlds.js';

const TRUTH_ROWS = 1_000_000;

export interface QualityAlarms {
  readonly world: string;
  readonly metric: string;
  readonly rows: number;
  readonly truth: number;
  readonly windows: number;
  /** Windows in which a bound at the truth fires although nothing is wrong: on the side that the signal is for, and on the other. */
  readonly worse: number;
  readonly better: number;
  /** Windows that are too small to be judged at all. */
  readonly unjudged: number;
}

export type QualityRule = (
  metric: string,
  task: Task,
  bounds: { readonly below: number | null; readonly above: number | null },
  rows: LabelledScores,
) => { readonly state: SignalState; readonly figure: number | null };

const ours: QualityRule = (metric, task, bounds, rows) =>
  judgeQuality({ name: metric, metric, ...bounds }, outcomeMetric(metric, task), rows, task);

/** What each metric is of a world, from a million rows. */
export function truthOf(world: QualityWorld, seed: number): ReadonlyMap<string, number> {
  const rows = labelledRows(world, TRUTH_ROWS, random(seed).fork('truth').fork(world.name));
  const input = { task: world.task, outputs: world.outputs, predictions: rows.scores, target: rows.labels, threshold: 0.5 };
  return new Map(
    metricsFor(world.task).map(({ name }) => {
      const ofDecisions = world.task === 'binary' && metricOf(name).ofDecisions;
      return [name, metricOf(name).compute(ofDecisions ? asDecided(input, rows.decided) : input)];
    }),
  );
}

/** False alarms of quality signals whose bound is the truth: `windows` windows of `rows` rows, every metric of the world's problem. */
export function qualityAlarms(
  world: QualityWorld,
  truths: ReadonlyMap<string, number>,
  rows: number,
  windows: number,
  seed: number,
  rule: QualityRule = ours,
): QualityAlarms[] {
  const counts = new Map([...truths.keys()].map((name) => [name, { worse: 0, better: 0, unjudged: 0 }]));
  const source = random(seed).fork(world.name).fork(rows);
  for (let w = 0; w < windows; w++) {
    const labelled = labelledRows(world, rows, source);
    for (const [metric, truth] of truths) {
      const count = counts.get(metric) as { worse: number; better: number; unjudged: number };
      const below = rule(metric, world.task, { below: truth, above: null }, labelled);
      const above = rule(metric, world.task, { below: null, above: truth }, labelled);
      const [worse, better] = metricOf(metric).better === 'higher' ? [below, above] : [above, below];
      if (worse.state === 'fired') count.worse++;
      if (better.state === 'fired') count.better++;
      if (below.figure === null) count.unjudged++;
    }
  }
  return [...counts].map(([metric, count]) => ({
    world: world.name,
    metric,
    rows,
    truth: truths.get(metric) as number,
    windows,
    ...count,
  }));
}

const SIZES = [200, 500, 1000, 5000];
const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

const atTheTruth: Benchmark = {
  group: 'monitoring',
  name: 'quality signals whose bound is the truth',
  async run(): Promise<Figure> {
    const found = QUALITY_WORLDS.flatMap((world) => {
      const truths = truthOf(world, 17);
      return SIZES.flatMap((rows) => qualityAlarms(world, truths, rows, rows > 1000 ? 400 : 1000, 17));
    });
    const of = (world: string, metric: string, rows: number) =>
      found.find((each) => each.world === world && each.metric === metric && each.rows === rows) as QualityAlarms;
    const signals = found.filter(({ rows }) => rows === SIZES[0]);
    const all = found.reduce((sum, { windows }) => sum + windows, 0);
    return {
      value: found.reduce((sum, { worse }) => sum + worse, 0) / all,
      unit: 'share of windows that fire, all metrics, worlds and sizes',
      must: { of: 'value', atMost: 0.06 },
      note: `too small to be judged: ${percent(found.reduce((sum, { unjudged }) => sum + unjudged, 0) / all)}`,
      table: signals.map(({ world, metric }) => ({
        world,
        metric,
        ...Object.fromEntries(
          SIZES.map((rows) => {
            const { worse, unjudged, windows } = of(world, metric, rows);
            const left = unjudged > 0 ? ` (${percent(unjudged / windows)} not judged)` : '';
            return [`${rows} rows`, `${percent(worse / windows)}${left}`];
          }),
        ),
      })),
    };
  },
};

export const benchmarks: readonly Benchmark[] = [atTheTruth];
