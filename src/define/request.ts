import { emptyRecord } from '../base/record.js';
import type { Col, Columns, Presence, RowOf } from './columns.js';
import { called, invalid, namesOf, optionsObject, shown, unknown, wrongType } from './complain.js';
import { distinct, type FeatureSet, featureType, type RequestValue } from './feature-set.js';
import { deepFreezeSet, identifier } from './features.js';
import type { Flat, Mistake, Name, NamesOf } from './mistake.js';
import type { ColumnPlan, FeaturePlan } from './plan.js';
import { rowOf } from './row.js';
import { type ExpressionOf, RowExpression, type RowExpressions } from './row-expressions.js';
import { columnPlans, type Source, type TimeColumn } from './source.js';

/** The value type that an expression stands for. */
export type ValueOfExpression<E> = E extends RowExpression<infer T> ? T : never;
export type Derived = Readonly<Record<string, RowExpression>>;
export type DerivedFeatures<D> = { readonly [N in Name<D>]: ValueOfExpression<D[N]> };

type PresenceOf<C> = C extends Col<infer _, infer P> ? P : Presence;
/** What a request must bring: the time and what looks entities up always, what is optional perhaps. */
type RequestInput<C extends Columns, T extends string> = Flat<
  {
    readonly [K in Name<C> as PresenceOf<C[K]> extends 'optional' ? (K extends T ? K : never) : K]: K extends T
      ? RequestValue<RowOf<C>[K]>
      : RequestValue<RowOf<C>[K]> | (PresenceOf<C[K]> extends 'required' ? never : null);
  } & {
    readonly [K in Name<C> as PresenceOf<C[K]> extends 'optional' ? (K extends T ? never : K) : never]?: RequestValue<
      RowOf<C>[K]
    > | null;
  }
>;
type Listable<C extends Columns> = Exclude<Name<C>, NamesOf<RowOf<C>, Date>>;
type FeatureColumn<C extends Columns, K extends string> =
  K extends Name<C>
    ? K extends Listable<C>
      ? unknown
      : Mistake<`'${K}' is a timestamp; derive features from it`>
    : Mistake<`'${K}' is not one of the columns`>;

type FeatureColumns<C extends Columns, L extends readonly string[]> = {
  readonly [I in keyof L]: L[I] & FeatureColumn<C, L[I] & string>;
};

export interface RequestOptions<C extends Columns, T extends string, L extends readonly string[], D extends Derived> {
  readonly columns: C;
  /** The timestamp column of the moment asked about; now unless given. */
  readonly time?: T & TimeColumn<C, T>;
  /** The columns that are features as they are; all but the timestamps unless given. */
  readonly features?: L & FeatureColumns<C, L>;
  /** Features made from the columns. */
  readonly derive?: (r: RowExpressions<RowOf<C>>) => D;
}
type RequestFeatures<C extends Columns, L extends readonly string[], D> = Flat<
  { readonly [N in [L] extends [never] ? Listable<C> : L[number] & Name<C>]: RowOf<C>[N] } & DerivedFeatures<D>
>;

// biome-ignore format: an empty record as the default
type NoneDerived = {};

/**
 * What arrives with a request, and which of it are features.
 * @throws MW_DEFINE_* on a mistake that the types could not tell
 */
export function request<
  const C extends Columns,
  const T extends string = never,
  const L extends readonly string[] = never,
  const D extends Derived = NoneDerived,
>(options: RequestOptions<C, T, L, D>): FeatureSet<RequestFeatures<C, L, D>, RequestInput<C, T>, RowOf<C>> {
  const given = optionsObject('request', options, ['columns', 'time', 'features', 'derive']);
  return requestSet<C, T, L, D>('request', columnPlans('request', given.columns), given);
}

type Picked<C extends Columns, N extends string> = Flat<{ readonly [K in Extract<N, Name<C>>]: C[K] }>;

/** What arrives with a request, its columns declared as those of a source. */
export function requestFrom<
  const C extends Columns,
  const N extends Name<C>,
  const T extends string = never,
  const L extends readonly string[] = never,
  const D extends Derived = NoneDerived,
