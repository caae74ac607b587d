import { describe, expect, it } from 'vitest';
import { SimulatedClock } from '../base/clock.js';
import { MillwrightError } from '../base/error.js';
import type { ColumnPlan, ColumnType, FeaturePlan, ViewPlan } from '../define/plan.js';
import { type Scalar, valueAt } from '../frame/column.js';
import { call, column, literal } from '../frame/expression.js';
import { columnOf, type Frame, frame, type Row, rowAt } from '../frame/frame.js';
import { naiveWindows } from '../frame/windows/testing/naive.js';
import { windowCase } from '../frame/windows/testing/window-cases.js';
import { OnlineMemory } from '../store/online/memory.js';
import { compareOnlineOffline } from './consistency.js';
import { compileFeatureRow, type FeaturesPlan } from './feature-row.js';
import { featureTable, spineOfLabels } from './feature-table.js';

const columnPlan = (type: ColumnType): ColumnPlan => ({ kind: 'column', type, categories: null, nullable: true });
const columns = (types: Readonly<Record<string, ColumnType>>) =>
  Object.fromEntries(Object.entries(types).map(([name, type]) => [name, columnPlan(type)]));
const windowFeature = (name: string): FeaturePlan => ({
  kind: 'feature',
  name,
  type: 'number',
  from: { kind: 'fromWindow', view: 'any' },
});
const derived = (
  name: string,
  type: FeaturePlan['type'],
  expression: FeaturePlan['from'] & { kind: 'fromExpression' },
): FeaturePlan => ({
  kind: 'feature',
  name,
  type,
  from: expression,
});
const by = (expression: ReturnType<typeof call>) => ({ kind: 'fromExpression', expression }) as const;

/** A view by carrier and one over everything; request columns, windows, and features derived from both and from one another. */
function planOf(seed: number): FeaturesPlan {
  const { view } = windowCase(seed);
  const viewOf = (name: string, keys: readonly string[]): ViewPlan => ({
    kind: 'view',
    name,
    source: 'events',
    by: keys.map((key) => ({ kind: 'key', column: key, request: key })),
    aggregates: view.aggregates.map((one) => ({
      ...one,
      kind: 'aggregate',
      windows: one.windows.map((window) => ({ kind: 'window', span: window.span, feature: `${name}_${window.feature}` })),
    })),
  });
  const views = [viewOf('carrier', ['carrier']), viewOf('all', []), viewOf('unused', ['number'])];
  const windows = views.slice(0, 2).flatMap((one) => one.aggregates.flatMap((a) => a.windows.map((window) => window.feature)));
  return {
    sources: {
      events: {
        kind: 'source',
        name: 'events',
        from: { kind: 'connector', format: 'csv', path: 'events.csv', options: {} },
        key: [],
        time: 'time',
        availableAt: column('available'),
        contract: {
          kind: 'contract',
          columns: columns({
            carrier: 'string',
            number: 'number',
            flag: 'boolean',
            value: 'number',
            time: 'timestamp',
            available: 'timestamp',
          }),
          checks: [],
        },
      },
    },
    views,
    request: { kind: 'request', time: 'at', columns: columns({ carrier: 'category', number: 'integer', at: 'timestamp' }) },
    features: [
      { kind: 'feature', name: 'carrier', type: 'category', from: { kind: 'fromRequest', column: 'carrier' } },
      { kind: 'feature', name: 'renamed', type: 'number', from: { kind: 'fromRequest', column: 'number' } },
      ...windows.map(windowFeature),
      derived('hour', 'number', by(call('hourOf', column('at')))),
      derived('share', 'number', by(call('div', column('carrier_count_40'), column('all_count_40')))),
      derived('doubled', 'number', by(call('plus', column('share'), column('share')))),
      derived('busy', 'boolean', by(call('gt', column('all_count_7'), literal(2)))),
      derived('busyNumber', 'number', by(call('gte', column('all_mean_7'), literal(0)))),
      derived('label', 'text', by(call('text', column('carrier'), literal('!')))),
    ],
    serve: { kind: 'serve', whenMissing: { carrier: 'none', share: -1, busyNumber: 0.5 }, maxRows: 10 },
  };
}

const codeOf = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    return error instanceof MillwrightError ? error.code : String(error);
  }
  return 'none';
};

