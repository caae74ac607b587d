import type { Duration } from '../base/duration.js';
import { call, type Expression } from '../frame/expression.js';
import type { Columns, RowOf } from './columns.js';
import { called, invalid, namesOf, optionsObject, type Place, shown, span, text, unknown, wrongType } from './complain.js';
import { distinct, type FeatureSet } from './feature-set.js';
import { deepFreeze } from './freeze.js';
import type { Flat, Mistake, Name, Typed } from './mistake.js';
import type { AggregateName, AggregatePlan, ColumnPlan, FeaturePlan, KeyPlan, ViewPlan } from './plan.js';
import { rowOf } from './row.js';
import {
  BooleanExpression,
  type ExpressionOf,
  NumberExpression,
  RowExpression,
  type RowExpressions,
} from './row-expressions.js';
import type { Source } from './source.js';

/** One aggregate over the windows W, before it has a name. */
export interface WindowedFeature<W extends string = string> extends Typed<W> {
  readonly kind: 'windowed';
  readonly op: AggregateName;
  readonly value: Expression | null;
  readonly where: Expression | null;
  readonly over: readonly string[];
}

export interface Over<W extends readonly Duration[]> {
  /** Spans of the windows: an event counts when it happened in the span before the moment asked about, and was known by then. */
  readonly over: W;
  /** Only events that meet this condition. */
  readonly where?: BooleanExpression;
}

/** What can be averaged and summed: numbers, and conditions (as the share or count of the true). */
type Numbers<R, K extends Name<R>> = [R[K]] extends [number | boolean] ? unknown : Mistake<`'${K}' is not a numeric column`>;
type Aggregate<R> = <const K extends Name<R>, const W extends readonly Duration[]>(
  value: (K & Numbers<R, K>) | NumberExpression | BooleanExpression,
  options: Over<W>,
) => WindowedFeature<W[number]>;
type Operand<T> = [T] extends [Date] ? Date | string : T;
type Compare<R, T> = <const K extends Name<R>>(
  column: K & ([R[K]] extends [T] ? unknown : Mistake<`'${K}' cannot be compared by size`>),
  value: Operand<R[K]> | ExpressionOf<R[K]>,
) => BooleanExpression;

/** The builder of a feature view: aggregates over windows, and conditions on the rows they read. */
export interface ViewBuilder<R> {
  /** The row's columns, for expressions beyond the short forms here. */
  readonly row: RowExpressions<R>;
  /** Number of events. */
  count<const W extends readonly Duration[]>(options: Over<W>): WindowedFeature<W[number]>;
  readonly sum: Aggregate<R>;
  readonly mean: Aggregate<R>;
  readonly variance: Aggregate<R>;
  readonly min: Aggregate<R>;
  readonly max: Aggregate<R>;
  /** The value of the newest event. */
  readonly last: Aggregate<R>;
  eq<const K extends Name<R>>(column: K, value: Operand<R[K]> | ExpressionOf<R[K]>): BooleanExpression;
  ne<const K extends Name<R>>(column: K, value: Operand<R[K]> | ExpressionOf<R[K]>): BooleanExpression;
  readonly lt: Compare<R, number | Date>;
  readonly lte: Compare<R, number | Date>;
  readonly gt: Compare<R, number | Date>;
  readonly gte: Compare<R, number | Date>;
  oneOf<const K extends Name<R>>(column: K, values: readonly (R[K] & (string | number))[]): BooleanExpression;
  isMissing(column: Name<R>): BooleanExpression;
}

/** The source columns that carry the entity; an object maps a source column to the request column that looks it up. */
export type By<R> = Name<R> | readonly Name<R>[] | { readonly [K in Name<R>]?: string };
type KeyInput<R, B> = [B] extends [never]
  ? unknown
  : B extends Name<R>
    ? { readonly [K in B]: R[K] }
    : B extends readonly Name<R>[]
      ? { readonly [K in B[number]]: R[K] }
      : B extends Readonly<Record<string, string>>
        ? { readonly [K in Name<B> as B[K]]: K extends keyof R ? R[K] : never }
        : unknown;

export interface ViewOptions<B, P extends string> {
  /** Entity of the view; without it there is one window over the whole source. */
  readonly by?: B;
  /** Put before the names of the features: `origin` makes `origin_lateRate_3h`. */
  readonly prefix?: P;
  /** Name of the view; made from the source and the entity unless given. */
  readonly name?: string;
}

type Named = Readonly<Record<string, WindowedFeature>>;
type Prefixed<P extends string, N extends string> = [P] extends [never] ? N : `${P}_${N}`;
type OutputName<P extends string, N extends string, A> = A extends WindowedFeature<infer W> ? `${Prefixed<P, N>}_${W}` : never;
export type WindowFeatures<P extends string, A> = { readonly [N in Name<A> as OutputName<P, N, A[N]>]: number };