>(
  from: Source<string, C>,
  names: readonly N[],
  options: Omit<RequestOptions<Picked<C, N>, T, L, D>, 'columns'> = {},
): FeatureSet<RequestFeatures<Picked<C, N>, L, D>, RequestInput<Picked<C, N>, T>, RowOf<Picked<C, N>>> {
  const source: unknown = from;
  if (typeof source !== 'object' || source === null || (source as Source).kind !== 'source')
    wrongType('requestFrom(source)', `requestFrom takes a source, not ${shown(from)}.`);
  const place = `requestFrom(${from.name})`;
  const listed: unknown = names;
  if (!Array.isArray(listed) || listed.length === 0) invalid(place, `${place} takes a list of columns, not ${shown(names)}.`);
  const all = from.plan.contract.columns;
  const plans = emptyRecord<ColumnPlan>();
  for (const name of listed as readonly unknown[]) {
    if (typeof name !== 'string' || !Object.hasOwn(all, name))
      unknown(place, `Source '${from.name}' has no column ${shown(name)}.`, String(name), Object.keys(all), 'Columns');
    plans[name] = all[name] as ColumnPlan;
  }
  return requestSet<Picked<C, N>, T, L, D>(place, plans, optionsObject(place, options, ['time', 'features', 'derive']));
}

function requestSet<C extends Columns, T extends string, L extends readonly string[], D extends Derived>(
  place: string,
  columns: Readonly<Record<string, ColumnPlan>>,
  given: Readonly<Record<string, unknown>>,
): FeatureSet<RequestFeatures<C, L, D>, RequestInput<C, T>, RowOf<C>> {
  const named = (at: string, name: unknown): string => {
    if (typeof name !== 'string' || !Object.hasOwn(columns, name))
      unknown(at, `The request has no column ${shown(name)}.`, String(name), Object.keys(columns), 'Columns');
    return name;
  };
  const time = given.time === undefined ? null : named(`${place}.time`, given.time);
  if (time !== null && columns[time]?.type !== 'timestamp')
    wrongType(`${place}.time`, `'${time}' is not a timestamp column; it is a ${columns[time]?.type} column.`);
  if (given.features !== undefined && !Array.isArray(given.features))
    invalid(`${place}.features`, `${place}.features must be a list of columns, not ${shown(given.features)}.`);
  const listed =
    given.features === undefined
      ? Object.keys(columns).filter((name) => columns[name]?.type !== 'timestamp')
      : given.features.map((name: unknown) => named(`${place}.features`, name));
  distinct(`${place}.features`, listed, 'features', 'Name each column once.');
  const own = listed.map((name): FeaturePlan => {
    const type = featureType((columns[name] as ColumnPlan).type);
    if (type === null)
      wrongType(
        `${place}.features`,
        `'${name}' is a timestamp and no feature.`,
        'Derive features from it: derive: (r) => ({ hour: r.date.hour() }).',
      );
    return { kind: 'feature', name, type, from: { kind: 'fromRequest', column: name } };
  });
  const derived =
    given.derive === undefined
      ? []
      : derivedFeatures(
          `${place}.derive`,
          called<[unknown], unknown>(`${place}.derive`, given.derive)(rowOf<RowOf<C>>('the request', columns)),
        );
  for (const { name } of derived)
    if (Object.hasOwn(columns, name))
      invalid(`${place}.derive`, `'${name}' is a column already.`, 'Give the derived feature another name.');
  return deepFreezeSet({
    kind: 'features',
    sources: [],
    views: [],
    request: { kind: 'request', time, columns },
    keys: {},
    features: [...own, ...derived],
    categories: Object.fromEntries(listed.map((name) => [name, columns[name]?.categories ?? null])),
  });
}

/** The plans of derived features. */
export function derivedFeatures(place: string, made: unknown): readonly FeaturePlan[] {
  if (typeof made !== 'object' || made === null)
    invalid(place, `${place} must return its features by name, not ${shown(made)}.`);
  return Object.entries(made).map(([name, expression]): FeaturePlan => {
    identifier(`${place}.${name}`, name);
    if (!(expression instanceof RowExpression))
      wrongType(`${place}.${name}`, `${place}.${name} must be an expression, not ${shown(expression)}.`);
    if (expression.kind === 'timestamp')
      wrongType(
        `${place}.${name}`,
        `'${name}' would be a timestamp, which is no feature.`,
        'Take its hour, or the time since it.',
      );
    const type = expression.kind === 'string' ? 'category' : expression.kind;
    return { kind: 'feature', name, type, from: { kind: 'fromExpression', expression: expression.expression } };
  });
}

/** The features of a set as a row of expressions: derived ones stand for what they are made of. */
export function featureRow<F>(
  place: string,
  row: Readonly<Record<string, RowExpression>>,
): { readonly [K in keyof F]: ExpressionOf<F[K]> } {
  const open = Object.assign(Object.create(null) as Record<string, RowExpression>, row);
  return namesOf(open, (name, names) =>
    unknown(place, `There is no feature '${name}'.`, name, names, 'Features'),
  ) as unknown as { readonly [K in keyof F]: ExpressionOf<F[K]> };
}
