import { emptyRecord } from '../base/record.js';
import { checksOf, type Expectations, type Referenced } from './checks.js';
import { type Col, type Columns, isColumn, type RowOf } from './columns.js';
import { called, duplicate, invalid, optionsObject, shown, text, unknown, wrongType } from './complain.js';
import { deepFreeze } from './freeze.js';
import type { Mistake, Name, Typed } from './mistake.js';
import type { CheckPlan, ColumnPlan, ConnectorPlan, SourcePlan } from './plan.js';
import { rowOf } from './row.js';
import { type RowExpressions, TimestampExpression } from './row-expressions.js';

declare const TIME: unique symbol;

/** A source with the types of its columns, and the column of its event time (never, when it has none). */
export interface Source<N extends string = string, C extends Columns = Columns, T extends string = string> extends Typed<C> {
  /** For the compiler only. */
  readonly [TIME]?: T;
  readonly kind: 'source';
  readonly name: N;
  readonly columns: C;
  readonly plan: SourcePlan;
  /** Sources that its checks refer to. */
  readonly refersTo: readonly Source[];
}

export type TimeColumn<C extends Columns, T extends string> =
  T extends Name<C>
    ? C[T] extends Col<infer V>
      ? [V] extends [Date]
        ? unknown
        : Mistake<`'${T}' is not a timestamp column`>
      : unknown
    : Mistake<`'${T}' is not one of the columns`>;

export interface SourceOptions<C extends Columns, T extends string> {
  /** Where the rows come from; relative paths start at the definition's folder. */
  readonly from: ConnectorPlan;
  readonly columns: C;
  /** The columns that identify a row. */
  readonly key?: Name<C> | readonly Name<C>[];
  /** The event time. */
  readonly time?: T & TimeColumn<C, T>;
  /** When a row becomes known; at its event time unless given. */
  readonly availableAt?: (r: RowExpressions<RowOf<C>>) => TimestampExpression;
  /** What must hold of the rows. */
  readonly expect?: (is: Expectations<RowOf<C>>) => readonly (CheckPlan | readonly CheckPlan[])[];
}

/**
 * A table that features and labels are made from.
 * @throws MW_DEFINE_INVALID, MW_DEFINE_UNKNOWN, MW_DEFINE_TYPE on a mistake that the types could not tell
 */
export function source<const N extends string, const C extends Columns, const T extends string = never>(
  name: N,
  options: SourceOptions<C, T>,
): Source<N, C, T> {
  const place = `source('${text('source(name)', name)}')`;
  const given = optionsObject(place, options, ['from', 'key', 'time', 'availableAt', 'columns', 'expect']);
  const from = given.from as ConnectorPlan | undefined;
  if (typeof from !== 'object' || from === null || from.kind !== 'connector')
    invalid(`${place}.from`, `${place}.from must be a connector, not ${shown(from)}.`, "For example: from: csv('data.csv').");
  const columns = withMissing(columnPlans(place, given.columns), from.options.missing ?? []);
  const known = (at: string, column: unknown): string => {
    if (typeof column !== 'string') invalid(at, `${at} must be the name of a column, not ${shown(column)}.`);
    if (!Object.hasOwn(columns, column))
      unknown(at, `Source '${name}' has no column '${column}'.`, column, Object.keys(columns), 'Columns');
    return column;
  };
  const key = (Array.isArray(given.key) ? given.key : given.key === undefined ? [] : [given.key]).map((column: unknown) =>
    known(`${place}.key`, column),
  );
  if (new Set(key).size !== key.length) duplicate(`${place}.key`, `${place}.key names a column twice.`);
  const time = given.time === undefined ? null : known(`${place}.time`, given.time);
  if (time !== null && columns[time]?.type !== 'timestamp')
    wrongType(`${place}.time`, `'${time}' is not a timestamp column; it is a ${columns[time]?.type} column.`);
  const refersTo: Source[] = [];
  const checks =
    given.expect === undefined
      ? []
      : checksOf<RowOf<C>>(name, columns, time, given.expect, (other: Referenced) => refersTo.push(other as Source));
  const plan: SourcePlan = deepFreeze({
    kind: 'source',
    name,
    from,
    key,
    time,
    availableAt: given.availableAt === undefined ? null : availability(place, name, columns, time, given.availableAt),
    contract: { kind: 'contract', columns, checks },
  });
  return Object.freeze({ kind: 'source', name, columns: options.columns, plan, refersTo: Object.freeze(refersTo) });
}

/** The plans of declared columns. */
export function columnPlans(place: string, given: unknown): Readonly<Record<string, ColumnPlan>> {
  const at = `${place}.columns`;
  if (typeof given !== 'object' || given === null) invalid(at, `${at} must be an object of columns, not ${shown(given)}.`);
  const plans = emptyRecord<ColumnPlan>();
  for (const [name, column] of Object.entries(given)) {
    text(`${at} (a name)`, name);
    if (!isColumn(column)) invalid(at, `${at}.${name} must be a column such as col.number(), not ${shown(column)}.`);
    plans[name] = column.plan;
  }
  if (Object.keys(plans).length === 0) invalid(at, `${at} must name at least one column.`);
  return plans;
}

/**
 * The columns, each with the texts that mean missing in the whole source before its own. A text that a column lists as a category is a
 * value there.
 */
export function withMissing(
  columns: Readonly<Record<string, ColumnPlan>>,
  words: readonly string[],
): Readonly<Record<string, ColumnPlan>> {
  const general = words.map((word) => word.trim()).filter((word) => word !== '');
  if (general.length === 0) return columns;
  return Object.fromEntries(
    Object.entries(columns).map(([name, column]) => {
      const all = new Set([...general.filter((word) => !column.categories?.includes(word)), ...(column.reads?.missing ?? [])]);
      return [name, all.size === 0 ? column : { ...column, reads: { ...column.reads, missing: [...all] } }];
    }),
  );
}

function availability<C extends Columns>(
  place: string,
  name: string,
  columns: Readonly<Record<string, ColumnPlan>>,
  time: string | null,
  availableAt: unknown,
) {
  const at = `${place}.availableAt`;
  if (time === null) invalid(at, `${place} has an availability time but no event time.`, 'Name its timestamp column: time.');
  const made: unknown = called<[unknown], unknown>(at, availableAt)(rowOf<RowOf<C>>(`source '${name}'`, columns));
  if (!(made instanceof TimestampExpression))
    wrongType(at, `${at} must give a timestamp.`, "For example: (r) => r.date.plus('1h').");
  return made.expression;
}
