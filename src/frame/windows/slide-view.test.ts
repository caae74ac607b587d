import { describe, expect, it } from 'vitest';
import { random } from '../../base/random.js';
import { columnFrom } from '../column.js';
import { kindsOf } from '../compile-expression.js';
import { column } from '../expression.js';
import { columnOf, type Frame, frame, takeRows, withColumns } from '../frame.js';
import { entityCodes } from './entity-codes.js';
import { nextUp, orderBy, orderEvents } from './event-order.js';
import { slideView } from './slide-view.js';
import { naiveWindows } from './testing/naive.js';
import { CASE_KEYS, windowCase } from './testing/window-cases.js';
import { compileView, type WindowView } from './window-view.js';

const numbersOf = (table: Frame, name: string) => {
  const values = columnOf(table, name);
  if (values.kind !== 'number' && values.kind !== 'timestamp') throw new TypeError(name);
  return values.values;
};

const day = (text: string) => Date.parse(`${text}T00:00:00Z`);

function slide(view: WindowView, keys: readonly string[], events: Frame, spine: Frame): Float64Array[] {
  const codes = entityCodes(
    keys.map((key) => columnOf(events, key)),
    events.rows,
    keys.map((key) => columnOf(spine, key)),
    spine.rows,
  );
  const order = orderEvents(numbersOf(events, 'time'), numbersOf(events, 'available'));
  return slideView(compileView(view, kindsOf(events)), events, order, codes, numbersOf(spine, 'at'));
}

/** Equal to the bit, but variance, whose reference cancels differently. */
function expectSame(view: WindowView, found: readonly Float64Array[], wanted: readonly Float64Array[], what: string) {
  const features = view.aggregates.flatMap((one) => one.windows.map((window) => window.feature));
  features.forEach((feature, f) => {
    if (feature.startsWith('variance'))
      wanted[f].forEach((value, row) => {
        const difference = Math.abs(found[f][row] - value);
        expect(Number.isNaN(value) ? Number.isNaN(found[f][row]) : difference < 1e-12, `${what} ${feature} row ${row}`).toBe(
          true,
        );
      });
    else expect({ what, feature, values: [...found[f]] }).toEqual({ what, feature, values: [...wanted[f]] });
  });
}

describe('slideView', () => {
  it('equals the definition on random bitemporal data', () => {
    for (let seed = 0; seed < 200; seed++) {
      const { view, events, spine } = windowCase(seed);
      for (const keys of CASE_KEYS)
        expectSame(view, slide(view, keys, events, spine), naiveWindows(view, keys, events, spine), `seed ${seed} [${keys}]`);
    }
  });

  it('never reads the future: rows not known or not past at t can be changed or removed', () => {
    for (let seed = 0; seed < 100; seed++) {
      const { view, events, spine } = windowCase(seed);
      const source = random(seed).fork('future');
      const t = source.below(120);
      const asked = withColumns(spine, { at: { kind: 'timestamp', values: new Float64Array(spine.rows).fill(t) } });
      const isKnown = (row: number) => numbersOf(events, 'time')[row] < t && numbersOf(events, 'available')[row] <= t;
      const rows = Array.from({ length: events.rows }, (_, row) => row);
      const without = takeRows(events, Int32Array.from(rows.filter(isKnown)));
      const noise = (name: string) => {
        const values = numbersOf(events, name).map((value, row) => (isKnown(row) ? value : value + source.below(9)));
        return values;
      };
      const changed = withColumns(events, {
        value: { kind: 'number', values: noise('value') },
        number: { kind: 'number', values: noise('number') },
      });
      for (const keys of CASE_KEYS) {
        const before = slide(view, keys, events, asked);
        expect(slide(view, keys, without, asked)).toEqual(before);
        expect(slide(view, keys, changed, asked)).toEqual(before);
      }
    }
  });

  it('does not depend on the order of the rows', () => {
    for (let seed = 0; seed < 60; seed++) {
      const { view, events, spine } = windowCase(seed);
      const reversed = takeRows(
        events,
        Int32Array.from({ length: events.rows }, (_, i) => events.rows - 1 - i),
      );
      const stable = { ...view, aggregates: view.aggregates.filter((one) => one.op !== 'last') };
      expect(slide(stable, ['carrier'], reversed, spine)).toEqual(slide(stable, ['carrier'], events, spine));
    }
  });

  it('gives the Feast vector under our half-open rule', () => {
    const events = frame({
      entity: columnFrom('number', [1, 1, 1, 2, 3, 3]),
      value: columnFrom('number', [11, 22, 33, 22, 10, 20]),
      time: columnFrom(
        'timestamp',
        ['2023-12-31', '2024-01-02', '2024-01-03', '2023-01-03', '2024-01-01', '2024-01-01'].map(day),
      ),
      available: columnFrom(
        'timestamp',
        ['2023-12-31', '2024-01-02', '2024-01-03', '2023-01-03', '2024-01-03', '2024-01-02'].map(day),
      ),
    });
    const spine = frame({
      entity: columnFrom('number', [1, 1, 2, 3]),
      at: columnFrom(
        'timestamp',
        ['2024-01-01', '2024-01-02', '2024-01-01', '2024-01-03'].map((text) => day(text) + (text === '2024-01-02' ? 1 : 0)),
      ),
    });
    const view: WindowView = {
      name: 'feast',
      aggregates: [
        {
          name: 'last',
          op: 'last',
          value: column('value'),
          where: null,
          windows: [{ span: 10 * 86_400_000, feature: 'last_10d' }],
        },
      ],
    };
    expect([...slide(view, ['entity'], events, spine)[0]]).toEqual([11, 22, Number.NaN, 10]);
  });
});

describe('orderBy', () => {
  it('is a stable sort of doubles of every kind, without NaN', () => {
    const source = random(3);
    const special = [
      0,
      -0,
      1,
      -1,
      1e308,
      -1e308,
      5e-324,
      -5e-324,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
    ];
    for (let run = 0; run < 200; run++) {
      const keys = Float64Array.from({ length: source.below(80) }, () =>
        source.below(3) === 0 ? special[source.below(special.length)] : source.normal() * 10 ** source.below(12),
      );
      const wanted = Array.from(keys, (_, row) => row)
        .filter((row) => keys[row] === keys[row])
        .sort((a, b) => (keys[a] < keys[b] ? -1 : keys[a] > keys[b] ? 1 : a - b));
      expect([...orderBy(keys)]).toEqual(wanted);
    }
  });
});

describe('nextUp', () => {
  it('is the next larger double', () => {
    expect(nextUp(1)).toBe(1 + 2 ** -52);
    expect(nextUp(0)).toBe(5e-324);
    expect(nextUp(-5e-324) + 0).toBe(0);
    expect(nextUp(2 ** 32 - 2 ** -21)).toBe(2 ** 32);
    for (const x of [991_353_600_000, -1.5, 1e-310, -(2 ** 40), 2 ** 53, 1 + (2 ** 32 - 1) * 2 ** -52]) {
      expect(nextUp(x)).toBeGreaterThan(x);
      const middle = x + (nextUp(x) - x) / 2;
      expect(middle === x || middle === nextUp(x)).toBe(true);
    }
  });
});
