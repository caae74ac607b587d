import { patternProblem } from '../base/linear-pattern.js';
import { readingMistake } from '../types/check-reading.js';
import { duplicate, finite, invalid, type Place, unknown, wrongType } from './complain.js';
import { checkedKind } from './expression-kind.js';
import type { CheckPlan, ColumnPlan, SourcePlan, SystemPlan } from './plan.js';
import { kindsOf } from './row.js';

export type ColumnPlans = Readonly<Record<string, ColumnPlan>>;

/** The column of that name; the owner is quoted when there is none. */
export function columnNamed(place: Place, owner: string, columns: ColumnPlans, name: string): ColumnPlan {
  if (!Object.hasOwn(columns, name)) unknown(place, `${owner} has no column '${name}'.`, name, Object.keys(columns), 'Columns');
  return columns[name] as ColumnPlan;
}

export function checkColumns(place: Place, columns: ColumnPlans): void {
  for (const [name, column] of Object.entries(columns)) {
    const { type, categories } = column;
    const mistake = column.reads ? readingMistake(column) : null;
    if (mistake !== null) invalid(place, `Column '${name}': ${mistake}.`);
    if ((type === 'category') !== (categories !== null))
      invalid(
        place,
        `Column '${name}' ${type === 'category' ? 'is a category without a list of them' : `is a ${type} with a list of categories`}.`,
      );
    if (categories && new Set(categories).size !== categories.length)
      duplicate(place, `Column '${name}' lists a category twice.`);
  }
}

export function checkSources({ sources }: SystemPlan): void {
  for (const [name, source] of Object.entries(sources)) {
    const place = `sources.${name}`;
    if (source.name !== name) invalid(place, `The source named '${source.name}' stands under '${name}'.`);
    const { columns, checks } = source.contract;
    checkColumns(place, columns);
    for (const column of source.key) columnNamed(`${place}.key`, `Source '${name}'`, columns, column);
    if (new Set(source.key).size !== source.key.length)
      duplicate(`${place}.key`, `The key of source '${name}' names a column twice.`);
    checkTime(place, source);
    for (const check of checks) checkCheck(`${place} ${check.check}`, source, check, sources);
  }
}

function checkTime(place: Place, { name, time, availableAt, contract }: SourcePlan): void {
  if (time === null) {
    if (availableAt !== null) invalid(place, `Source '${name}' has an availability time but no event time.`);
    return;
  }
  const { type } = columnNamed(`${place}.time`, `Source '${name}'`, contract.columns, time);
  if (type !== 'timestamp') wrongType(`${place}.time`, `'${time}' is not a timestamp column; it is a ${type} column.`);
  if (availableAt === null) return;
  const kind = checkedKind(availableAt, kindsOf(contract.columns), `${place}.availableAt`);
  if (kind !== 'timestamp')
    wrongType(`${place}.availableAt`, `The availability time of source '${name}' is a ${kind}, not a timestamp.`);
}

const STRINGS = ['string', 'category', 'text'];
const ORDERED = ['number', 'integer', 'timestamp'];

function checkCheck(place: Place, source: SourcePlan, check: CheckPlan, sources: SystemPlan['sources']): void {
  const { columns } = source.contract;
  const owner = `Source '${source.name}'`;
  const typed = (name: string, allowed: readonly string[]) => {
    const { type } = columnNamed(place, owner, columns, name);
    if (!allowed.includes(type))
      wrongType(place, `${check.check} does not fit '${name}', a ${type} column.`, `It fits: ${allowed.join(', ')}.`);
  };
  const range = (low: number | null, high: number | null) => {
    if (low === null && high === null) invalid(place, `${check.check} needs a lower or an upper bound.`);
    if (low !== null && high !== null && low > high) invalid(place, `${check.check}: the lower bound is above the upper one.`);
  };
  switch (check.check) {
    case 'type':
      columnNamed(place, owner, columns, check.column);
      return;
    case 'notNull':
      columnNamed(place, owner, columns, check.column);
      finite(`${place}.atMost`, check.atMost, { min: 0, max: 1 });
      return;
    case 'between':
      typed(check.column, ORDERED);
      range(check.low, check.high);
      return;
    case 'oneOf': {
      typed(check.column, STRINGS);
      const closed = columns[check.column]?.categories;
      for (const value of check.values)
        if (closed && !closed.includes(value))
          unknown(place, `'${value}' is not a category of '${check.column}'.`, value, closed, 'Categories');
      return;
    }
    case 'matches': {
      typed(check.column, STRINGS);
      const problem = patternProblem(check.pattern);
      if (problem !== null) invalid(place, `'${check.pattern}' ${problem}.`);
      return;
    }
    case 'unique':
      for (const column of check.columns) columnNamed(place, owner, columns, column);
      return;
    case 'freshWithin':
      typed(check.column, ['timestamp']);
      return;
    case 'rowCount':
      range(check.low, check.high);
      return;
    case 'monotone':
      typed(check.column, ORDERED);
      return;
    case 'references': {
      const other = Object.hasOwn(sources, check.source) ? sources[check.source] : undefined;
      if (!other) unknown(place, `There is no source '${check.source}'.`, check.source, Object.keys(sources), 'Sources');
      for (const column of check.columns) columnNamed(place, owner, columns, column);
      for (const column of check.target) columnNamed(place, `Source '${check.source}'`, other.contract.columns, column);
      if (check.columns.length !== check.target.length)
        invalid(place, `references: ${check.columns.length} columns cannot refer to ${check.target.length}.`);
      return;
    }
    case 'holds': {
      const kind = checkedKind(check.expression, kindsOf(columns), place);
      if (kind !== 'boolean') wrongType(place, `'${check.name}' is a ${kind}, not a condition.`);
      return;
    }
    case 'sql':
      return;
  }
}
