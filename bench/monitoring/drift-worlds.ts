import type { Random } from '../../src/base/random.js';
import type { Scalar } from '../../src/frame/column.js';

/** Values of one feature: what a day gives, drawn row by row. */
export type Feature = (day: number) => () => Scalar;

/** Traffic in which nothing drifts, although days, weeks or customers may differ. */
export interface DriftWorld {
  readonly name: string;
  readonly features: number;
  readonly floor: number;
  readonly reference: { readonly days: number; readonly rowsADay: number };
  readonly window: { readonly days: number; readonly rowsADay: number };
  /** Whether the reference knows which day its rows are of. */
  readonly dated: boolean;
  readonly feature: (source: Random, index: number) => Feature;
}

const standard = { features: 20, floor: 0.1, dated: true } as const;
const days = (count: number, rowsADay: number) => ({ days: count, rowsADay });

/** Identically distributed rows of nine shapes. */
const shapes = (source: Random, index: number): Feature => {
  const draws: readonly (() => Scalar)[] = [
    () => Math.tan(Math.PI * (source.next() - 0.5)),
    () => poisson(source, 0.3),
    () => poisson(source, 3),
    () => `c${Math.floor(300 ** source.next())}`,
    () => `c${source.below(1000)}`,
    () => source.next() < 0.01,
    () => (source.next() < 0.02 ? null : source.normal()),
    () => Math.exp(3 * source.normal()),
    () => (source.next() < 0.3 ? 1 : 5),
  ];
  return () => draws[index % draws.length];
};

function poisson(source: Random, mean: number): number {
  let count = 0;
  for (let left = Math.exp(-mean), product = source.next(); product > left; product *= source.next()) count++;
  return count;
}

/** A normal feature whose mean goes with the day: a stationary autoregression of the given spread and persistence. */
const dayEffect =
  (sd: number, persistence: number) =>
  (source: Random): Feature => {
    const levels: number[] = [];
    return (day) => {
      for (let d = levels.length; d <= day; d++)
        levels.push(
          d === 0 ? sd * source.normal() : persistence * levels[d - 1] + sd * Math.sqrt(1 - persistence ** 2) * source.normal(),
        );
      return () => levels[day] + source.normal();
    };
  };

const weekend =
  (more: number) =>
  (source: Random): Feature =>
  (day) =>
  () =>
    source.normal() + (day % 7 < 2 ? more : 0);

/** Each customer has so many equal rows, one after another. */
const customers =
  (rows: number) =>
  (source: Random): Feature =>
  () => {
    let left = 0;
    let value = 0;
    return () => {
      if (left === 0) {
        left = rows;
        value = source.normal();
      }
      left--;
      return value;
    };
  };

const uniformCategories = (count: number) => (source: Random) => () => () => `c${source.below(count)}`;
/** A common category beside very many rare ones, of which a reference sees a few. */
const rareTail = (source: Random) => () => () => (source.next() < 0.92 ? 'common' : `r${source.below(100_000)}`);
const ofDay =
  (source: Random): Feature =>
  () => {
    const value = source.normal();
    return () => value;
  };

export const DRIFT_WORLDS: readonly DriftWorld[] = [
  ...[200, 1000].map((rows) => ({
    ...standard,
    name: `nine shapes, reference 5,000, windows ${rows}`,
    features: 18,
    reference: days(10, 500),
    window: days(1, rows),
    feature: shapes,
  })),
  ...[200, 1000].map((rows) => ({
    ...standard,
    name: `nine shapes, reference 400, windows ${rows}`,
    features: 18,
    reference: days(10, 40),
    window: days(1, rows),
    feature: shapes,
  })),
  ...(
    [
      [1000, 400, 1000, 0.1],
      [300, 2000, 2000, 0.02],
      [1000, 5000, 5000, 0.02],
    ] as const
  ).map(([count, reference, window, floor]) => ({
    ...standard,
    floor,
    name: `${count} equally likely categories, reference ${reference}, windows ${window}, floor ${floor}`,
    reference: days(1, reference),
    window: days(1, window),
    dated: false,
    feature: uniformCategories(count),
  })),
  {
    ...standard,
    name: 'a common category and a tail of rare ones, reference 400, windows 1000',
    reference: days(1, 400),
    window: days(1, 1000),
    dated: false,
    feature: rareTail,
  },
  ...[0, 0.8].flatMap((persistence) =>
    [0.1, 0.2, 0.3, 0.5].map((sd) => ({
      ...standard,
      name: `day effect sd ${sd}, persistence ${persistence}, reference of 28 days`,
      reference: days(28, 1000),
      window: days(1, 1000),
      feature: dayEffect(sd, persistence),
    })),
  ),
  ...[7, 14, 84].flatMap((count) =>
    [0, 0.8].map((persistence) => ({
      ...standard,
      name: `day effect sd 0.3, persistence ${persistence}, reference of ${count} days`,
      reference: days(count, 1000),
      window: days(1, 1000),
      feature: dayEffect(0.3, persistence),
    })),
  ),
  ...[0, 0.8].map((persistence) => ({
    ...standard,
    name: `day effect sd 0.3, persistence ${persistence}, reference of 28 days, windows of 7`,
    reference: days(28, 500),
    window: days(7, 500),
    feature: dayEffect(0.3, persistence),
  })),
  ...[0.4, 0.8].map((more) => ({
    ...standard,
    name: `weekend +${more}, daily windows`,
    reference: days(28, 1000),
    window: days(1, 1000),
    feature: weekend(more),
  })),
  {
    ...standard,
    name: 'weekend +0.8, weekly windows',
    reference: days(28, 500),
    window: days(7, 500),
    feature: weekend(0.8),
  },
  ...[1000, 5000].map((rows) => ({
    ...standard,
    name: `20 equal rows a customer, windows ${rows}`,
    reference: days(28, rows),
    window: days(1, rows),
    feature: customers(20),
  })),
  {
    ...standard,
    name: 'one value a day',
    reference: days(28, 500),
    window: days(1, 500),
    feature: ofDay,
  },
];

const normal =
  (source: Random): Feature =>
  () =>
  () =>
    source.normal();

/** Worlds in which it is asked how often a shift of every feature is found. */
export const POWER_WORLDS: readonly DriftWorld[] = [
  ...(
    [
      [5000, 200],
      [5000, 1000],
      [400, 1000],
    ] as const
  ).map(([reference, window]) => ({
    ...standard,
    name: `independent rows, reference ${reference}, windows ${window}`,
    reference: days(10, reference / 10),
    window: days(1, window),
    feature: normal,
  })),
  ...[0.1, 0.2, 0.3].map((sd) => ({
    ...standard,
    name: `day effect sd ${sd}, reference of 28 days, windows 1000`,
    reference: days(28, 1000),
    window: days(1, 1000),
    feature: dayEffect(sd, 0),
  })),
  {
    ...standard,
    name: 'day effect sd 0.3, persistence 0.8, reference of 28 days, windows 1000',
    reference: days(28, 1000),
    window: days(1, 1000),
    feature: dayEffect(0.3, 0.8),
  },
];