const OPS: readonly AggregateName[] = ['count', 'sum', 'mean', 'variance', 'min', 'max', 'last'];

/** Windows look back from a moment to the rows' own. */
type Timed<T extends string> = [T] extends [never] ? Mistake<'the source names no time, so it has no windows'> : unknown;

/**
 * A feature view: aggregates of a source's events over windows before the moment asked about, by entity. Each window of each
 * aggregate is one feature, named `prefix_name_window`.
 * @throws MW_DEFINE_* on a mistake that the types could not tell
 */
export function features<
  const C extends Columns,
  const A extends Named,
  const B extends By<RowOf<C>> = never,
  const P extends string = never,
  T extends string = string,
>(
  source: Source<string, C, T> & Timed<T>,
  options: ViewOptions<B, P>,
  build: (f: ViewBuilder<RowOf<C>>) => A,
): FeatureSet<WindowFeatures<P, A>, Flat<KeyInput<RowOf<C>, B>>, Flat<KeyInput<RowOf<C>, B>>> {
  const given: unknown = source;
  if (typeof given !== 'object' || given === null || (given as Source).kind !== 'source')
    wrongType('features(source)', `features takes a source, not ${shown(source)}.`, 'Make it with source(name, { ... }).');
  const place = `features(${source.name})`;
  const columns = source.plan.contract.columns;
  if (source.plan.time === null)
    invalid(place, `Source '${source.name}' has no event time, so it has no windows.`, 'Name its timestamp column: time.');
  const { by, prefix, name } = optionsObject(place, options, ['by', 'prefix', 'name']);
  if (prefix !== undefined) identifier(`${place}.prefix`, prefix);
  const keys = keyPlans(place, source.name, columns, by);
  const view = name === undefined ? viewName(source.name, prefix as string | undefined, keys) : text(`${place}.name`, name);
  const built: unknown = called<[unknown], unknown>(place, build)(viewBuilder<RowOf<C>>(place, source));
  if (typeof built !== 'object' || built === null)
    invalid(place, `${place} must return its features by name, not ${shown(built)}.`);
  const aggregates = Object.entries(built).map(([aggregate, made]) =>
    aggregatePlan(place, prefix as string | undefined, aggregate, made),
  );
  if (aggregates.length === 0) invalid(place, `${place} makes no feature.`);
  const plan: ViewPlan = { kind: 'view', name: view, source: source.name, by: keys, aggregates };
  const outputs = aggregates.flatMap(({ windows }) => windows.map(({ feature }) => feature));
  distinct(place, outputs, 'features', 'Rename one of them.');
  return deepFreezeSet({
    kind: 'features',
    sources: [source],
    views: [plan],
    request: null,
    keys: Object.fromEntries(keys.map(({ column, request }) => [request, columns[column] as ColumnPlan])),
    features: outputs.map(
      (feature): FeaturePlan => ({ kind: 'feature', name: feature, type: 'number', from: { kind: 'fromWindow', view } }),
    ),
    categories: {},
  });
}

/** The name a view has unless it is given one. */
export function viewName(source: string, prefix: string | undefined, by: readonly KeyPlan[]): string {
  return prefix ?? (by.length > 0 ? `${source}_by_${by.map(({ column }) => column).join('_')}` : source);
}

/** Freezes a feature set's plans; its sources are frozen already. */
export function deepFreezeSet<F, I, R>(set: Omit<FeatureSet<F, I, R>, keyof Typed<unknown>>): FeatureSet<F, I, R> {
  const { sources, ...plans } = set;
  return Object.freeze({ ...deepFreeze(plans), sources: Object.freeze(sources) });
}

/** A name that is part of a feature name: letters, digits and underscores. */
export function identifier(place: Place, given: unknown): string {
  const name = text(place, given);
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
    invalid(place, `'${name}' cannot be a name here.`, 'Use letters, digits and underscores, not beginning with a digit.');
  return name;
}

function keyPlans(
  place: Place,
  source: string,
  columns: Readonly<Record<string, ColumnPlan>>,
  by: unknown,
): readonly KeyPlan[] {
  const at = `${place}.by`;
  const pairs: readonly (readonly [unknown, unknown])[] =
    by === undefined
      ? []
      : Array.isArray(by)
        ? by.map((column: unknown) => [column, column] as const)
        : typeof by === 'object' && by !== null
          ? Object.entries(by)
          : [[by, by]];
  if (by !== undefined && pairs.length === 0) invalid(at, `${at} names no column.`, 'Leave it out for the whole source.');
  const keys = pairs.map(([column, request]): KeyPlan => {
    if (typeof column !== 'string') invalid(at, `${at} must name columns, not ${shown(column)}.`);
    const plan = Object.hasOwn(columns, column) ? columns[column] : undefined;
    if (!plan) unknown(at, `Source '${source}' has no column '${column}'.`, column, Object.keys(columns), 'Columns');
    if (plan.type === 'timestamp' || plan.type === 'text')
      wrongType(at, `'${column}' is a ${plan.type} column and cannot identify an entity.`);
    return { kind: 'key', column, request: text(at, request) };
  });
  distinct(
    at,
    keys.map(({ column }) => column),
    'columns',
    'Name each column once.',
  );
  distinct(
    at,
    keys.map(({ request }) => request),
    'request columns',
    'Give each a request column of its own.',
  );
  return keys;
}

