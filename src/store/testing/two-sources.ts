import { columnFrom } from '../../frame/column.js';
import { column } from '../../frame/expression.js';
import { type Frame, frame } from '../../frame/frame.js';
import type { OnlinePlan } from '../online/memory.js';
import type { OnlineStore } from '../ports.js';

const contract = {
  kind: 'contract' as const,
  columns: Object.fromEntries(
    (['who', 'time', 'amount'] as const).map((name) => [
      name,
      {
        kind: 'column' as const,
        type: name === 'who' ? ('string' as const) : name === 'time' ? ('timestamp' as const) : ('number' as const),
        categories: null,
        nullable: false,
      },
    ]),
  ),
  checks: [],
};

const source = (name: string) => ({
  kind: 'source' as const,
  name,
  from: { kind: 'connector' as const, format: 'csv' as const, path: `${name}.csv`, options: {} },
  key: [],
  time: 'time',
  availableAt: null,
  contract,
});

const view = (name: string) => ({
  kind: 'view' as const,
  name,
  source: name,
  by: [{ kind: 'key' as const, column: 'who', request: 'who' }],
  aggregates: [
    {
      kind: 'aggregate' as const,
      name: 'sum',
      op: 'sum',
      value: column('amount'),
      where: null,
      windows: [{ kind: 'window' as const, span: 1e6, feature: `${name}_sum` }],
    },
  ],
});

/** Two sources over the same columns, each with a sum by `who`. */
export function twoSources(): OnlinePlan {
  return { sources: { a: source('a'), b: source('b') }, views: [view('a'), view('b')] } as unknown as OnlinePlan;
}

/** A row of each amount, all of the same `who`. */
export const rowsOf = (...amounts: number[]): Frame =>
  frame(
    {
      who: columnFrom(
        'string',
        amounts.map(() => 'x'),
      ),
      time: columnFrom(
        'timestamp',
        amounts.map((_, i) => 900 + i),
      ),
      amount: columnFrom('number', amounts),
    },
    amounts.length,
  );

/** The sum of all amounts of a source. */
export function sumOf(store: OnlineStore, source: string): number {
  const out = new Float64Array(1);
  store.read(source, ['x'], 2000, out, 0);
  return Number.isNaN(out[0]) ? 0 : (out[0] as number);
}
