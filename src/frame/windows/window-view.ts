import { fail } from '../../base/error.js';
import { type Aggregate, isAggregable } from '../aggregates/aggregate.js';
import { AGGREGATES, type AggregateName } from '../aggregates/catalogue.js';
import type { ColumnKind } from '../column.js';
import { type ColumnKinds, checkKinds, compileRows } from '../compile-expression.js';
import type { Expression } from '../expression.js';
import type { Frame } from '../frame.js';

/** The part of a feature view that windows are computed from; a view plan is one. */
export interface WindowView {
  readonly name: string;
  readonly aggregates: readonly {
    readonly name: string;
    readonly op: AggregateName;
    readonly value: Expression | null;
    readonly where: Expression | null;
    readonly windows: readonly { readonly span: number; readonly feature: string }[];
  }[];
}

/** One window feature: an aggregate of a channel over a span (ms). */
export interface WindowCell {
  readonly feature: string;
  readonly aggregate: Aggregate;
  readonly channel: number;
  readonly span: number;
}

/** A view ready to run. A channel is what some aggregates take of each event: a number, or NaN for an event they pass over. */
export interface CompiledView {
  readonly name: string;
  /** One a feature, in plan order. */
  readonly cells: readonly WindowCell[];
  readonly channels: readonly ((table: Frame) => Float64Array)[];
  /** The longest span, ms. */
  readonly longest: number;
}

const NUMERIC: readonly ColumnKind[] = ['number', 'boolean', 'timestamp'];

/**
 * Checks and compiles the aggregates of a view over rows of the given kinds.
 * @throws MW_EXPRESSION_COLUMN_UNKNOWN, MW_EXPRESSION_KIND
 */
export function compileView(view: WindowView, kinds: ColumnKinds): CompiledView {
  const channels: ((table: Frame) => Float64Array)[] = [];
  const seen = new Map<string, number>();
  const cells: WindowCell[] = [];
  for (const { name, op, value, where, windows } of view.aggregates) {
    const aggregate: Aggregate = AGGREGATES[op];
    const counts = op === 'count';
    const place = { view: view.name, aggregate: name };
    if (!counts && (value === null || !NUMERIC.includes(checkKinds(value, kinds))))
      fail('MW_EXPRESSION_KIND', {
        what: `'${op}' of '${name}' needs a value that is a number, boolean or timestamp.`,
        where: place,
      });
    if (where !== null && checkKinds(where, kinds) !== 'boolean')
      fail('MW_EXPRESSION_KIND', { what: `The condition of '${name}' is not a boolean.`, where: place });
    const key = JSON.stringify([counts, value, where]);
    let channel = seen.get(key);
    if (channel === undefined) {
      channel = channels.push(compileChannel(counts, value, where, kinds)) - 1;
      seen.set(key, channel);
    }
    for (const { span, feature } of windows) cells.push({ feature, aggregate, channel, span });
  }
  return { name: view.name, cells, channels, longest: Math.max(0, ...cells.map((cell) => cell.span)) };
}

function compileChannel(counts: boolean, value: Expression | null, where: Expression | null, kinds: ColumnKinds) {
  const values = value === null ? null : compileRows(value, kinds);
  const passes = where === null ? null : compileRows(where, kinds);
  return (table: Frame): Float64Array => {
    const out = new Float64Array(table.rows).fill(1);
    const column = values?.(table);
    if (column?.kind === 'string') for (let i = 0; i < out.length; i++) out[i] = column.codes[i] < 0 ? Number.NaN : 1;
    else if (column?.kind === 'boolean')
      for (let i = 0; i < out.length; i++) out[i] = column.values[i] === 255 ? Number.NaN : counts ? 1 : column.values[i];
    else if (column)
      for (let i = 0; i < out.length; i++) {
        const given = column.values[i];
        out[i] = counts ? (given === given ? 1 : Number.NaN) : isAggregable(given) ? given : Number.NaN;
      }
    const condition = passes?.(table);
    if (condition?.kind === 'boolean') for (let i = 0; i < out.length; i++) if (condition.values[i] !== 1) out[i] = Number.NaN;
    return out;
  };
}