function aggregatePlan(place: Place, prefix: string | undefined, name: string, made: unknown): AggregatePlan {
  const at = `${place}.${name}`;
  identifier(at, name);
  if (typeof made !== 'object' || made === null || (made as WindowedFeature).kind !== 'windowed')
    invalid(
      at,
      `${at} must be an aggregate, not ${shown(made)}.`,
      'Make it with the builder: (f) => ({ n: f.count({ over: [...] }) }).',
    );
  const { op, value, where, over } = made as WindowedFeature;
  const stem = prefix === undefined ? name : `${prefix}_${name}`;
  return {
    kind: 'aggregate',
    name,
    op,
    value,
    where,
    windows: over.map((window) => ({ kind: 'window', span: span(`${at}.over`, window), feature: `${stem}_${window}` })),
  };
}

function viewBuilder<R>(place: Place, source: Source): ViewBuilder<R> {
  const owner = `source '${source.name}'`;
  const row = rowOf<R>(owner, source.plan.contract.columns);
  const column = (name: unknown): RowExpression => {
    if (typeof name !== 'string') invalid(place, `${place} takes the name of a column here, not ${shown(name)}.`);
    return (row as unknown as Readonly<Record<string, RowExpression>>)[name] as RowExpression;
  };
  const windowed = (op: AggregateName, value: Expression | null, options: unknown): WindowedFeature<never> => {
    const at = `${place} ${op}`;
    const { over, where } = optionsObject(at, options, ['over', 'where']);
    if (!Array.isArray(over) || over.length === 0)
      invalid(
        `${at}.over`,
        `${op} needs the spans of its windows, not ${shown(over)}.`,
        "For example: { over: ['1h', '24h'] }.",
      );
    for (const window of over) {
      span(`${at}.over`, window);
      if (!/^\d+[a-z]+$/.test(window)) invalid(`${at}.over`, `A window is a whole number of a unit, not '${window}'.`);
    }
    distinct(`${at}.over`, over, 'windows', 'Name each window once.');
    if (where !== undefined && !(where instanceof BooleanExpression))
      wrongType(
        `${at}.where`,
        `${op}: where takes a condition, not ${shown(where)}.`,
        "For example: where: f.eq('type', 'login').",
      );
    return { kind: 'windowed', op, value, where: where === undefined ? null : where.expression, over: [...over] };
  };
  const aggregate =
    (op: AggregateName) =>
    (given: unknown, options: unknown): WindowedFeature<never> => {
      const value = typeof given === 'string' ? column(given) : given;
      if (value instanceof NumberExpression) return windowed(op, value.expression, options);
      // A condition is averaged and summed as 1 and 0.
      if (value instanceof BooleanExpression) return windowed(op, call('number', value.expression), options);
      if (value instanceof RowExpression)
        wrongType(place, `${op} needs numbers, and ${typeof given === 'string' ? `'${given}'` : 'this'} is a ${value.kind}.`);
      return invalid(place, `${op} takes a column or an expression, not ${shown(given)}.`);
    };
  const compare =
    (method: 'eq' | 'ne' | 'lt' | 'lte' | 'gt' | 'gte') =>
    (name: unknown, value: unknown): BooleanExpression => {
      const left = column(name) as unknown as Readonly<Record<string, (other: unknown) => BooleanExpression>>;
      return (left[method] as (other: unknown) => BooleanExpression)(value);
    };
  const builder = {
    row,
    count: (options: unknown) => windowed('count', null, options),
    ...Object.fromEntries(OPS.slice(1).map((op) => [op, aggregate(op)])),
    eq: compare('eq'),
    ne: compare('ne'),
    lt: compare('lt'),
    lte: compare('lte'),
    gt: compare('gt'),
    gte: compare('gte'),
    oneOf: (name: unknown, values: unknown) => {
      if (!Array.isArray(values)) invalid(place, `oneOf takes a list of values, not ${shown(values)}.`);
      const left = column(name) as unknown as { oneOf(...values: readonly unknown[]): BooleanExpression };
      return left.oneOf(...values);
    },
    isMissing: (name: unknown) => column(name).isMissing(),
  } as unknown as ViewBuilder<R>;
  return namesOf(builder, (name, names) => unknown(place, `There is no aggregate '${name}'.`, name, names, 'There are'));
}
