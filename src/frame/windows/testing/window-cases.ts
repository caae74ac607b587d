import { random } from '../../../base/random.js';
import { AGGREGATES, type AggregateName } from '../../aggregates/catalogue.js';
import { columnFrom, type Scalar } from '../../column.js';
import { call, column, literal } from '../../expression.js';
import { type Frame, frame } from '../../frame.js';
import type { WindowView } from '../window-view.js';

/**
 * Random bitemporal tables that the suites of the batch engine, the online store and the SQL auditor share: ties in event time and
 * availability, rows known at once, late, or after they left every window, missing times, keys and values, corrections that
 * come later for the same moment. Values are multiples of 1/8, so that sums are exact in any order.
 */
export interface WindowCase {
  readonly view: WindowView;
  /** Columns carrier, number, flag, value, time, available (ms, NaN where unknown). */
  readonly events: Frame;
  /** Columns carrier, number, at. */
  readonly spine: Frame;
}

const SPANS = [1, 7, 40, 1000] as const;

/** The case of a seed; the same seed gives the same case everywhere. */
export function windowCase(seed: number): WindowCase {
  const source = random(seed);
  const count = source.below(60);
  const horizon = 20 + source.below(100);
  const moment = () => source.below(horizon) + (source.below(4) === 0 ? 0.5 : 0);
  const rare = <T>(value: T): T | null => (source.below(12) === 0 ? null : value);
  const key = () => ['a', 'b', 'ab'][source.below(3)];
  const rows = Array.from({ length: count }, () => {
    const time = moment();
    const delay = [0, 0, -3, source.below(10), source.below(60)][source.below(5)];
    return {
      carrier: rare(key()),
      number: rare(source.below(2)),
      flag: rare(source.below(2) === 1),
      value: rare((source.below(80) - 40) / 8),
      time: rare(time),
      available: rare(time + delay),
    };
  });
  for (let i = 0; i < count / 10; i++) {
    const corrected = rows[source.below(rows.length)];
    rows.push({ ...corrected, value: rare((source.below(80) - 40) / 8), available: (corrected.available ?? 0) + 5 });
  }
  const spine = Array.from({ length: source.below(40) }, () => ({
    carrier: rare(source.below(8) === 0 ? 'never seen' : key()),
    number: rare(source.below(2)),
    at: moment() + source.below(30),
  }));
  return {
    view: {
      name: 'view',
      aggregates: [
        ...Object.keys(AGGREGATES).map((op) => aggregate(op as AggregateName, op === 'count' ? null : column('value'), null)),
        { ...aggregate('mean', column('flag'), null), name: 'flags' },
        { ...aggregate('count', column('value'), call('gt', column('value'), literal(0))), name: 'positives' },
        { ...aggregate('max', column('value'), column('flag')), name: 'flagged' },
      ].map((one) => ({ ...one, windows: SPANS.map((span) => ({ span, feature: `${one.name}_${span}` })) })),
    },
    events: table(rows, {
      carrier: 'string',
      number: 'number',
      flag: 'boolean',
      value: 'number',
      time: 'timestamp',
      available: 'timestamp',
    }),
    spine: table(spine, { carrier: 'string', number: 'number', at: 'timestamp' }),
  };
}

const aggregate = (
  op: AggregateName,
  value: ReturnType<typeof column> | null,
  where: ReturnType<typeof column | typeof call> | null,
) => ({
  name: op as string,
  op,
  value,
  where,
});

function table(
  rows: readonly Readonly<Record<string, Scalar>>[],
  kinds: Readonly<Record<string, 'string' | 'number' | 'boolean' | 'timestamp'>>,
): Frame {
  return frame(
    Object.fromEntries(
      Object.entries(kinds).map(([name, kind]) => [
        name,
        columnFrom(
          kind,
          rows.map((row) => row[name]),
        ),
      ]),
    ),
    rows.length,
  );
}

/** Key columns of the cases: none, one or two. */
export const CASE_KEYS = [[], ['carrier'], ['carrier', 'number']] as const;
