import { random } from '../../../base/random.js';
import { requestCheck } from '../../../contract/request-check.js';
import { col, constant, csv, isMissing, joinText, labelFrom, request, source, system } from '../../../define/language.js';
import type { SystemPlan, Task } from '../../../define/plan.js';
import { compileFeatureRow } from '../../../features/feature-row.js';
import { featureTable } from '../../../features/feature-table.js';
import { columnFrom, type Scalar } from '../../../frame/column.js';
import { type Frame, frame } from '../../../frame/frame.js';
import type { Estimator } from '../../../models/estimator.js';
import { fitEncoder } from '../../../pipeline/encoder.js';
import { makePipeline } from '../../../pipeline/make-pipeline.js';
import type { Pipeline } from '../../../pipeline/pipeline.js';
import { createPredictor, type Predictor } from '../../../serve/predict.js';
import { OnlineMemory } from '../../../store/online/memory.js';
import { featureInputs } from '../../feature-inputs.js';

/** Names and categories that try to get out of where they are put. */
export const HOSTILE = ['it\'s "a" `${1}` \\', '\u2028\u2029\n', '</script><!--', '__proto__', 'constructor', 'ünï çödé 日本'];

const columns = {
  number: col.number(),
  'it\'s "a" `${1}` \\': col.number().required(),
  skewed: col.number().optional(),
  whole: col.integer().optional(),
  flag: col.boolean(),
  at: col.timestamp(),
  __proto__named: col.category(['a', 'b', '</script><!--', '__proto__', 'ünï çödé 日本', '\u2028\u2029\n']).optional(),
  town: col.string(),
  note: col.text().optional(),
  unused: col.string().required(),
};

/** A system of every kind of column, expression, check and substitute, without windows. */
export function oddPlan(task: Task): SystemPlan {
  const rows = source('rows', {
    from: csv('rows.csv'),
    columns: { ...columns, outcome: col.string().required(), amount: col.number().required() },
    expect: (is) => [
      is.between('whole', -50, 50, { onFail: 'quarantine' }),
      is.between('skewed', 0, null as never, { onFail: 'warn' }),
      is.matches('town', /^[^<]*$/, { onFail: 'quarantine' }),
      is.oneOf('town', ['t1', 't2'], { onFail: 'warn' }),
      is.holds('whole below number', (r) => r.whole.lt(1000)),
    ],
  });
  const asked = request({
    columns,
    derive: (r) => ({
      hour: r.at.hour(),
      weekday: r.at.weekday(),
      day: r.at.day(),
      month: r.at.month(),
      ratio: r.number.div(r.whole),
      root: r.skewed.sqrt().plus(r.skewed.log()),
      huge: r.number.times(1e308).times(1e9),
      near: r.town.oneOf('t1', 't2', 't3', 't4', 't5', 't6', 't7', 't8'),
      late: isMissing(r.at),
      short: r.note.length(),
      both: joinText(r.town.lower(), '|', r.flag),
      spelt: r.note.number(),
    }),
  });
  const train = {
    split: { by: 'random', test: 0.2, validation: 0.2 },
    candidates: [constant()],
    search: { by: task === 'regression' ? 'rmse' : 'logloss', trials: 1, seed: 1 },
  } as never;
  const plan = system('odd', {
    problem: { kind: task } as never,
    features: asked,
    label: labelFrom(rows, (r) => (task === 'regression' ? r.amount : task === 'binary' ? r.amount.gt(0) : r.outcome)) as never,
    train,
    serve: { whenMissing: { number: 3, flag: true, town: 'nowhere', hour: 12 } },
  }).plan;
  return { ...plan, features: plan.features.filter(({ name }) => name !== 'unused') };
}

