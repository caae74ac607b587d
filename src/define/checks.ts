import type { Duration } from '../base/duration.js';
import { patternProblem } from '../base/linear-pattern.js';
import {
  boundOrNull,
  called,
  finite,
  invalid,
  moment,
  namesOf,
  oneOf,
  optionsObject,
  type Place,
  shown,
  span,
  text,
  unknown,
  wrongType,
} from './complain.js';
import type { Mistake, Name, NamesOf } from './mistake.js';
import type { CheckPlan, ColumnPlan, Severity } from './plan.js';
import { rowOf } from './row.js';
import { BooleanExpression, type RowExpressions } from './row-expressions.js';

export const SEVERITIES: readonly Severity[] = ['warn', 'quarantine', 'fail'];

/** What happens to what fails: `fail` (the default) stops the run. */
export interface OnFail {
  readonly onFail?: Severity;
}
/** Rest arguments: column names, then perhaps options. */
type Listed<K, O> = readonly K[] | readonly [...K[], O];

/** The builder that `expect` is given: one method a kind of check. */
export interface Expectations<R> {
  /** Values can be read as the declared type. */
  type(column: Name<R>, options?: OnFail): CheckPlan;
  /** At most this share of the values is missing (0 unless given). */
  notNull(...columns: Listed<Name<R>, OnFail & { readonly atMost?: number }>): readonly CheckPlan[];
  /** low <= value <= high; null leaves a side open. Bounds of a timestamp column are dates. */
  between<const K extends Name<R>>(column: K & Ordered<R, K>, low: Bound<R[K]>, high: Bound<R[K]>, options?: OnFail): CheckPlan;
  oneOf<const K extends Name<R>>(column: K & Worded<R, K>, values: readonly (R[K] & string)[], options?: OnFail): CheckPlan;
  /** The whole text matches the regular expression. */
  matches<const K extends Name<R>>(column: K & Worded<R, K>, pattern: string | RegExp, options?: OnFail): CheckPlan;
  /** No two rows are the same in these columns. */
  unique(...columns: Listed<Name<R>, OnFail>): CheckPlan;
  /** The newest row is younger than this. Reads the source's time unless a column is named. */
  freshWithin(span: Duration, options?: OnFail & { readonly column?: NamesOf<R, Date> }): CheckPlan;
  rowCount(low: number | null, high: number | null, options?: OnFail): CheckPlan;
  /** Never decreases from row to row. */
  monotone<const K extends Name<R>>(column: K & Ordered<R, K>, options?: OnFail): CheckPlan;
  /** Every value (of the columns together) is in the target columns of a source: another, or by its name this one. */
  references(
    columns: Name<R> | readonly Name<R>[],
    source: Referenced | string,
    target: string | readonly string[],
    options?: OnFail,
  ): CheckPlan;
  /** A condition that every row meets; missing counts as met. */
  holds(name: string, condition: (r: RowExpressions<R>) => BooleanExpression, options?: OnFail): CheckPlan;
  /** SQL over the table `rows`; every row it selects is a failure. */
  sql(name: string, query: string, options?: OnFail): CheckPlan;
}
type Bound<T> = (T extends Date ? Date | string : number) | null;
type Ordered<R, K extends Name<R>> = [R[K]] extends [number | Date]
  ? unknown
  : Mistake<`'${K}' is neither a number nor a timestamp column`>;
type Worded<R, K extends Name<R>> = [R[K]] extends [string] ? unknown : Mistake<`'${K}' is not a string column`>;

/** What `references` needs to know of another source. */
export interface Referenced {
  readonly name: string;
  readonly plan: { readonly contract: { readonly columns: Readonly<Record<string, ColumnPlan>> } };
}

