import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkPlan } from '../../src/define/check-plan.js';
import type { SystemPlan } from '../../src/define/plan.js';
import { withDatabase } from '../../src/engines/duckdb/database.js';
import { loadDefinition } from '../../src/run/load-definition.js';
import { readSources, type SourceData } from '../../src/run/read-sources.js';
import { type TrainOutcome, trainSystem } from '../../src/run/train-system.js';
import { openWorkspace, type Workspace } from '../../src/run/workspace.js';

const DEFINITION = fileURLToPath(new URL('./flights.system.ts', import.meta.url));
const ALL_FLIGHTS = fileURLToPath(new URL('../../node_modules/vega-datasets/data/flights-3m.parquet', import.meta.url));
const AIRPORTS = [
  'ATL',
  'BOS',
  'DEN',
  'DFW',
  'DTW',
  'EWR',
  'LAS',
  'LAX',
  'LGA',
  'MCO',
  'MSP',
  'ORD',
  'PHL',
  'PHX',
  'SFO',
  'STL',
];

const dir = mkdtempSync(join(tmpdir(), 'millwright-flights-'));
let plan: SystemPlan;
let workspace: Workspace;
beforeAll(async () => {
  ({
    system: { plan },
  } = await loadDefinition(DEFINITION));
  workspace = await openWorkspace(join(dir, 'store'));
});
afterAll(async () => {
  await workspace.close();
  rmSync(dir, { recursive: true, force: true });
});

const windowsOf = (given: SystemPlan) =>
  given.views.flatMap((view) => view.aggregates.flatMap((one) => one.windows.map(({ feature }) => feature)));

describe('the definition', () => {
  test('is a whole plan with every feature that the example speaks of', () => {
    expect(checkPlan(JSON.parse(JSON.stringify(plan)))).toEqual(plan);
    const names = plan.features.map(({ name }) => name);
    // Four views of 3 aggregates over 5 windows, one of 2 over 3; distance, hour, weekday and the trend.
    expect(windowsOf(plan)).toHaveLength(4 * 3 * 5 + 2 * 3);
    expect(names).toHaveLength(4 * 3 * 5 + 2 * 3 + 4);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(expect.arrayContaining(['hour', 'weekday', 'distance', 'originTrend', ...windowsOf(plan)]));
    expect(plan.retrain?.on.every((name) => Object.hasOwn(plan.watch, name))).toBe(true);
  });
});

/** The same system on the flights between a few airports in seven weeks. */
function small(given: SystemPlan): SystemPlan {
  const { flights } = given.sources as { flights: SystemPlan['sources'][string] };
  const day = (text: string) => Date.parse(`${text}T00:00:00Z`);
  return {
    ...given,
    sources: {
      flights: {
        ...flights,
        from: { ...flights.from, path: 'flights.parquet' },
        contract: { ...flights.contract, checks: flights.contract.checks.filter(({ check }) => check !== 'rowCount') },
      },
    },
    train: {
      ...given.train,
      sample: 20_000,
      split: {
        kind: 'timeSplit',
        column: 'date',
        from: day('2001-01-08'),
        validationFrom: day('2001-02-05'),
        testFrom: day('2001-02-12'),
        to: day('2001-02-19'),
        gap: 0,
      },
      candidates: [{ kind: 'candidate', estimator: 'gbdt', params: { rounds: 60, leaves: 15, learningRate: 0.1 } }],
      search: { ...given.train.search, trials: 1 },
    },
    accept: [],
  };
}

function withoutWindows(given: SystemPlan): SystemPlan {
  const windows = new Set([...windowsOf(given), 'originTrend']);
  return {
    ...given,
    name: `${given.name}-bare`,
    views: [],
    features: given.features.filter(({ name }) => !windows.has(name)),
    watch: {},
    retrain: null,
  };
}

describe('on the flights between a few airports', () => {
  let sources: Readonly<Record<string, SourceData>>;
  let outcome: TrainOutcome;
  const trained = (given: SystemPlan) =>
    trainSystem(
      { plan: given, baseDir: dir, definition: [DEFINITION], sources, alias: 'champion', because: 'The test of the example.' },
      workspace,
    );

  beforeAll(async () => {
    const list = AIRPORTS.map((name) => `'${name}'`).join(', ');
    await withDatabase((connection) =>
      connection.run(
        `COPY (SELECT * FROM read_parquet('${ALL_FLIGHTS}') WHERE date < TIMESTAMP '2001-02-19' AND origin IN (${list})
         AND destination IN (${list}) ORDER BY date, origin, destination, delay, distance) TO '${join(dir, 'flights.parquet')}' (FORMAT parquet)`,
      ),
    );
    sources = await readSources(small(plan), dir, workspace);
    outcome = await trained(checkPlan(small(plan)));
  }, 60_000);

  test('the contract holds, but for flights that are plainly wrong', () => {
    const { frame, quarantined } = sources['flights'] as SourceData;
    expect(frame.rows).toBeGreaterThan(50_000);
    expect(quarantined).toBeLessThan(frame.rows / 1000);
  });

  test('what has just happened at the airports is worth far more than the request alone', async () => {
    const bare = await trained(checkPlan(withoutWindows(small(plan))));
    const auc = outcome.test?.['auc'] as number;
    const alone = bare.test?.['auc'] as number;
    expect(auc).toBeGreaterThan(0.68);
    expect(auc - alone).toBeGreaterThan(0.05);
  });
});