/** Requests, good ones for the most part. */
export function oddRequests(count: number, seed: number): Record<string, unknown>[] {
  const draw = random(seed);
  const pick = <T>(list: readonly T[]): T => list[draw.below(list.length)] as T;
  const maybe = (value: unknown) => (draw.below(6) === 0 ? null : value);
  return Array.from({ length: count }, () => {
    const row: Record<string, unknown> = {
      number: maybe(Math.round(draw.normal() * 1000) / 100),
      'it\'s "a" `${1}` \\': draw.below(20) === 0 ? -0 : draw.normal(),
      skewed: maybe(Math.abs(draw.normal()) ** 7),
      whole: maybe(draw.below(60) - 9),
      flag: maybe(draw.below(2) === 0),
      at: maybe(draw.below(2) === 0 ? 1.7e12 + draw.below(1e9) * 100.5 : new Date(1.6e12 + draw.below(1e9) * 99).toISOString()),
      __proto__named: maybe(pick(['a', 'b', ...HOSTILE.slice(1)])),
      town: maybe(pick(['t1', 't2', 'T3', 'x', 'y', `z${draw.below(60)}`])),
      note: maybe(pick(['A good film', 'not a GOOD film', '', '12.5', `it's ${draw.below(9)} o'clock\u3000日本`, '1e999'])),
      unused: 'u',
    };
    if (draw.below(9) === 0) delete row[pick(Object.keys(row).filter((name) => name !== 'unused'))];
    if (draw.below(30) === 0)
      row[pick(Object.keys(row))] = pick([{}, [], 'text', ' 7 ', '', Number.POSITIVE_INFINITY, Number.NaN, true]);
    if (draw.below(30) === 0) row[pick(HOSTILE)] = 1;
    return row;
  });
}

/** The features of requests that hold nothing wrong, as training sees them. */
export function featuresOf(plan: SystemPlan, requests: readonly Readonly<Record<string, unknown>>[]): Frame {
  const check = requestCheck(plan);
  const rows = requests.flatMap((row) => {
    const values: Scalar[] = [];
    return check.check(row, values).some(({ severity }) => severity === 'error') ? [] : [values];
  });
  const spine = frame(
    Object.fromEntries(
      Object.entries(plan.request.columns).map(([name, { type }], j) => [
        name,
        columnFrom(
          type === 'number' || type === 'integer' ? 'number' : type === 'boolean' || type === 'timestamp' ? type : 'string',
          rows.map((values) => values[j]),
        ),
      ]),
    ),
    rows.length,
  );
  return featureTable(plan, {}, spine, { asServed: true, times: new Float64Array(rows.length) });
}

/** A pipeline of an estimator, fitted on such features to something that has to do with them. */
export async function oddPipeline(
  plan: SystemPlan,
  estimator: Estimator,
  task: Task,
  table: Frame,
  params: Readonly<Record<string, unknown>> = {},
): Promise<Pipeline> {
  const classes = { binary: 2, multiclass: 3, regression: 1 }[task];
  const draw = random(5);
  const hot = table.columns['number'];
  const signal = Float64Array.from({ length: table.rows }, (_, i) => (hot?.kind === 'number' ? (hot.values[i] ?? 0) : 0) / 5);
  const values = signal.map((value) => {
    const noisy = (value === value ? value : 1) + 0.5 * draw.normal();
    return task === 'regression' ? noisy : task === 'binary' ? Number(noisy > 0) : noisy > 1 ? 2 : noisy > -1 ? 1 : 0;
  });
  const options = { maxOneHot: 5, maxCodes: 12 };
  const { encoder, training } = fitEncoder(
    table,
    featureInputs(plan),
    { task, classes, values },
    estimator.memberNeeds ?? estimator.needs,
    options,
  );
  const model = await estimator.fit({ matrix: training, target: values }, params, { task, classes, seed: 3 });
  const labels = task === 'regression' ? [] : ['no', '__proto__', '</script>'].slice(0, classes);
  return makePipeline({ encoder, model, classes: labels, threshold: 0.4 });
}

/** What the server would answer with. */
export function servedBy(plan: SystemPlan, pipeline: Pipeline): Predictor {
  const clock = { now: () => 0 };
  return createPredictor({
    name: 'odd',
    version: '1',
    plan,
    pipeline,
    rowCheck: requestCheck(plan),
    featureRow: compileFeatureRow(plan, new OnlineMemory({ sources: {}, views: [] }, { clock })),
  });
}
