import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import churn from '../../test/types/churn.system.js';
import flights from '../../test/types/flights.system.js';
import { MillwrightError } from '../base/error.js';
import { checkPlan } from './check-plan.js';
import { planHash } from './plan-hash.js';

type Data = Record<string, unknown>;
const copy = (data: unknown): Data => JSON.parse(JSON.stringify(data)) as Data;

/** The plan with the value at a path replaced, or taken away. */
function changed(plan: unknown, path: string, value: unknown): Data {
  const whole = copy(plan);
  const steps = path.split('.');
  let at: Data = whole;
  for (const step of steps.slice(0, -1)) at = at[step] as Data;
  if (value === undefined) delete at[steps.at(-1) as string];
  else at[steps.at(-1) as string] = value;
  return whole;
}
function refusal(plan: unknown): MillwrightError {
  try {
    checkPlan(plan);
  } catch (error) {
    if (error instanceof MillwrightError) return error;
    throw error;
  }
  throw new Error('the plan was accepted');
}

test('a plan from JSON is the same plan, frozen', () => {
  for (const { plan, hash } of [flights, churn]) {
    const read = checkPlan(copy(plan));
    expect(read).toEqual(plan);
    expect(planHash(read)).toBe(hash);
    expect(Object.isFrozen(read.features[0]?.from)).toBe(true);
  }
});

const column = (name: string) => ({ kind: 'column', name });
const call = (op: string, ...args: readonly unknown[]) => ({ kind: 'call', op, args });
const number = (value: unknown) => ({ kind: 'literal', type: 'number', value });

/** A path of the flights plan, what stands there, and words of the answer. */
const DAMAGE: readonly (readonly [path: string, value: unknown, code: string, words: string])[] = [
  ['format', 2, 'MW_PLAN_INVALID', 'plan.format must be 1'],
  ['kind', 'sistem', 'MW_PLAN_INVALID', 'plan.kind'],
  ['label', undefined, 'MW_PLAN_INVALID', "plan lacks 'label'"],
  ['lable', {}, 'MW_PLAN_INVALID', "Did you mean 'label'?"],
  ['name', '', 'MW_PLAN_INVALID', 'plan.name'],
  ['problem.risk', 'none', 'MW_PLAN_INVALID', 'low, medium, high'],
  ['problem.task', 'regression', 'MW_DEFINE_INVALID', 'boolean label'],
  ['features', [], 'MW_PLAN_INVALID', 'at least 1'],
  ['sources.flights.name', 'fligths', 'MW_DEFINE_INVALID', "stands under 'flights'"],
  ['sources.flights.time', 'delay', 'MW_DEFINE_TYPE', 'timestamp'],
  ['sources.flights.time', null, 'MW_DEFINE_INVALID', 'no event time'],
  ['sources.flights.key', ['flight'], 'MW_DEFINE_UNKNOWN', "'flight'"],
  ['sources.flights.availableAt', column('distance'), 'MW_DEFINE_TYPE', 'not a timestamp'],
  ['sources.flights.availableAt', call('plus', column('date'), column('origin')), 'MW_DEFINE_TYPE', 'plus does not take'],
  ['sources.flights.availableAt', call('pluss', column('date'), number(1)), 'MW_PLAN_INVALID', "Did you mean 'plus'?"],
  ['sources.flights.availableAt', call('plus', column('date')), 'MW_PLAN_INVALID', 'takes 2 arguments'],
  ['sources.flights.availableAt', call('plus', column('date'), number('1')), 'MW_PLAN_INVALID', 'must be a number'],
  ['sources.flights.availableAt', call('plus', column('daet'), number(1)), 'MW_DEFINE_UNKNOWN', "Did you mean 'date'?"],
  ['sources.flights.contract.columns.delay.type', 'float', 'MW_PLAN_INVALID', 'number'],
  ['sources.flights.contract.columns.origin.type', 'category', 'MW_DEFINE_INVALID', 'without a list'],
  ['sources.flights.contract.columns.origin.categories', ['ATL'], 'MW_DEFINE_INVALID', 'with a list'],
  ['sources.flights.contract.checks.0.column', 'daet', 'MW_DEFINE_UNKNOWN', "'date'"],
  ['sources.flights.contract.checks.3.low', 9000, 'MW_DEFINE_INVALID', 'lower bound'],
  ['sources.flights.contract.checks.3.onFail', 'drop', 'MW_PLAN_INVALID', 'quarantine'],
  ['views.0.source', 'fligths', 'MW_DEFINE_UNKNOWN', "Did you mean 'flights'?"],
  ['views.0.name', 'route', 'MW_DEFINE_DUPLICATE', "'route'"],
  ['views.0.by.0.request', 'orign', 'MW_DEFINE_UNKNOWN', "'origin'"],
  ['views.0.by.0.request', 'distance', 'MW_DEFINE_TYPE', "'distance' of the request"],
  ['views.0.aggregates.0.value', column('delay'), 'MW_DEFINE_INVALID', 'count takes no value'],
  ['views.0.aggregates.1.value', null, 'MW_DEFINE_INVALID', 'mean needs a value'],
  ['views.0.aggregates.1.value', column('origin'), 'MW_DEFINE_TYPE', 'needs numbers'],
  ['views.0.aggregates.1.where', column('delay'), 'MW_DEFINE_TYPE', 'condition'],
  ['views.0.aggregates.1.windows.0.span', 0, 'MW_DEFINE_INVALID', 'longer than nothing'],
  ['views.0.aggregates.1.windows.0.span', 1000, 'MW_DEFINE_INVALID', 'over 1000 ms'],
  ['views.0.aggregates.1.windows.0.feature', 'late', 'MW_DEFINE_INVALID', 'prefix_name_window'],
  ['views.0.aggregates.1.name', 'departures', 'MW_DEFINE_DUPLICATE', "'departures'"],
  ['request.time', 'distance', 'MW_DEFINE_TYPE', 'timestamp'],
  ['request.columns.distance.type', 'string', 'MW_DEFINE_TYPE', "'distance' of the request"],
  ['features.0.name', 'hour', 'MW_DEFINE_INVALID', 'another name'],
  ['features.0.type', 'boolean', 'MW_DEFINE_TYPE', 'boolean'],
  ['features.2.name', 'hour', 'MW_DEFINE_DUPLICATE', "'hour'"],
  ['features.3.name', 'origin_departures_2h', 'MW_DEFINE_UNKNOWN', "'origin_departures_1h'"],
  ['features.3.from.view', 'route', 'MW_DEFINE_UNKNOWN', "'route'"],
  ['features.1.from.expression', column('delay'), 'MW_DEFINE_UNKNOWN', "'delay'"],
  ['features.1.type', 'category', 'MW_DEFINE_TYPE', 'number'],
  ['features.1.name', 'origin', 'MW_DEFINE_DUPLICATE', "'origin'"],
  ['label.source', 'x', 'MW_DEFINE_UNKNOWN', 'Sources: flights'],
  ['label.expression', column('date'), 'MW_DEFINE_INVALID', 'timestamp label'],
  ['label.positive', null, 'MW_DEFINE_INVALID', 'positive class'],
  ['label.positive', 'yes', 'MW_DEFINE_UNKNOWN', 'true, false'],
  ['train.split.column', 'delay', 'MW_DEFINE_TYPE', 'timestamp'],
  ['train.split.to', 0, 'MW_DEFINE_INVALID', 'after testFrom'],
  ['train.candidates.0.estimator', 'gbtd', 'MW_DEFINE_UNKNOWN', "Did you mean 'gbdt'?"],
  ['train.candidates.2.params.leaves', 1, 'MW_OPTION_INVALID', 'at least 2'],
  ['train.candidates.2.params.leavs', 31, 'MW_DEFINE_UNKNOWN', "Did you mean 'leaves'?"],
  ['train.search.by', 'rmse', 'MW_DEFINE_UNKNOWN', 'auc'],
  ['train.search.seed', -1, 'MW_DEFINE_INVALID', 'seed'],
  ['train.search.trials', 0, 'MW_PLAN_INVALID', 'at least 1'],
  ['accept.0.metric', 'rmse', 'MW_DEFINE_UNKNOWN', 'auc'],
  ['accept.0.low', null, 'MW_DEFINE_INVALID', 'bound'],
  ['accept.2.confidence', 2, 'MW_DEFINE_INVALID', 'at most 1'],
  ['accept.3.feature', 'orign', 'MW_DEFINE_UNKNOWN', "'origin'"],
  ['accept.4.p99', 0, 'MW_DEFINE_INVALID', 'above 0'],
  ['problem.value', null, 'MW_DEFINE_INVALID', 'problem.value'],
  ['serve.whenMissing.distance', 'far', 'MW_DEFINE_TYPE', 'number'],
  ['serve.whenMissing.delay', 1, 'MW_DEFINE_UNKNOWN', "'delay'"],
  ['serve.maxRows', 0.5, 'MW_PLAN_INVALID', 'whole number'],
  ['watch.lateDrift.of', 'lateRate', 'MW_DEFINE_UNKNOWN', 'lateRate'],
  ['watch.lateDrift.window', 0, 'MW_DEFINE_INVALID', 'above 0'],
  ['watch.aucDrop.below', null, 'MW_DEFINE_INVALID', 'bound'],
  ['watch.failing.above', 2, 'MW_DEFINE_INVALID', 'at most 1'],
  ['retrain.on', ['drift'], 'MW_DEFINE_UNKNOWN', 'lateDrift'],
];

