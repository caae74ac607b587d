import { systemClock } from '../../src/base/clock.js';
import { compileRowCheck } from '../../src/contract/row-check.js';
import type { FeaturePlan, RequestPlan, Task } from '../../src/define/plan.js';
import { compileFeatureRow } from '../../src/features/feature-row.js';
import type { Scalar } from '../../src/frame/column.js';
import { columnOf, type Frame } from '../../src/frame/frame.js';
import type { Matrix, Model } from '../../src/models/estimator.js';
import type { Encoder, FeatureInput, Pipeline } from '../../src/pipeline/pipeline.js';
import type { Deployment, DeploymentPlan } from '../../src/serve/deployment.js';
import { OnlineMemory } from '../../src/store/online/memory.js';

/** A linear model of two numbers, small enough to compute its answers by hand: tests and the HTTP benchmark serve it. */

const INPUTS: readonly FeatureInput[] = [
  { name: 'x', type: 'number' },
  { name: 'y', type: 'number' },
];

export const logit = (z: number): number => 1 / (1 + Math.exp(-z));

export function linearModel(task: Task, weights: readonly (readonly [number, number, number])[]): Model {
  const outputs = weights.length;
  const predictRow = (row: Float64Array, out: Float64Array, offset = 0) => {
    let total = 0;
    for (let k = 0; k < outputs; k++) {
      const [b, wx, wy] = weights[k] as readonly [number, number, number];
      const z = b + wx * (row[0] as number) + wy * (row[1] as number);
      out[offset + k] = task === 'binary' ? logit(z) : task === 'multiclass' ? Math.exp(z) : z;
      total += out[offset + k] as number;
    }
    if (task === 'multiclass') for (let k = 0; k < outputs; k++) out[offset + k] = (out[offset + k] as number) / total;
  };
  return {
    estimator: 'linear',
    task,
    outputs,
    inputs: 2,
    predict(matrix: Matrix) {
      const out = new Float64Array(matrix.rows * outputs);
      const row = new Float64Array(2);
      for (let i = 0; i < matrix.rows; i++) {
        for (let j = 0; j < 2; j++) row[j] = matrix.columns[j]?.[i] ?? Number.NaN;
        predictRow(row, out, i * outputs);
      }
      return out;
    },
    predictRow,
    serialize: () => new TextEncoder().encode(JSON.stringify({ task, weights })),
    summary: {},
  };
}

const numbers: Encoder = {
  inputs: INPUTS,
  outputs: ['x', 'y'],
  encode(table: Frame) {
    const columns = INPUTS.map(({ name }) => {
      const column = columnOf(table, name);
      return column.kind === 'number' ? column.values : new Float64Array(table.rows).fill(Number.NaN);
    });
    return { rows: table.rows, columns, features: INPUTS.map(({ name }) => ({ name, categories: 0 })) };
  },
  encodeRow(values: readonly Scalar[], out: Float64Array) {
    for (let j = 0; j < 2; j++) out[j] = typeof values[j] === 'number' ? (values[j] as number) : Number.NaN;
  },
  toData: () => null,
};

export function tinyPipeline(model: Model, classes: readonly string[], threshold = 0.5): Pipeline {
  const encoded = new Float64Array(2);
  return {
    task: model.task,
    features: INPUTS,
    classes,
    threshold,
    encoder: numbers,
    model,
    predict: (table) => model.predict(numbers.encode(table)),
    predictRow(values, out, offset) {
      numbers.encodeRow(values, encoded);
      model.predictRow(encoded, out, offset);
    },
    serialize: () => model.serialize(),
  };
}

const request: RequestPlan = {
  kind: 'request',
  time: 'at',
  columns: {
    entity: { kind: 'column', type: 'string', categories: null, nullable: false },
    at: { kind: 'column', type: 'timestamp', categories: null, nullable: false },
    x: { kind: 'column', type: 'number', categories: null, nullable: false },
    y: { kind: 'column', type: 'number', categories: null, nullable: true },
    size: { kind: 'column', type: 'category', categories: ['small', 'large'], nullable: true },
  },
};
const features: readonly FeaturePlan[] = INPUTS.map(({ name }) => ({
  kind: 'feature',
  name,
  type: 'number',
  from: { kind: 'fromRequest', column: name },
}));

/** The tiny system has no windows, so nothing is ever read here. */
const noEntities = new OnlineMemory({ sources: {}, views: [] }, { clock: systemClock });

const PIPELINES = {
  binary: () => tinyPipeline(linearModel('binary', [[0, 1, 1]]), ['no', 'yes']),
  multiclass: () =>
    tinyPipeline(
      linearModel('multiclass', [
        [0, 1, 0],
        [0, 0, 1],
        [0.5, 0, 0],
      ]),
      ['a', 'b', 'c'],
    ),
  regression: () => tinyPipeline(linearModel('regression', [[1, 2, 3]]), []),
} satisfies Record<Task, () => Pipeline>;

/** A deployment of the linear model; `y` becomes 0 when it is missing. */
export function tinyDeployment(task: Task, name = 'tiny', version = 'v1'): Deployment {
  const plan: DeploymentPlan = {
    request,
    features,
    serve: { kind: 'serve', whenMissing: { y: 0 }, maxRows: 100 },
    problem: {
      kind: 'problem',
      task,
      objective: 'Learn the tiny truth',
      decision: 'none',
      risk: 'low',
      latency: 5,
      value: null,
    },
  };
  return {
    name,
    version,
    plan,
    pipeline: PIPELINES[task](),
    rowCheck: compileRowCheck(request),
    featureRow: compileFeatureRow({ ...plan, sources: {}, views: [] }, noEntities),
  };
}
