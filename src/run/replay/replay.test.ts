import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compareOnlineOffline } from '../../features/consistency.js';
import { featureTable } from '../../features/feature-table.js';
import type { Column } from '../../frame/column.js';
import { columnOf, type Frame, frame, rowAt, selectColumns, takeRows } from '../../frame/frame.js';
import { joinFrames } from '../../ingest/join-frames.js';
import { loadPipeline } from '../../pipeline/make-pipeline.js';
import { findPrediction, readPredictions } from '../../serve/prediction-reader.js';
import type { StatusResponse } from '../../server/contract.js';
import { readSources, type SourceData } from '../read-sources.js';
import { serveRegistered } from '../serve-registered.js';
import { DRIFT, makeOrders, type OrdersHouse, ordersHouse, ordersPlan } from '../testing/orders.js';
import { trainSystem } from '../train-system.js';
import type { Workspace } from '../workspace.js';
import { type LiveReplay, type ReplayOutcome, replay } from './replay.js';
import { serveReplayed } from './replay-place.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const FROM = Date.UTC(2024, 2, 17);
const TO = Date.UTC(2024, 3, 28);
const TICK = 2 * HOUR;

const orders = makeOrders(200);
const plan = ordersPlan();
const inSpan = orders.filter(({ at }) => at >= FROM && at < TO);
const knownInSpan = inSpan.filter(({ at, hours }) => at + hours * HOUR < TO);

interface Played {
  readonly house: OrdersHouse;
  readonly sources: Readonly<Record<string, SourceData>>;
  readonly live: LiveReplay;
}

async function play(): Promise<Played> {
  const house = await ordersHouse(orders);
  const { workspace, dir } = house;
  const sources = await readSources(plan, dir, workspace);
  await trainSystem(
    { plan, baseDir: dir, definition: [], sources, alias: 'champion', because: 'Before the replay.' },
    workspace,
  );
  const live = await replay({ plan, baseDir: dir, sources, from: FROM, to: TO, tick: TICK, port: 0 }, workspace);
  return { house, sources, live };
}

let played: Played;
let outcome: ReplayOutcome;
beforeAll(async () => {
  played = await play();
  ({ outcome } = played.live);
}, 60_000);
afterAll(async () => {
  await played.live.close();
  await played.house.close();
});