describe('a damaged plan is refused with its place', () => {
  test.each(DAMAGE)('%s = %j', (path, value, code, words) => {
    const error = refusal(changed(flights.plan, path, value));
    expect(error.code).toBe(code);
    expect(`${error.message} ${error.fix}`).toContain(words);
    expect(error.where.place ?? error.where.path).toBeTruthy();
  });
});

test('anything at all is a plan or a coded error, never a crash', () => {
  const paths: string[] = [];
  const walk = (data: unknown, path: string): void => {
    if (path) paths.push(path);
    if (typeof data === 'object' && data !== null)
      for (const [name, part] of Object.entries(data)) walk(part, path ? `${path}.${name}` : name);
  };
  walk(flights.plan, '');
  const junk = fc.oneof(fc.jsonValue(), fc.constantFrom(undefined, Number.NaN, '__proto__', 'constructor', {}, [], null));
  fc.assert(
    fc.property(fc.constantFrom(...paths), junk, (path, value) => {
      const given = changed(flights.plan, path, value);
      try {
        const plan = checkPlan(given);
        expect(planHash(plan)).toBe(planHash(checkPlan(copy(plan))));
      } catch (error) {
        expect(error).toBeInstanceOf(MillwrightError);
        expect((error as MillwrightError).code).toMatch(/^MW_(PLAN_INVALID|DEFINE_|OPTION_INVALID)/);
      }
    }),
    { seed: 7, numRuns: 1500 },
  );
});

test('an expression nested without end is refused', () => {
  let deep: unknown = column('date');
  for (let i = 0; i < 5000; i++) deep = call('plus', deep, number(1));
  const whole = copy(flights.plan);
  ((whole.sources as Data).flights as Data).availableAt = deep;
  const error = refusal(whole);
  expect(error.code).toBe('MW_PLAN_INVALID');
  expect(error.message).toContain('nested too deeply');
});