/** The checks that `expect` asks for. `seen` is told of every other source that a check refers to. */
export function checksOf<R>(
  source: string,
  columns: Readonly<Record<string, ColumnPlan>>,
  time: string | null,
  expect: unknown,
  seen: (source: Referenced) => void,
): readonly CheckPlan[] {
  const at: Place = `source('${source}').expect`;
  const made = called<[Expectations<R>], unknown>(at, expect)(expectations<R>(source, columns, time, seen));
  if (!Array.isArray(made)) invalid(at, `${at} must return a list of checks, not ${shown(made)}.`);
  return made.flat().map((check: unknown) => {
    if (typeof check !== 'object' || check === null || (check as CheckPlan).kind !== 'check')
      invalid(at, `${at} must return checks, not ${shown(check)}.`, 'Make them with the builder: (is) => [is.notNull(...)].');
    return check as CheckPlan;
  });
}

function expectations<R>(
  source: string,
  columns: Readonly<Record<string, ColumnPlan>>,
  time: string | null,
  seen: (source: Referenced) => void,
): Expectations<R> {
  const at = (check: string): Place => `source('${source}').expect is.${check}`;
  const named = (check: string, name: unknown, from = columns, owner = source): string => {
    if (typeof name !== 'string') invalid(at(check), `${check} takes the name of a column, not ${shown(name)}.`);
    if (!Object.hasOwn(from, name))
      unknown(at(check), `Source '${owner}' has no column '${name}'.`, name, Object.keys(from), 'Columns');
    return name;
  };
  const typed = (check: string, name: unknown, fits: readonly string[]): string => {
    const column = named(check, name);
    const { type } = columns[column] as ColumnPlan;
    if (!fits.includes(type))
      wrongType(at(check), `${check} does not fit '${column}', a ${type} column.`, `It fits: ${fits.join(', ')}.`);
    return column;
  };
  const failing = (check: string, options: unknown, more: readonly string[] = []) => {
    const given = optionsObject(at(check), options ?? {}, ['onFail', ...more]);
    return { given, onFail: given.onFail === undefined ? 'fail' : oneOf(`${at(check)}.onFail`, given.onFail, SEVERITIES) };
  };
  const listed = (check: string, args: readonly unknown[]) => {
    const last = args.at(-1);
    const options = typeof last === 'object' && last !== null ? last : undefined;
    const names = (options === undefined ? args : args.slice(0, -1)).map((name) => named(check, name));
    if (names.length === 0) invalid(at(check), `${check} needs at least one column.`);
    return { names, options };
  };
  const bound = (check: string, column: string, value: unknown): number | null =>
    columns[column]?.type === 'timestamp' && value !== null ? moment(at(check), value) : boundOrNull(at(check), value);
  const range = (check: string, low: number | null, high: number | null) => {
    if (low === null && high === null) invalid(at(check), `${check} needs a lower or an upper bound.`);
    if (low !== null && high !== null && low > high) invalid(at(check), `${check}: the lower bound is above the upper one.`);
    return { low, high };
  };
  const check = 'check' as const;
  const strings = ['string', 'category', 'text'];
  const ordered = ['number', 'integer', 'timestamp'];

  const is: Expectations<R> = {
    type: (column, options) => ({
      kind: check,
      check: 'type',
      column: named('type', column),
      onFail: failing('type', options).onFail,
    }),
    notNull: (...args) => {
      const { names, options } = listed('notNull', args);
      const { given, onFail } = failing('notNull', options, ['atMost']);
      const atMost = finite(`${at('notNull')}.atMost`, given.atMost ?? 0, { min: 0, max: 1 });
      return names.map((column) => ({ kind: check, check: 'notNull' as const, column, atMost, onFail }));
    },
    between: (name, low, high, options) => {
      const column = typed('between', name, ordered);
      const bounds = range('between', bound('between', column, low), bound('between', column, high));
      return { kind: check, check: 'between', column, ...bounds, onFail: failing('between', options).onFail };
    },
    oneOf: (name, values, options) => {
      const column = typed('oneOf', name, strings);
      const given: unknown = values;
      if (!Array.isArray(given) || given.length === 0 || given.some((value) => typeof value !== 'string'))
        invalid(at('oneOf'), `oneOf takes a list of texts, not ${shown(values)}.`);
      const closed = columns[column]?.categories;
      for (const value of values)
        if (closed && !closed.includes(value))
          unknown(at('oneOf'), `'${value}' is not a category of '${column}'.`, value, closed, 'Categories');
      return { kind: check, check: 'oneOf', column, values: [...values], onFail: failing('oneOf', options).onFail };
    },
    matches: (name, pattern, options) => {
      const column = typed('matches', name, strings);
      const given: unknown = pattern instanceof RegExp ? pattern.source : pattern;
      const written = text(at('matches'), given);
      const problem = patternProblem(written);
      if (problem !== null) invalid(at('matches'), `matches: '${written}' ${problem}.`);
      return { kind: check, check: 'matches', column, pattern: written, onFail: failing('matches', options).onFail };
    },
    unique: (...args) => {
      const { names, options } = listed('unique', args);
      return { kind: check, check: 'unique', columns: names, onFail: failing('unique', options).onFail };
    },
    freshWithin: (within, options) => {
      const { given, onFail } = failing('freshWithin', options, ['column']);
      const column = given.column ?? time;
      if (column === null) invalid(at('freshWithin'), `Source '${source}' has no time, so freshWithin must name a column.`);
      return {
        kind: check,
        check: 'freshWithin',
        column: typed('freshWithin', column, ['timestamp']),
        span: span(at('freshWithin'), within),
        onFail,
      };
    },
    rowCount: (low, high, options) => {
      const bounds = range('rowCount', wholeOrNull(at('rowCount'), low), wholeOrNull(at('rowCount'), high));
      return { kind: check, check: 'rowCount', ...bounds, onFail: failing('rowCount', options).onFail };
    },
    monotone: (column, options) => ({
      kind: check,
      check: 'monotone',
      column: typed('monotone', column, ordered),
      onFail: failing('monotone', options).onFail,
    }),
    references: (own, other, target, options) => {
      const place = at('references');
      const columnsHere = list(own).map((name) => named('references', name));
      // By its name: this very source, or one whose columns are looked at when the system is put together.
      const name = typeof other === 'string' ? text(place, other) : referenced(place, other).name;
      const known = typeof other === 'string' ? (other === source ? columns : null) : other.plan.contract.columns;
      const there = list(target).map((column) => (known ? named('references', column, known, name) : text(place, column)));
      if (columnsHere.length === 0 || columnsHere.length !== there.length)
        invalid(place, `references: ${columnsHere.length} columns cannot refer to ${there.length}.`);
      if (typeof other !== 'string') seen(other);
      const { onFail } = failing('references', options);
      return { kind: check, check: 'references', columns: columnsHere, source: name, target: there, onFail };
    },
    holds: (name, condition, options) => {
      const made: unknown = called<[unknown], unknown>(at('holds'), condition)(rowOf<R>(`source '${source}'`, columns));
      if (!(made instanceof BooleanExpression)) wrongType(at('holds'), `holds takes a condition, not ${shown(made)}.`);
      const { onFail } = failing('holds', options);
      return { kind: check, check: 'holds', name: text(at('holds'), name), expression: made.expression, onFail };
    },
    sql: (name, query, options) => {
      const { onFail } = failing('sql', options);
      return { kind: check, check: 'sql', name: text(at('sql'), name), query: text(at('sql'), query), onFail };
    },
  };
  return namesOf(is, (name, names) => unknown(at(name), `There is no check '${name}'.`, name, names, 'Checks'));
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);
const wholeOrNull = (place: Place, value: number | null) =>
  value === null ? null : finite(place, value, { min: 0, whole: true });

function referenced(place: Place, given: Referenced): Referenced {
  const other: unknown = given;
  if (typeof other !== 'object' || other === null || (other as { readonly kind?: unknown }).kind !== 'source')
    wrongType(place, `references takes a source, not ${shown(other)}.`);
  return given;
}
