import { random } from '../../src/base/random.js';
import { columnFrom, type Scalar } from '../../src/frame/column.js';
import { frame } from '../../src/frame/frame.js';
import { binnerOf } from '../../src/monitor/bin-layout.js';
import type { LiveCounts } from '../../src/monitor/drift-tests.js';
import { judgeDrifts } from '../../src/monitor/judge-drift.js';
import { buildProfile } from '../../src/monitor/reference-profile.js';
import type { SignalState } from '../../src/monitor/signal-result.js';
import type { Benchmark, Figure } from '../benchmark.js';
import { DRIFT_WORLDS, type DriftWorld, type Feature, POWER_WORLDS } from './drift-worlds.js';

const DAY = 86_400_000;

/** A rule of drift: what it keeps of a reference, and its judgement of windows, the newest first. */
export interface DriftRule {
  prepare(
    values: readonly Scalar[],
    times: Float64Array | null,
  ): { count(values: Iterable<Scalar>): unknown; readonly reference: unknown };
  judge(
    watched: readonly {
      readonly reference: unknown;
      readonly windows: readonly { readonly counted: unknown; readonly days: number }[];
      readonly floor: number;
    }[],
  ): readonly { readonly state: SignalState }[];
}

const ours: DriftRule = {
  prepare(values, times) {
    const x = columnFrom(typeof values.find((value) => value !== null) as 'string' | 'number' | 'boolean', values);
    const moments = { table: times, scores: null };
    const { x: reference } = buildProfile('v', frame({ x }), new Float64Array(0), moments).features;
    const bin = binnerOf(reference);
    return {
      reference,
      count(live) {
        const counts = new Float64Array(reference.counts.length);
        for (const value of live) counts[bin(value)]++;
        return counts;
      },
    };
  },
  judge: (watched) =>
    judgeDrifts(
      watched.map(({ reference, windows, floor }, i) => ({
        name: String(i),
        of: String(i),
        floor,
        reference: reference as ReturnType<typeof buildProfile>['features'][string],
        windows: windows.map(({ counted, days }): LiveCounts => ({ counts: counted as Float64Array, days })),
      })),
    ),
};

export interface DriftAlarms {
  readonly world: string;
  readonly reports: number;
  /** Reports in which any feature fires, and features that fire, of all judged. */
  readonly alarmed: number;
  readonly features: number;
  readonly fired: number;
  readonly insufficient: number;
}

/**
 * Reports on a world in which nothing drifts but for `shift`, added to every numeric value after the reference: `references` times a new
 * reference, each followed by `reports` windows that are judged one after another.
 */
export function driftAlarms(
  world: DriftWorld,
  references: number,
  reports: number,
  seed: number,
  { shift = 0, rule = ours }: { readonly shift?: number; readonly rule?: DriftRule } = {},
): DriftAlarms {
  const { reference, window } = world;
  const count = { alarmed: 0, fired: 0, insufficient: 0 };
  const moved = (value: Scalar) => (typeof value === 'number' ? value + shift : value);
  for (let r = 0; r < references; r++) {
    const source = random(seed).fork(world.name).fork(r);
    const features = Array.from({ length: world.features }, (_, i) => {
      const feature = world.feature(source.fork(i), i);
      const times = Float64Array.from(
        { length: reference.days * reference.rowsADay },
        (_, row) => Math.floor(row / reference.rowsADay) * DAY,
      );
      const prepared = rule.prepare(rowsOf(feature, 0, reference), world.dated ? times : null);
      return { feature, prepared, windows: [] as { counted: unknown; days: number }[] };
    });
    for (let w = -2; w < reports; w++) {
      const from = reference.days + (w + 2) * window.days;
      for (const { feature, prepared, windows } of features) {
        windows.unshift({ counted: prepared.count(rowsOf(feature, from, window).map(moved)), days: window.days });
        windows.length = Math.min(windows.length, 3);
      }
      if (w < 0) continue;
      const judged = rule.judge(
        features.map(({ prepared, windows }) => ({ reference: prepared.reference, windows, floor: world.floor })),
      );
      const fired = judged.filter(({ state }) => state === 'fired').length;
      count.fired += fired;
      if (fired > 0) count.alarmed++;
      count.insufficient += judged.filter(({ state }) => state === 'insufficient').length;
    }
  }
  const all = references * reports;
  return { world: world.name, reports: all, features: all * world.features, ...count };
}

function rowsOf(feature: Feature, from: number, span: DriftWorld['window']): Scalar[] {
  const values: Scalar[] = [];
  for (let d = 0; d < span.days; d++) {
    const draw = feature(from + d);
    for (let row = 0; row < span.rowsADay; row++) values.push(draw());
  }
  return values;
}

const SHIFTS = [0.4, 0.6, 0.8, 1, 1.5, 2] as const;
const percent = (count: number, of: number) => `${((100 * count) / of).toFixed(1)} %`;

const falseReports: Benchmark = {
  group: 'monitoring',
  name: 'drift reports with a false alarm, by world',
  async run(): Promise<Figure> {
    const found = DRIFT_WORLDS.map((world) => driftAlarms(world, 20, 10, 17));
    return {
      value: Math.max(...found.map(({ alarmed, reports }) => alarmed / reports)),
      unit: 'share of reports, the worst world',
      must: { of: 'value', atMost: 0.05 },
      table: found.map((each) => ({
        world: each.world,
        reports: percent(each.alarmed, each.reports),
        features: percent(each.fired, each.features),
        insufficient: percent(each.insufficient, each.features),
      })),
    };
  },
};

const power: Benchmark = {
  group: 'monitoring',
  name: 'shifts found, by world',
  async run(): Promise<Figure> {
    const found = POWER_WORLDS.map((world) => ({
      world,
      shares: SHIFTS.map((shift) => {
        const { fired, features } = driftAlarms(world, 5, 4, 17, { shift });
        return fired / features;
      }),
    }));
    return {
      value: found[0].shares[1],
      unit: `share of features found that moved by ${SHIFTS[1]} standard deviations, independent rows`,
      table: found.map(({ world, shares }) => ({
        world: world.name,
        ...Object.fromEntries(SHIFTS.map((shift, i) => [`+${shift}`, percent(shares[i], 1)])),
      })),
    };
  },
};

export const benchmarks: readonly Benchmark[] = [falseReports, power];
