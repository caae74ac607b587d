import { random } from '../../../base/random.js';
import type { GatePlan, ProblemPlan, Task, ValuePlan } from '../../../define/plan.js';
import { columnFrom, type StringColumn } from '../../../frame/column.js';
import { computeMetrics } from '../../../stats/metrics/catalogue.js';
import type { MetricInput } from '../../../stats/metrics/metric.js';
import { evaluate } from '../../evaluate.js';
import { applyGates } from '../../gates.js';
import type { ReportData } from '../report-data.js';

export interface SampleOptions {
  readonly rows?: number;
  readonly trials?: number;
  /** Stands wherever a user's text may stand. */
  readonly name?: string;
  readonly value?: boolean;
}

const VALUE: ValuePlan = {
  kind: 'value',
  truePositive: 40,
  falsePositive: -12,
  falseNegative: -2,
  trueNegative: 0,
  capacity: 0.3,
  currency: 'USD',
};

/** A report's data of a whole model: predictions are drawn, and everything said of them is computed from them. */
export function sampleReport(task: Task, options: SampleOptions = {}): ReportData {
  const { rows = 3000, trials = 20, name = null, value = task === 'binary' } = options;
  const called = (usual: string) => (name === null ? usual : `${name} ${usual}`);
  const classes =
    task === 'binary' ? ['on time', 'late'] : task === 'multiclass' ? ['bus', 'car', 'train', 'tram', 'walk'] : [];
  const named = classes.map(called);
  const scored = (skill: number, label: string, count = rows) => draw(task, classes.length, count, skill, label);
  const chosen = scored(1, 'unseen');
  const plan = value && task === 'binary' ? { ...VALUE, currency: called('USD') } : null;
  const evaluation = evaluate({
    ...chosen,
    classes: named,
    value: plan,
    slices: slicesOf(task, rows, called),
  });
  const latency = { mean: 0.0021, p50: 0.0019, p99: 0.0063 };
  const features = featureNames().map(called);
  const names = ['gbdt', 'gbdt', 'logistic', 'tree'];
  return {
    system: called('flight-delay'),
    problem: problemOf(task, plan, called),
    features: features.length,
    evaluation,
    evaluatedOn: 'test',
    validation: figuresOf(scored(1, 'validation'), plan),
    candidates: Array.from({ length: trials }, (_, i) => {
      const estimator = names[i % names.length] as string;
      const skill = estimator === 'gbdt' ? 0.8 + (0.25 * (trials - i)) / trials : estimator === 'logistic' ? 0.6 : 0.4;
      return {
        name: estimator,
        params:
          estimator === 'gbdt'
            ? { leaves: 31 + i, learningRate: 0.1 / (i + 1), rounds: 120 }
            : { strength: i, text: called('x') },
        validation: figuresOf(scored(skill, `trial ${i}`, 500), plan),
        test: i < 4 && i !== 1 ? figuresOf(scored(skill, `test ${i}`, 800), null) : null,
      };
    }),
    learning: [60, 120, 240, 480].map((rows, i) => ({ rows, score: 0.7 + 0.02 * i })),
    chosen: { name: 'gbdt', params: { leaves: 31, learningRate: 0.1 } },
    gates: applyGates(gatesOf(task, called), { evaluation, scored: chosen, champion: null, value: plan, latency, seed: 7 }),
    importances: features.map((feature, i) => ({
      feature,
      drop: 0.08 / (i + 1) - 0.001,
      deviation: 0.004 / (i + 1),
      gain: 1 / features.length,
      splits: 1 / features.length,
    })),
    latency,
    sources: [
      {
        name: called('flights'),
        path: called('data/flights-3m.parquet'),
        rows: 3_000_000,
        quarantined: 1234,
        from: Date.UTC(2001, 0, 1),
        to: Date.UTC(2001, 5, 30, 23, 59),
        snapshot: 'b3'.repeat(32),
        checks: [
          { what: called('origin is never missing'), passed: true, onFail: 'fail' },
          { what: called('distance is between 1 and 6000'), passed: false, onFail: 'quarantine' },
        ],
      },
    ],
    lineage: { pipeline: 'a1'.repeat(32), plan: 'c2'.repeat(32), code: 'd3'.repeat(32) },
    warnings: [called('Column flightId looks like an identifier and was left out.')],
  };
}

