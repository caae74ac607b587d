import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { columnFrom } from '../column.js';
import { kindsOf } from '../compile-expression.js';
import { column } from '../expression.js';
import { columnOf, type Frame, frame } from '../frame.js';
import { entityCodes } from './entity-codes.js';
import { orderEvents } from './event-order.js';
import { LiveEntity, liveLayout } from './live.js';
import { slideView } from './slide-view.js';
import { compileView, type WindowView } from './window-view.js';

const SPAN = 4;
/** Values are multiples of 1/64, so that whole numbers say what is exact. */
const UNIT = 64;
const OPS = ['count', 'sum', 'mean', 'min', 'max', 'last', 'variance'] as const;

const view: WindowView = {
  name: 'meter',
  aggregates: OPS.map((op) => ({ name: op, op, value: column('value'), where: null, windows: [{ span: SPAN, feature: op }] })),
} as unknown as WindowView;

const eventsOf = (values: readonly number[]): Frame =>
  frame({
    time: columnFrom(
      'timestamp',
      values.map((_, i) => i),
    ),
    value: columnFrom('number', values),
  });

/** Features at each moment 1..n, by the sliding pass. */
function slid(events: Frame): number[][] {
  const times = Float64Array.from({ length: events.rows }, (_, i) => i + 1);
  const at = columnOf(events, 'time');
  const all = { ...at, kind: 'string', dictionary: ['m1'], codes: new Int32Array(events.rows) } as never;
  const codes = entityCodes([all], events.rows, [all], events.rows);
  const own = Float64Array.from({ length: events.rows }, (_, i) => i);
  const found = slideView(compileView(view, kindsOf(events)), events, orderEvents(own, own), codes, times);
  return Array.from(times, (_, row) => found.map((feature) => feature[row]));
}

/** The same as the online store keeps them. */
function live(events: Frame): number[][] {
  const compiled = compileView(view, kindsOf(events));
  const entity = new LiveEntity(liveLayout(compiled));
  const channels = compiled.channels.map((channel) => channel(events));
  return Array.from({ length: events.rows }, (_, row) => {
    entity.push(row, row, row, channels, row, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY);
    const out = new Float64Array(OPS.length);
    entity.read(row + 1, out, 0);
    return [...out];
  });
}

/** The rounded value of a fraction of whole numbers. */
function rounded(top: bigint, bottom: bigint): number {
  const shift = BigInt(Math.max(0, 64 + bottom.toString(2).length - (top < 0n ? -top : top).toString(2).length));
  return Number((top << shift) / bottom) / 2 ** Number(shift);
}

function exact(values: readonly number[]): number[] {
  const units = values.map((value) => BigInt(value * UNIT));
  const n = BigInt(units.length);
  const sum = units.reduce((total, unit) => total + unit, 0n);
  const squares = units.reduce((total, unit) => total + unit * unit, 0n);
  const unit = BigInt(UNIT);
  return [
    values.length,
    rounded(sum, unit),
    rounded(sum, unit * n),
    Math.min(...values),
    Math.max(...values),
    values.at(-1) as number,
    rounded(n * squares - sum * sum, n * n * unit * unit),
  ];
}

const usual = fc.integer({ min: 1990 * UNIT, max: 2010 * UNIT }).map((unit) => unit / UNIT);
const spike = fc.tuple(fc.integer({ min: 17, max: 30 }), fc.boolean()).map(([power, up]) => (up ? 1 : -1) * 10 ** power);
const flat = fc.constant(2000.015625);
const series = fc.array(
  fc.oneof({ weight: 6, arbitrary: usual }, { weight: 3, arbitrary: flat }, { weight: 1, arbitrary: spike }),
  {
    minLength: 1,
    maxLength: 60,
  },
);

test.each([
  ['the sliding pass', slid],
  ['the online store', live],
])('once a spike has left a window, it is as if it had never been: %s', (_, featuresOf) => {
  fc.assert(
    fc.property(series, (values) => {
      featuresOf(eventsOf(values)).forEach((found, row) => {
        const window = values.slice(Math.max(0, row + 1 - SPAN), row + 1);
        if (window.some((value) => Math.abs(value) > 1e16)) return;
        exact(window).forEach((wanted, f) => {
          if (OPS[f] === 'variance') expect(Math.abs(found[f] - wanted)).toBeLessThanOrEqual(4e-16 * wanted);
          else expect(found[f]).toBe(wanted);
        });
      });
    }),
    { numRuns: 400, seed: 9 },
  );
});

test('the variance of one value, and of equal ones, is 0, whatever went before', () => {
  const numbers = fc.oneof(spike, fc.double({ noNaN: true, min: -1e12, max: 1e12 }), fc.constant(0.1));
  fc.assert(
    fc.property(fc.array(numbers, { minLength: 1, maxLength: 30 }), numbers, (before, last) => {
      const values = [...before, ...Array<number>(SPAN).fill(last)];
      for (const featuresOf of [slid, live]) expect(featuresOf(eventsOf(values)).at(-1)?.at(-1)).toBe(0);
    }),
    { numRuns: 200, seed: 10 },
  );
});
