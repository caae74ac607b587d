import { LARGEST_VALUE } from '../../frame/aggregates/aggregate.js';
import { type ColumnKinds, checkKinds } from '../../frame/compile-expression.js';
import { column, type Expression } from '../../frame/expression.js';
import type { WindowView } from '../../frame/windows/window-view.js';
import type { Dialect } from './dialect.js';
import { emitExpression } from './emit-expression.js';

/** A feature view with its keys, as a plan has it. */
export interface SqlView extends WindowView {
  readonly by: readonly { readonly column: string; readonly request: string }[];
}
/** The table of a view's events: the names and kinds of its columns, its event time, and when a row is known. */
export interface SqlSource {
  readonly table: string;
  readonly kinds: ColumnKinds;
  readonly time: string;
  readonly availableAt: Expression | null;
}
/** The table of rows to compute features for: its key columns go by the request's names; `at` is its column of moments. */
export interface SqlSpine {
  readonly table: string;
  readonly kinds: ColumnKinds;
  readonly at: string;
}

/**
 * All window features of a view as one query: a row for each spine row, in its order, with a column for each feature (NULL for missing). A plain
 * join of spine and events with conditional aggregates: slow on much data, and independent of the sliding engine.
 * @throws MW_EXPRESSION_COLUMN_UNKNOWN, MW_EXPRESSION_KIND
 */
export function emitViewSql(view: SqlView, source: SqlSource, spine: SqlSpine, dialect: Dialect): string {
  const of = (expression: Expression, kinds: ColumnKinds) => emitExpression(expression, kinds, dialect);
  const time = of(column(source.time), source.kinds);
  const eventColumns = [
    `${dialect.rowOrder} AS event_row`,
    `${time} AS event_time`,
    `${source.availableAt ? of(source.availableAt, source.kinds) : time} AS known_at`,
    ...view.by.map((key, k) => `${of(column(key.column), source.kinds)} AS key_${k}`),
    ...view.aggregates.map((one, i) => `${channelSql(one, source.kinds, dialect)} AS value_${i}`),
  ];
  const spineColumns = [
    `${dialect.rowOrder} AS spine_row`,
    `${of(column(spine.at), spine.kinds)} AS at`,
    ...view.by.map((key, k) => `${of(column(key.request), spine.kinds)} AS key_${k}`),
  ];
  const longest = Math.max(0, ...view.aggregates.flatMap((one) => one.windows.map((window) => window.span)));
  const matches = [
    ...view.by.map((_, k) => `e.key_${k} = s.key_${k}`),
    `e.event_time >= s.at - ${dialect.number(longest)}`,
    'e.event_time < s.at',
    'e.known_at <= s.at',
  ];
  const whole = ['s.at', ...view.by.map((_, k) => `s.key_${k}`)].map((part) => `${part} IS NOT NULL`).join(' AND ');
  const features = view.aggregates.flatMap(({ op, windows }, i) =>
    windows.map(({ span, feature }) => {
      const inside = `FILTER (WHERE e.event_time >= s.at - ${dialect.number(span)} AND e.value_${i} IS NOT NULL)`;
      return `CASE WHEN any_value(${whole}) THEN ${aggregateSql(op, `e.value_${i}`, inside, dialect)} END AS ${dialect.quoteName(feature)}`;
    }),
  );
  return `WITH events AS (
  SELECT ${eventColumns.join(',\n    ')}
  FROM ${dialect.quoteName(source.table)}
), spine AS (
  SELECT ${spineColumns.join(',\n    ')}
  FROM ${dialect.quoteName(spine.table)}
)
SELECT ${features.join(',\n  ')}
FROM spine AS s LEFT JOIN events AS e ON ${matches.join(' AND ')}
GROUP BY s.spine_row
ORDER BY s.spine_row`;
}

function channelSql(one: WindowView['aggregates'][number], kinds: ColumnKinds, dialect: Dialect): string {
  const { op, value, where } = one;
  const given = value === null ? dialect.number(1) : emitExpression(value, kinds, dialect);
  const kind = value === null ? 'number' : checkKinds(value, kinds);
  const conditions = where === null ? [] : [emitExpression(where, kinds, dialect)];
  let number = given;
  if (op === 'count') {
    number = dialect.number(1);
    conditions.push(`${given} IS NOT NULL`);
  } else if (kind === 'boolean')
    number = `CASE WHEN ${given} THEN ${dialect.number(1)} WHEN NOT ${given} THEN ${dialect.number(0)} END`;
  else conditions.push(`abs(${given}) <= ${dialect.number(LARGEST_VALUE)}`);
  return conditions.length === 0 ? `(${number})` : `(CASE WHEN ${conditions.join(' AND ')} THEN ${number} END)`;
}

function aggregateSql(op: string, value: string, inside: string, dialect: Dialect): string {
  const count = `CAST(count(${value}) ${inside} AS DOUBLE)`;
  const sum = `${dialect.sum(value)} ${inside}`;
  switch (op) {
    case 'count':
      return count;
    case 'sum':
      return `coalesce(${sum}, ${dialect.number(0)})`;
    case 'mean':
      return `(${sum} / nullif(${count}, ${dialect.number(0)}))`;
    case 'variance':
      return `${dialect.variance(value)} ${inside}`;
    case 'last':
      return `${dialect.last(value, ['e.event_time', 'e.known_at', 'e.event_row'])} ${inside}`;
    default:
      return `${op}(${value}) ${inside}`;
  }
}