function problemOf(task: Task, value: ValuePlan | null, called: (usual: string) => string): ProblemPlan {
  return {
    kind: 'problem',
    task,
    objective: called('Know at the scheduled departure which flights will arrive 15 or more minutes late.'),
    decision: called('Rebook the passengers whose connection is at risk.'),
    risk: 'low',
    latency: 20,
    value,
  };
}

const gatesOf = (task: Task, called: (usual: string) => string): GatePlan[] => [
  { kind: 'gate', gate: 'latency', p99: 5 },
  { kind: 'gate', gate: 'slice', feature: called('carrier'), metric: sliceMetricOf(task), dropAtMost: 0.01 },
  ...(task === 'binary'
    ? ([
        { kind: 'gate', gate: 'metric', metric: 'ece', low: null, high: 0.03 },
        { kind: 'gate', gate: 'beatsChampion', metric: 'value', by: 0, confidence: 0.95 },
      ] as const)
    : []),
];

const sliceMetricOf = (task: Task): string => ({ binary: 'auc', multiclass: 'accuracy', regression: 'rmse' })[task];

function slicesOf(task: Task, rows: number, called: (usual: string) => string) {
  const source = random(5);
  const column = (prefix: string, kinds: number) =>
    columnFrom(
      'string',
      Array.from({ length: rows }, () => called(`${prefix}${source.below(kinds)}`)),
    ) as StringColumn;
  return [
    { feature: called('carrier'), metric: sliceMetricOf(task), column: column('C', 8) },
    { feature: called('origin'), metric: sliceMetricOf(task), column: column('APT', 15) },
  ];
}

function featureNames(): string[] {
  const views = ['origin', 'destination', 'route', 'network'];
  const windows = ['1h', '3h', '24h', '7d', '28d'];
  const aggregates = ['departures', 'lateRate', 'meanDelay'];
  const windowed = views.flatMap((view) => aggregates.flatMap((of) => windows.map((span) => `${view}.${of}_${span}`)));
  return ['hour', 'weekday', 'distance', 'origin', 'destination', 'carrier', ...windowed];
}

/** Predictions that are the truer the greater the skill. */
function draw(task: Task, classes: number, rows: number, skill: number, label: string): MetricInput {
  const source = random(11).fork(label);
  const outputs = task === 'multiclass' ? classes : 1;
  const target = new Float64Array(rows);
  const predictions = new Float64Array(rows * outputs);
  for (let row = 0; row < rows; row++) {
    if (task === 'binary') {
      const score = skill * 3 * (source.next() + source.next() - 1) - 1.6;
      const probability = 1 / (1 + Math.exp(-score));
      predictions[row] = probability;
      target[row] = source.next() < probability ? 1 : 0;
    } else if (task === 'regression') {
      const truth = 100 + 400 * source.next() ** 2;
      target[row] = truth;
      predictions[row] = truth * 0.85 + 30 + ((source.next() + source.next() - 1) * 120) / skill;
    } else {
      const truth = Math.floor(source.next() ** 1.5 * classes);
      target[row] = truth;
      let sum = 0;
      for (let c = 0; c < classes; c++) {
        const weight = source.next() + (c === truth ? skill : c === truth + 1 ? 0.4 : 0);
        predictions[row * classes + c] = weight;
        sum += weight;
      }
      for (let c = 0; c < classes; c++) predictions[row * classes + c] = (predictions[row * classes + c] as number) / sum;
    }
  }
  return { task, outputs, predictions, target, threshold: task === 'binary' ? 0.23 : 0.5 };
}

function figuresOf(scored: MetricInput, value: ValuePlan | null): Record<string, number> {
  const figures = computeMetrics(scored);
  if (value === null) return figures;
  let sum = 0;
  for (let row = 0; row < scored.target.length; row++) {
    const acted = (scored.predictions[row] as number) >= scored.threshold;
    if (acted) sum += scored.target[row] === 1 ? value.truePositive : value.falsePositive;
    else sum += scored.target[row] === 1 ? value.falseNegative : value.trueNegative;
  }
  return { ...figures, value: sum / scored.target.length };
}