describe('a replay', () => {
  test('asks about every row of the span and joins every label that became known in it', () => {
    expect(outcome.predictions).toBe(inSpan.length);
    expect(outcome.refused).toBe(0);
    expect(outcome.labelsJoined).toBe(knownInSpan.length);
    expect(outcome.days).toHaveLength((TO - FROM) / DAY);
    expect(outcome.days.reduce((sum, day) => sum + day.predictions, 0)).toBe(inSpan.length);
    for (const day of outcome.days.slice(0, -2))
      expect(day.predictions).toBe(inSpan.filter(({ at }) => at >= day.day && at < day.day + DAY).length);
  });

  test('serves the features and probabilities that history gives, to the bit', async () => {
    const { live, sources } = played;
    const byVersion = new Map<string, Frame[]>();
    for await (const batch of readPredictions(live.place.store.events, plan.name, { by: 'at' })) {
      const version = String(rowAt(batch, 0)['version']);
      byVersion.set(version, [...(byVersion.get(version) ?? []), batch]);
    }
    // Batches are small, and what is computed for one costs as much as for all of a version.
    const batches = [...byVersion.values()].map((each) => joinFrames(each.map(withoutShadow)));
    expect(batches.reduce((sum, { rows }) => sum + rows, 0)).toBe(inSpan.length);
    const source = (sources['orders'] as SourceData).frame;
    const rowOf = new Map(Array.from({ length: source.rows }, (_, row) => [rowAt(source, row)['id'], row]));
    const pipelines = new Map<string, ReturnType<typeof loadPipeline>>();
    let compared = 0;
    for (const batch of batches) {
      const logged = Array.from({ length: batch.rows }, (_, row) => rowAt(batch, row));
      const rows = Int32Array.from(logged, (row) => rowOf.get(row['request.id'] as string) as number);
      const spine = takeRows(selectColumns(source, Object.keys(plan.request.columns)), rows);
      const offline = featureTable(plan, { orders: source }, spine, { asServed: true });
      const features = plan.features.map(({ name }): [string, Column] => [name, columnOf(batch, `feature.${name}`)]);
      const served = frame(Object.fromEntries(features), batch.rows);
      const report = compareOnlineOffline(served, offline);
      expect(report.features.filter((each) => each.mismatches + each.missingOnline + each.missingOffline > 0)).toEqual([]);
      expect(report.features).toHaveLength(plan.features.length);

      const version = String(logged[0]?.['version']);
      const { models, store } = live.place;
      if (!pipelines.has(version)) {
        const { pipeline } = await models.get(plan.name, Number(version));
        pipelines.set(version, loadPipeline(await store.artifacts.get(pipeline)));
      }
      const scores = columnOf(batch, 'score');
      const again = (pipelines.get(version) as ReturnType<typeof loadPipeline>).predict(offline);
      expect(
        scores.kind === 'number' && Buffer.from(scores.values.buffer, scores.values.byteOffset, scores.values.byteLength),
      ).toEqual(Buffer.from(again.buffer, again.byteOffset, again.byteLength));
      compared += batch.rows;
    }
    expect(compared).toBe(inSpan.length);
    expect([...pipelines.keys()].map(Number)).toEqual(
      outcome.versions.filter(({ from }) => from < TO).map(({ version }) => version),
    );
  });

  test('sees the drift, retrains on what was known then, shadows and promotes', async () => {
    expect(outcome.fired.length).toBe(outcome.signals);
    expect(outcome.fired.every(({ day }) => day >= DRIFT)).toBe(true);
    expect(outcome.fired.map(({ signal }) => signal)).toEqual(expect.arrayContaining(['aucDrop', 'lateDrift']));
    expect(outcome.fired[0]?.day).toBeLessThan(DRIFT + 5 * DAY);
    expect(outcome.promotions).toBeGreaterThan(0);
    // The first challenger has seen too little of the new rules to be better.
    expect(outcome.refusals).toBeGreaterThan(0);
    expect(outcome.retrains).toBe(outcome.promotions + outcome.refusals);
    expect(outcome.versions).toHaveLength(1 + outcome.promotions);
    const { models } = played.live.place;
    const last = outcome.versions.at(-1)?.version as number;
    expect((await models.resolve('orders@champion')).version).toBe(last);
    for (const version of (await models.versions('orders')).slice(1)) {
      const asOf = version.params['asOf'] as number;
      expect(version.createdAt).toBe(asOf);
      expect(asOf).toBeGreaterThan(FROM);
    }
    const aucOf = (from: number) =>
      outcome.days.filter(({ day }) => day >= from).map(({ metrics }) => metrics['auc'] as number);
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const recovered = outcome.versions.at(-1)?.from as number;
    expect(mean(aucOf(recovered))).toBeGreaterThan(mean(aucOf(DRIFT).slice(0, 7)) + 0.1);
  });

  test('tells it all in the audit log, in order, with its figures', async () => {
    const { audit, models } = played.live.place;
    const entries = await audit.list();
    const verdict = await audit.verify();
    expect(verdict).toMatchObject({ entries: entries.length, broken: null });
    const told = entries.filter(({ action }) => /^(trigger\.fire|shadow|challenger)/.test(action));
    expect(told).toHaveLength(3 * outcome.retrains);
    told.forEach((entry, i) => {
      expect(entry.action).toMatch([/^trigger\.fire$/, /^shadow\.start$/, /^challenger\.(promote|refuse)$/][i % 3] as RegExp);
      expect(entry.reason.length).toBeGreaterThan(20);
      expect(Object.keys(entry.figures).length).toBeGreaterThan(0);
      if (i > 0) expect(entry.at).toBeGreaterThanOrEqual((told[i - 1] as typeof entry).at);
    });
    const promoted = told.filter(({ action }) => action === 'challenger.promote');
    expect(promoted.map(({ at }) => at)).toEqual(outcome.versions.slice(1).map(({ from }) => from));
    for (const { figures } of promoted) {
      expect(figures['rows']).toBeGreaterThan(200);
      expect(figures['challenger']).toBeGreaterThan(figures['champion'] as number);
      expect(figures['confidence']).toBeGreaterThanOrEqual(0.95);
    }
    const moves = await models.aliasHistory('orders', 'champion');
    expect(moves.map(({ to }) => to)).toEqual(outcome.versions.map(({ version }) => version));
  });

  test('goes the same way every time', async () => {
    const again = await play();
    try {
      const timeless = (of: ReplayOutcome) => ({ ...of, seconds: 0, meanLatencyMs: 0, p99LatencyMs: 0 });
      expect(timeless(again.live.outcome)).toEqual(timeless(outcome));
      const hashes = async ({ live }: Played) => (await live.place.models.versions('orders')).map(({ pipeline }) => pipeline);
      expect(await hashes(again)).toEqual(await hashes(played));
    } finally {
      await again.live.close();
      await again.house.close();
    }
  }, 60_000);

  test('touches nothing that is live, may run beside a server, and begins anew when it is done again', async () => {
    const house = await ordersHouse(orders);
    try {
      const { workspace, dir } = house;
      const sources = await readSources(plan, dir, workspace);
      const train = { plan, baseDir: dir, definition: [], sources, because: 'Before the replay.' };
      const { model } = await trainSystem({ ...train, alias: 'champion' }, workspace);
      const other = await trainSystem({ ...train, alias: null, asOf: FROM - 5 * DAY }, workspace);
      expect(other.model.version).not.toBe(model.version);
      const served = await serveRegistered('orders', 0, workspace);
      const ask = async () => {
        const rows = [{ id: 'n', at: TO, shop: 'S3', distance: 9 }];
        const headers = { 'content-type': 'application/json' };
        const body = JSON.stringify({ rows });
        const answer = await fetch(`${served.url}/v1/models/orders/predict`, { method: 'POST', headers, body });
        return ((await answer.json()) as { predictions: { probability: number }[] }).predictions[0]?.probability;
      };
      const before = [await ask(), await everything(workspace)] as const;

      const span = { plan, baseDir: dir, sources, from: FROM, to: FROM + 2 * DAY, tick: TICK, port: 0 };
      const first = await replay(span, workspace);
      await expect(replay(span, workspace)).rejects.toMatchObject({ code: 'MW_STORE_HELD' });
      await first.close();
      const prepare = (place: Workspace) =>
        place.models.setAlias(plan.name, 'champion', other.model.version, { actor: 'a test', reason: 'To play again.' });
      const again = await replay({ ...span, prepare }, workspace);
      let rows = 0;
      for await (const batch of readPredictions(again.place.store.events, plan.name, { by: 'at' }))
        for (let row = 0; row < batch.rows; row++, rows++) {
          const { id, version } = rowAt(batch, row);
          expect(version).toBe(String(other.model.version));
          if (row === 0) expect((await findPrediction(again.place.store.events, plan.name, String(id)))['id']).toBe(id);
        }
      expect(rows).toBe(again.outcome.predictions);
      expect(first.outcome.predictions).toBe(rows);
      const status = async (url: string) => (await (await fetch(`${url}/v1/models/orders/status`)).json()) as StatusResponse;
      const { daily, truth } = await status(again.url);
      await again.close();

      // Served again, it shows what happened in it.
      const later = await serveReplayed(plan.name, span.to, 0, workspace);
      const shown = await status(later.url);
      await later.close();
      expect(shown.daily).toEqual(daily);
      expect(shown.truth).toEqual(truth);
      expect(shown.truth.joined).toBe(again.outcome.labelsJoined);

      expect([await ask(), await everything(workspace)]).toEqual(before);
      await served.close();
      // The live log has what was asked of the server and nothing of the replays.
      let logged = 0;
      for await (const batch of readPredictions(workspace.store.events, plan.name, { by: 'at' })) logged += batch.rows;
      expect(logged).toBe(2);
    } finally {
      await house.close();
    }
  }, 60_000);
});

const withoutShadow = (batch: Frame): Frame =>
  selectColumns(
    batch,
    Object.keys(batch.columns).filter((name) => !name.startsWith('shadow')),
  );

/** What the live store knows and tells of its models. */
async function everything({ models, audit, store }: Workspace) {
  return {
    versions: await models.versions(plan.name),
    champion: (await models.resolve(`${plan.name}@champion`)).version,
    audit: await audit.list(),
    online: readdirSync(join(store.dir, 'online', plan.name)),
  };
}
