import { random } from '../../src/base/random.js';
import { columnFrom } from '../../src/frame/column.js';
import { frame } from '../../src/frame/frame.js';
import { binnerOf } from '../../src/monitor/bin-layout.js';
import type { LiveCounts } from '../../src/monitor/drift-tests.js';
import { judgeDrifts, type WatchedDistribution } from '../../src/monitor/judge-drift.js';
import { buildProfile } from '../../src/monitor/reference-profile.js';
import { psi } from '../../src/stats/distances/psi.js';
import type { Benchmark, Figure } from '../benchmark.js';

const ROWS = [50, 100, 200, 500, 1000, 5000];
const FEATURES = 20;
const REFERENCE_ROWS = 5000;
const FLOOR = 0.1;

/**
 * False alarms where nothing has drifted: windows of 20 features whose values come from the distribution of the reference (a third
 * normal, a third skewed to zero, a third of forty categories by Zipf's law), judged one after another. Our rule's floor is the lower of the two plain thresholds.
 */
export interface FalseAlarms {
  readonly rows: number;
  /** Shares of windows and features that raise an alarm. */
  readonly ours: number;
  readonly psiAboveTenth: number;
  readonly psiAboveFifth: number;
  /** Share that our rule says it cannot judge. */
  readonly insufficient: number;
}

export function falseAlarms(rows: number, runs: number, seed: number): FalseAlarms {
  const source = random(seed).fork(rows);
  const draw = (feature: number) => {
    if (feature % 3 === 0) return source.normal();
    return feature % 3 === 1 ? source.next() ** 3 : `c${Math.floor(40 ** source.next())}`;
  };
  const references = Array.from({ length: FEATURES }, (_, feature) => {
    const x = columnFrom(
      feature % 3 === 2 ? 'string' : 'number',
      Array.from({ length: REFERENCE_ROWS }, () => draw(feature)),
    );
    return buildProfile('v', frame({ x }), new Float64Array(0)).features['x'];
  });
  const binners = references.map(binnerOf);
  const history: LiveCounts[][] = references.map(() => []);
  const count = { ours: 0, tenth: 0, fifth: 0, insufficient: 0 };
  for (let run = 0; run < runs; run++) {
    const watched = references.map((reference, feature): WatchedDistribution => {
      const live = new Float64Array(reference.counts.length);
      for (let i = 0; i < rows; i++) live[binners[feature](draw(feature))]++;
      history[feature] = [{ counts: live, days: 1 }, ...history[feature].slice(0, 2)];
      const value = psi(reference.counts.slice(0, -1), live.slice(0, -1));
      if (value > 0.1) count.tenth++;
      if (value > 0.2) count.fifth++;
      return { name: String(feature), of: String(feature), floor: FLOOR, reference, windows: history[feature] };
    });
    for (const { state } of judgeDrifts(watched)) {
      if (state === 'fired') count.ours++;
      if (state === 'insufficient') count.insufficient++;
    }
  }
  const all = runs * FEATURES;
  return {
    rows,
    ours: count.ours / all,
    psiAboveTenth: count.tenth / all,
    psiAboveFifth: count.fifth / all,
    insufficient: count.insufficient / all,
  };
}

const percent = (share: number) => `${(100 * share).toFixed(2)} %`;

const benchmarkAt = (rows: number): Benchmark => ({
  group: 'monitoring',
  name: `false drift alarms, windows of ${rows} rows`,
  async run(): Promise<Figure> {
    const table = falseAlarms(rows, Math.max(50, Math.min(500, Math.round(500_000 / rows))), 17);
    return {
      value: table.ours,
      unit: 'share of windows',
      peer: 'PSI > 0.1',
      peerValue: table.psiAboveTenth,
      must: { of: 'value', atMost: 0.01 },
      note: `PSI > 0.2: ${percent(table.psiAboveFifth)}; ours says insufficient data: ${percent(table.insufficient)}`,
    };
  },
});

export const benchmarks: readonly Benchmark[] = ROWS.map(benchmarkAt);