describe('featureTable and compileFeatureRow', () => {
  it('give the same values to the bit: history in batch, a request through the online store', async () => {
    for (let seed = 0; seed < 40; seed++) {
      const { events, spine } = windowCase(seed);
      const plan = planOf(seed);
      const table = featureTable(plan, { events }, spine, { asServed: true });
      expect(Object.keys(table.columns)).toEqual(plan.features.map((feature) => feature.name));
      const online = new OnlineMemory(plan, { clock: new SimulatedClock(1e6), keep: 1e6 });
      await online.push('events', events);
      const featureRow = compileFeatureRow(plan, online);
      const out: Scalar[] = [];
      for (let row = 0; row < spine.rows; row++) {
        const request: Row = rowAt(spine, row);
        featureRow(request, request.at as number, out);
        const wanted = plan.features.map((feature) => valueAt(columnOf(table, feature.name), row));
        expect({ seed, row, values: out }).toEqual({ seed, row, values: wanted });
      }
    }
  });

  it('hold what the definition of windows says, and substitutes only as served', () => {
    const { view, events, spine } = windowCase(3);
    const plan = planOf(3);
    const table = featureTable(plan, { events }, spine);
    const wanted = naiveWindows(view, ['carrier'], events, spine);
    const features = view.aggregates.flatMap((one) => one.windows.map((window) => window.feature));
    features.forEach((feature, f) => {
      if (!feature.startsWith('variance'))
        expect(columnOf(table, `carrier_${feature}`)).toEqual({ kind: 'number', values: wanted[f] });
    });
    const carriers = (from: Frame) => Array.from({ length: from.rows }, (_, row) => valueAt(columnOf(from, 'carrier'), row));
    expect(carriers(table)).toContain(null);
    const served = carriers(featureTable(plan, { events }, spine, { asServed: true }));
    expect(served).not.toContain(null);
    expect(served).toContain('none');
  });

  it('take spines from the rows of the label', () => {
    const { events } = windowCase(5);
    const plan = {
      request: { kind: 'request', time: 'time', columns: columns({ carrier: 'string', time: 'timestamp' }) } as const,
      label: { kind: 'label', source: 'events', expression: column('flag'), positive: 'true' } as const,
    };
    const spine = spineOfLabels(plan, { events }, Int32Array.of(2, 0));
    expect(rowAt(spine, 0)).toEqual({ carrier: rowAt(events, 2).carrier, time: rowAt(events, 2).time });
    expect(codeOf(() => spineOfLabels(plan, {}, Int32Array.of(0)))).toBe('MW_FEATURES_SOURCE_MISSING');
  });

  it('name what is missing', () => {
    const { events, spine } = windowCase(5);
    const plan = planOf(5);
    const request = { ...plan.request, time: null };
    expect(codeOf(() => featureTable(plan, {}, spine))).toBe('MW_FEATURES_SOURCE_MISSING');
    expect(codeOf(() => featureTable(plan, { events }, frame({}, 3)))).toBe('MW_FEATURES_REQUEST_MISSING');
    expect(codeOf(() => featureTable({ ...plan, request }, { events }, spine))).toBe('MW_FEATURES_TIME_MISSING');
    const timeless = { events: { ...plan.sources.events, time: null } };
    expect(codeOf(() => featureTable({ ...plan, sources: timeless }, { events }, spine))).toBe('MW_FEATURES_TIME_MISSING');
    const wrong = [derived('hour', 'category', by(call('hourOf', column('at'))))];
    expect(codeOf(() => featureTable({ ...plan, features: wrong }, { events }, spine))).toBe('MW_EXPRESSION_KIND');
    const unknown = [derived('x', 'number', by(call('abs', column('nothing'))))];
    expect(codeOf(() => featureTable({ ...plan, features: unknown }, { events }, spine))).toBe('MW_EXPRESSION_COLUMN_UNKNOWN');
  });
});

describe('compareOnlineOffline', () => {
  it('counts what is missing on each side, mismatches and SMAPE', () => {
    const number = (...values: number[]) => ({ kind: 'number', values: Float64Array.from(values) }) as const;
    const served = frame({ x: number(1, 2, Number.NaN, 0, Number.NaN, 4) });
    const report = compareOnlineOffline(served, frame({ x: number(1, 6, Number.NaN, 0, 5, Number.NaN) }));
    expect(report.consistent).toBe(false);
    expect(report.features).toEqual([
      { feature: 'x', rows: 6, missingBoth: 1, missingOnline: 1, missingOffline: 1, mismatches: 1, smape: 1 / 3, largest: 4 },
    ]);
    expect(compareOnlineOffline(served, served).consistent).toBe(true);
  });
});
