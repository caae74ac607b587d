import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SimulatedClock } from '../base/clock.js';
import { type ContentHash, canonicalJson, hashBytes, hashData } from '../base/hash.js';
import { random } from '../base/random.js';
import { openStore, type Store } from '../store/open-store.js';
import { codeHash } from './code-hash.js';
import { parseModelReference } from './model-reference.js';
import type { Registration } from './models.js';
import { openRegistry, type Registry } from './open-registry.js';

const START = Date.UTC(2001, 3, 1);
const by = { actor: 'ada', reason: 'a test' };
let clock: SimulatedClock;
let dir: string;
let store: Store;
let registry: Registry;

beforeEach(async () => {
  clock = new SimulatedClock(START);
  dir = await mkdtemp(join(tmpdir(), 'millwright-registry-'));
  store = await openStore(join(dir, 'store'), { clock });
  registry = openRegistry(store, { clock, random: random(7) });
});
afterEach(async () => {
  await store.close();
  await rm(dir, { recursive: true, force: true });
});

const refused = (code: string, message?: RegExp) =>
  message ? expect.objectContaining({ code, message: expect.stringMatching(message) }) : expect.objectContaining({ code });
const hash = (text: string): ContentHash => hashBytes(text);
const startRun = () => registry.runs.start({ system: 'flight-delay', planHash: hash('plan'), codeHash: hash('code') });

const plan = {
  kind: 'system',
  name: 'flight-delay',
  views: [{ name: 'airport', source: 'flights' }],
  features: [
    { name: 'distance', type: 'number', from: { kind: 'fromRequest', column: 'distance' } },
    { name: 'lateRate_3h', type: 'number', from: { kind: 'fromWindow', view: 'airport' } },
  ],
};

async function registration(pipeline = 'pipeline', change: Partial<Registration> = {}): Promise<Registration> {
  return {
    model: 'flight-delay',
    pipeline: await store.artifacts.put(Buffer.from(pipeline)),
    runId: await startRun(),
    planHash: hashData(plan),
    plan: await store.artifacts.put(Buffer.from(canonicalJson(plan))),
    snapshots: [hash('data')],
    codeHash: hash('code'),
    seed: 7,
    estimator: 'gbdt',
    params: { leaves: 31 },
    metrics: { test: { auc: 0.76, odd: Number.NaN } },
    evaluation: null,
    report: await store.artifacts.put(Buffer.from('<html>')),
    reference: null,
    ...change,
  };
}

const forge = async (seq: number, reason: string) => {
  const rows = await registry.audit.list();
  let previous = rows[seq - 1]?.previous as ContentHash;
  for (const row of rows.slice(seq - 1)) {
    const changed = { ...row, previous, reason: row.seq === seq ? reason : row.reason };
    const { hash: _, ...rest } = changed;
    const next = hashData({ ...rest, figures: canonicalJson(rest.figures) });
    await sql`update audit set reason = ${changed.reason}, previous = ${previous}, hash = ${next} where seq = ${row.seq}`.execute(
      store.metadata.db,
    );
    previous = next;
  }
  await sql`update states set data = ${canonicalJson({ seq: rows.length, hash: previous })} where kind = 'audit'`.execute(
    store.metadata.db,
  );
};

const point = (name: string, bucket: number, value: number, version = 1) => ({
  model: 'm',
  version,
  name,
  bucket,
  value,
  count: 5,
});

const fill = async () => {
  for (let i = 1; i <= 6; i++) {
    clock.advanceTo(START + i);
    await registry.audit.record({
      actor: i % 2 ? 'ada' : 'retrain',
      action: i < 4 ? 'gate.refuse' : 'retrain.start',
      subject: `m:${i}`,
      reason: `reason ${i}`,
      figures: { i, psi: i === 3 ? Number.POSITIVE_INFINITY : i / 7 },
    });
  }
};

describe('runs', () => {
  test('keep their parameters, metrics by step and artifacts', async () => {
    const id = await registry.runs.start({
      system: 'flight-delay',
      planHash: hash('plan'),
      codeHash: hash('code'),
      params: { leaves: 31, fast: true, note: null },
    });
    await registry.runs.logParams(id, { seed: 7 });
    await registry.runs.logMetrics(id, { loss: 0.5, auc: 0.7 }, 1);
    await registry.runs.logMetrics(id, { loss: Number.NaN }, 3);
    await registry.runs.logMetrics(id, { loss: 0.4 }, 2);
    await registry.runs.logArtifact(id, 'model', hash('m'));
    clock.advanceTo(START + 5000);
    await registry.runs.finish(id, 'finished');
    const run = await registry.runs.get(id);
    expect(run).toEqual({
      id,
      system: 'flight-delay',
      planHash: hash('plan'),
      codeHash: hash('code'),
      status: 'finished',
      startedAt: START,
      finishedAt: START + 5000,
      reason: null,
      params: { leaves: 31, fast: true, note: null, seed: 7 },
      metrics: { loss: Number.NaN, auc: 0.7 },
    });
    expect(await registry.runs.metricHistory(id, 'loss')).toEqual([
      { step: 1, value: 0.5, at: START },
      { step: 2, value: 0.4, at: START },
      { step: 3, value: Number.NaN, at: START },
    ]);
    expect(await registry.runs.artifacts(id)).toEqual({ model: hash('m') });
  });

  test('an ended or unknown run takes nothing more; bad values are refused', async () => {
    const id = await startRun();
    await expect(registry.runs.logMetrics(id, { auc: 'high' as unknown as number })).rejects.toEqual(
      refused('MW_REGISTRY_INVALID'),
    );
    await expect(registry.runs.logMetrics(id, { auc: 1 }, 0.5)).rejects.toEqual(refused('MW_REGISTRY_INVALID'));
    await expect(registry.runs.logParams(id, { rate: Number.NaN })).rejects.toEqual(refused('MW_REGISTRY_INVALID', /rate/));
    await registry.runs.finish(id, 'failed', 'no rows');
    expect((await registry.runs.get(id)).reason).toBe('no rows');
    for (const late of [
      registry.runs.logMetrics(id, { auc: 1 }),
      registry.runs.logArtifact(id, 'x', hash('x')),
      registry.runs.finish(id, 'finished'),
    ])
      await expect(late).rejects.toEqual(refused('MW_RUN_ENDED'));
    await expect(registry.runs.get('nope')).rejects.toEqual(refused('MW_RUN_UNKNOWN'));
    await expect(registry.runs.logMetrics('nope', { auc: 1 })).rejects.toEqual(refused('MW_RUN_UNKNOWN'));
  });

  test('ids sort by time, and are unique at one moment', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 20; i++) {
      if (i >= 10) clock.advanceTo(START + i);
      ids.push(await startRun());
    }
    expect(new Set(ids).size).toBe(20);
    const later = ids.slice(10);
    expect(later.toSorted()).toEqual(later);
    // Another registry with the same seed on the same clock meets taken ids and draws on.
    const twin = openRegistry(store, { clock: new SimulatedClock(START), random: random(7) });
    expect(ids).not.toContain(await twin.runs.start({ system: 's', planHash: hash('p'), codeHash: hash('c') }));
  });

  test('are found by what they were', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 12; i++) {
      clock.advanceTo(START + i);
      const system = i % 2 ? 'odd' : 'even';
      const id = await registry.runs.start({
        system,
        planHash: hash(`plan ${i % 3}`),
        codeHash: hash('c'),
        params: { i, third: i % 3 },
      });
      await registry.runs.logMetrics(id, { auc: i === 4 ? Number.NaN : i / 12 });
      if (i < 6) await registry.runs.finish(id, i === 0 ? 'failed' : 'finished');
      ids.push(id);
    }
    const found = async (search: Parameters<Registry['runs']['search']>[0]) =>
      (await registry.runs.search(search)).map((run) => ids.indexOf(run.id));
    expect(await found({})).toEqual([11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
    expect(await found({ system: 'odd', limit: 2 })).toEqual([11, 9]);
    expect(await found({ system: 'odd', limit: 2, before: ids[9] as string })).toEqual([7, 5]);
    expect(await found({ status: 'failed' })).toEqual([0]);
    expect(await found({ status: 'running' })).toEqual([11, 10, 9, 8, 7, 6]);
    expect(await found({ status: 'interrupted' })).toEqual([]);
    expect(await found({ planHash: hash('plan 1'), startedFrom: START + 4, startedTo: START + 10 })).toEqual([7, 4]);
    expect(await found({ params: { third: 2 }, metrics: { auc: { atLeast: 5 / 12, atMost: 8 / 12 } } })).toEqual([8, 5]);
    expect(await found({ metrics: { auc: {} }, system: 'even' })).toEqual([10, 8, 6, 2, 0]);
    expect(await found({ orderBy: { metric: 'auc', best: 'lowest' }, limit: 6 })).toEqual([0, 1, 2, 3, 5, 6]);
    expect(await found({ orderBy: { metric: 'auc', best: 'highest' }, system: 'even', limit: 2 })).toEqual([10, 8]);
    expect(await found({ params: { third: 7 } })).toEqual([]);
  });

  test('a run whose process is gone is shown as interrupted', async () => {
    const id = await startRun();
    const owner = (change: object) =>
      sql`update runs set owner = ${JSON.stringify({ pid: process.pid, started: 'long ago', host: 'x', ...change })} where id = ${id}`.execute(
        store.metadata.db,
      );
    const { hostname } = await import('node:os');
    await owner({ host: hostname(), pid: 2 ** 22 + 1 });
    expect((await registry.runs.get(id)).status).toBe('interrupted');
    expect((await registry.runs.search({ status: 'interrupted' })).map((run) => run.id)).toEqual([id]);
    await owner({ host: 'another-machine' });
    expect((await registry.runs.get(id)).status).toBe('running');
  });
});

describe('models', () => {
  test('versions count up; the same content is the same version', async () => {
    const first = await registration();
    const { version, isNew } = await registry.models.register(first, by);
    expect(isNew).toBe(true);
    expect(version).toEqual({
      ...first,
      version: 1,
      id: 'flight-delay:1',
      stage: 'active',
      hash: version.hash,
      createdAt: START,
      aliases: [],
    });
    const again = await registry.models.register(await registration('pipeline', { metrics: {} }), by);
    expect(again).toEqual({ isNew: false, version });
    for (const [i, change] of ([{ seed: 8 }, { params: { leaves: 63 } }, { snapshots: [hash('other')] }] as const).entries())
      expect((await registry.models.register(await registration('pipeline', change), by)).version.version).toBe(i + 2);
    const other = await registry.models.register(await registration('pipeline', { model: 'other' }), by);
    expect(other.version.id).toBe('other:1');
    expect(await registry.models.list()).toEqual([
      { name: 'flight-delay', versions: 4, latest: 4, aliases: {} },
      { name: 'other', versions: 1, latest: 1, aliases: {} },
    ]);
  });

  test('many registered at once get numbers without gaps or repeats', async () => {
    const given = await Promise.all(Array.from({ length: 12 }, (_, i) => registration(`pipeline ${i % 8}`)));
    const versions = await Promise.all(given.map((each) => registry.models.register(each, by)));
    const numbers = versions.map(({ version }) => version.version);
    expect(versions.filter(({ isNew }) => isNew)).toHaveLength(8);
    expect(numbers.slice(0, 8).toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(numbers.slice(8)).toEqual(numbers.slice(0, 4));
  });

  test('a version never points to an artifact that is not there', async () => {
    const missing = await registration('pipeline', { evaluation: hash('never stored') });
    await expect(registry.models.register(missing, by)).rejects.toEqual(refused('MW_ARTIFACT_MISSING'));
    expect(await registry.models.list()).toEqual([]);
  });

  test('references resolve, and misspelt ones say what is near', async () => {
    for (let i = 1; i <= 3; i++) await registry.models.register(await registration(`pipeline ${i}`), by);
    const resolved = async (text: string) => (await registry.models.resolve(text)).version;
    expect(await resolved('flight-delay')).toBe(3);
    await registry.models.setAlias('flight-delay', 'champion', 2, by);
    expect(await resolved('flight-delay')).toBe(2);
    expect(await resolved('flight-delay:1')).toBe(1);
    expect(await resolved('flight-delay@champion')).toBe(2);
    await expect(resolved('flight-dealy')).rejects.toEqual(refused('MW_REGISTRY_MODEL_UNKNOWN', /Did you mean 'flight-delay'/));
    await expect(resolved('flight-delay@champoin')).rejects.toEqual(refused('MW_REGISTRY_ALIAS_UNKNOWN', /'champion'/));
    await expect(resolved('flight-delay:9')).rejects.toEqual(refused('MW_REGISTRY_VERSION_UNKNOWN'));
    for (const bad of ['', 'a b', 'x:', 'x:0', 'x:-1', 'x:1.5', 'x@', 'x@1', 'x@a@b', '../x', 'x:1@a'])
      expect(() => parseModelReference(bad), bad).toThrow(refused('MW_REGISTRY_REFERENCE_INVALID'));
  });

  test('aliases move together with their history and the audit log', async () => {
    for (let i = 1; i <= 2; i++) await registry.models.register(await registration(`pipeline ${i}`), by);
    await registry.models.setAlias('flight-delay', 'champion', 1, by);
    await registry.models.setAlias('flight-delay', 'challenger', 2, by);
    clock.advanceTo(START + 1);
    const promotion = { actor: 'retrain', reason: 'higher value', figures: { champion: 0.7, challenger: 0.75 } };
    await registry.models.moveAliases('flight-delay', { champion: 2, challenger: null }, promotion);
    expect((await registry.models.get('flight-delay', 2)).aliases).toEqual(['champion']);
    expect(await registry.models.aliasHistory('flight-delay', 'champion')).toEqual([
      { alias: 'champion', from: null, to: 1, actor: 'ada', reason: 'a test', at: START },
      { alias: 'champion', from: 1, to: 2, actor: 'retrain', reason: 'higher value', at: START + 1 },
    ]);
    const moves = await registry.audit.list({ action: 'alias.move', actor: 'retrain' });
    expect(moves.map(({ subject, figures }) => [subject, figures])).toEqual([
      ['flight-delay@champion', { champion: 0.7, challenger: 0.75, from: 1, to: 2 }],
      ['flight-delay@challenger', { champion: 0.7, challenger: 0.75, from: 2, to: null }],
    ]);
    // All or nothing: the second move cannot be done, so the first is not.
    await expect(registry.models.moveAliases('flight-delay', { champion: 1, shadow: null }, by)).rejects.toEqual(
      refused('MW_REGISTRY_ALIAS_UNKNOWN'),
    );
    expect((await registry.models.resolve('flight-delay@champion')).version).toBe(2);
    await expect(registry.models.setAlias('flight-delay', 'champion', 9, by)).rejects.toEqual(
      refused('MW_REGISTRY_VERSION_UNKNOWN'),
    );
    await expect(registry.models.setAlias('flight-delay', '7', 1, by)).rejects.toEqual(
      refused('MW_REGISTRY_REFERENCE_INVALID'),
    );
    await expect(registry.models.setAlias('flight-delay', 'champion', 1, { actor: 'ada', reason: ' ' })).rejects.toEqual(
      refused('MW_REGISTRY_INVALID'),
    );
  });

  test('an aliased version is neither archived nor deleted; a deleted number is not given again', async () => {
    for (let i = 1; i <= 2; i++) await registry.models.register(await registration(`pipeline ${i}`), by);
    await registry.models.setAlias('flight-delay', 'champion', 2, by);
    await expect(registry.models.delete('flight-delay', 2, by)).rejects.toEqual(refused('MW_REGISTRY_ALIASED', /champion/));
    await expect(registry.models.setStage('flight-delay', 2, 'archived', by)).rejects.toEqual(refused('MW_REGISTRY_ALIASED'));
    await registry.models.setStage('flight-delay', 1, 'archived', by);
    await expect(registry.models.setAlias('flight-delay', 'challenger', 1, by)).rejects.toEqual(
      refused('MW_REGISTRY_ARCHIVED'),
    );
    await registry.models.setAlias('flight-delay', 'champion', null, by);
    await registry.models.delete('flight-delay', 2, by);
    await expect(registry.models.resolve('flight-delay')).rejects.toEqual(refused('MW_REGISTRY_VERSION_UNKNOWN', /no active/));
    await expect(registry.models.get('flight-delay', 2)).rejects.toEqual(refused('MW_REGISTRY_VERSION_UNKNOWN', /was deleted/));
    expect((await registry.models.register(await registration('pipeline 2'), by)).version.version).toBe(3);
    expect((await registry.audit.list({ subject: 'flight-delay:2' })).map(({ action }) => action)).toEqual([
      'model.register',
      'model.delete',
    ]);
  });
});

describe('audit', () => {
  test('lists by what is asked for, figures and all', async () => {
    await fill();
    const subjects = async (filter: Parameters<Registry['audit']['list']>[0]) =>
      (await registry.audit.list(filter)).map(({ subject }) => subject);
    expect(await subjects({})).toEqual(['m:1', 'm:2', 'm:3', 'm:4', 'm:5', 'm:6']);
    expect(await subjects({ limit: 2 })).toEqual(['m:5', 'm:6']);
    expect(await subjects({ action: 'gate.refuse', actor: 'ada' })).toEqual(['m:1', 'm:3']);
    expect(await subjects({ from: START + 2, to: START + 4 })).toEqual(['m:2', 'm:3']);
    expect((await registry.audit.list({ subject: 'm:3' }))[0]?.figures).toEqual({ i: 3, psi: 'Infinity' });
    await expect(
      registry.audit.record({ actor: 'a', action: 'b', subject: 'c', reason: 'd', figures: { e: () => 1 } }),
    ).rejects.toEqual(refused('MW_REGISTRY_INVALID'));
  });

  test('a model has its versions and aliases, and none of a model whose name begins like its own', async () => {
    const subjects = [
      'returns',
      'returns:1',
      'returns:12',
      'returns@champion',
      'returns2',
      'returns2:1',
      'returns-x@a',
      'return:1',
      'Returns:1',
    ];
    for (const subject of subjects) await registry.audit.record({ actor: 'a', action: 'b', subject, reason: 'd' });
    const found = async (model: string) => (await registry.audit.list({ model })).map(({ subject }) => subject);
    expect(await found('returns')).toEqual(['returns', 'returns:1', 'returns:12', 'returns@champion']);
    expect(await found('return')).toEqual(['return:1']);
    expect(await registry.audit.list({ model: 'returns', limit: 1 })).toMatchObject([{ subject: 'returns@champion' }]);
  });

  test('a whole log verifies; an empty one too', async () => {
    expect(await registry.audit.verify()).toMatchObject({ entries: 0, broken: null });
    await fill();
    const verdict = await registry.audit.assertWhole();
    expect(verdict).toMatchObject({ entries: 6, broken: null });
    expect(await registry.audit.verify({ seq: 6, hash: verdict.head })).toMatchObject({ broken: null });
  });

  test.each([
    ['a changed reason', sql`update audit set reason = 'fine' where seq = 3`, 3],
    ['a changed figure', sql`update audit set figures = '{"i":2}' where seq = 2`, 2],
    ['a changed time', sql`update audit set at = at + 1 where seq = 6`, 6],
    ['a removed entry', sql`delete from audit where seq = 4`, 4],
    ['a removed beginning', sql`delete from audit where seq = 1`, 1],
    ['a removed end', sql`delete from audit where seq > 4`, 5],
    ['a removed end, the last but one', sql`delete from audit where seq = 6`, 6],
    ['everything removed', sql`delete from audit`, 1],
    ['two entries exchanged', sql`update audit set seq = case seq when 2 then -3 else 2 end where seq in (2, 3)`, 1],
    [
      'an entry put in at the end',
      sql`insert into audit select 7, at, actor, action, subject, figures, reason, hash, hash from audit where seq = 6`,
      7,
    ],
  ])('%s is found', async (_, tampering, seq) => {
    await fill();
    await tampering.execute(store.metadata.db);
    expect((await registry.audit.verify()).broken?.seq).toBe(seq);
    await expect(registry.audit.assertWhole()).rejects.toEqual(refused('MW_AUDIT_TAMPERED'));
  });

  test('a log rewritten from some entry on, hashes and all, is found by an anchor kept elsewhere', async () => {
    await fill();
    const { head } = await registry.audit.verify();
    await forge(3, 'rewritten');
    expect((await registry.audit.verify()).broken).toBe(null);
    expect((await registry.audit.verify({ seq: 6, hash: head })).broken?.seq).toBe(6);
  });
});

test('steps are remembered by their key until they are forgotten', async () => {
  const key = hash('step');
  expect(await registry.steps.find(key)).toBeUndefined();
  await registry.steps.remember({ key, name: 'ingest', outputs: { rows: 3, frame: hash('f') } });
  await registry.steps.remember({ key, name: 'ingest', outputs: { rows: 4 }, runId: 'r' });
  expect(await registry.steps.find(key)).toEqual({ key, name: 'ingest', outputs: { rows: 4 }, runId: 'r', at: START });
  expect(await registry.steps.forget(key)).toBe(true);
  expect(await registry.steps.forget(key)).toBe(false);
});

test('snapshots stay as they were first seen', async () => {
  const file = { path: 'flights.parquet', bytes: 10, hash: hash('f'), artifact: null };
  const snapshot = { hash: hash('s'), source: 'flights', rows: 3, from: 1, to: 2, files: [file] };
  await registry.snapshots.record(snapshot);
  clock.advanceTo(START + 1);
  await registry.snapshots.record({ ...snapshot, rows: 4 });
  await registry.snapshots.record({ ...snapshot, hash: hash('t'), source: 'airports', from: null, to: null });
  expect(await registry.snapshots.get(hash('s'))).toEqual({ ...snapshot, at: START });
  expect((await registry.snapshots.list('flights')).map((each) => each.hash)).toEqual([hash('s')]);
  expect((await registry.snapshots.list()).map((each) => each.hash)).toEqual([hash('t'), hash('s')]);
  await expect(registry.snapshots.get(hash('u'))).rejects.toEqual(refused('MW_SNAPSHOT_UNKNOWN'));
});

test('series: a bucket computed again takes the newer value', async () => {
  const many = Array.from({ length: 1200 }, (_, i) => point('auc', i, i / 1200));
  await registry.series.record(many);
  await registry.series.record([point('auc', 1, Number.NaN), { ...point('psi', 1, 0.2, 2), detail: { bins: [1, 2] } }]);
  expect(await registry.series.range({ model: 'm', name: 'auc', from: 0, to: 3 })).toEqual([
    point('auc', 0, 0),
    point('auc', 1, Number.NaN),
    point('auc', 2, 2 / 1200),
  ]);
  expect(await registry.series.range({ model: 'm', version: 2 })).toEqual([
    { ...point('psi', 1, 0.2, 2), detail: { bins: [1, 2] } },
  ]);
  expect(await registry.series.names('m')).toEqual(['auc', 'psi']);
  expect(await registry.series.range({ model: 'none' })).toEqual([]);
  await expect(registry.series.record([point('auc', 0.5, 1)])).rejects.toEqual(refused('MW_REGISTRY_INVALID'));
});

test('states: the newest counts, and an update sees what the others made', async () => {
  expect(await registry.states.find('signal', 'drift')).toBeUndefined();
  await registry.states.set('signal', 'drift', { lastFired: 5 });
  expect(await registry.states.find('signal', 'drift')).toEqual({ name: 'drift', data: { lastFired: 5 }, at: START });
  await Promise.all(
    Array.from({ length: 20 }, () => registry.states.update('job', 'count', (now) => (typeof now === 'number' ? now : 0) + 1)),
  );
  expect((await registry.states.list('job')).map(({ data }) => data)).toEqual([20]);
});

test('lineage leads from a prediction back to files, code and features', async () => {
  const data = hash('data');
  const file = { path: 'flights.parquet', bytes: 10, hash: hash('f'), artifact: hash('f') };
  await registry.snapshots.record({ hash: data, source: 'flights', rows: 3, from: 1, to: 2, files: [file] });
  const { version } = await registry.models.register(await registration(), by);
  const tree = await registry.lineage('flight-delay:1:42', async (id) =>
    id.endsWith(':42') ? { probability: 0.3 } : undefined,
  );
  const shape = (node: typeof tree): unknown => ({ [`${node.kind} ${node.id}`]: node.from.map(shape) });
  expect(shape(tree)).toEqual({
    'prediction flight-delay:1:42': [
      {
        'modelVersion flight-delay:1': [
          {
            [`run ${version.runId}`]: [
              { [`plan ${version.planHash}`]: [{ 'feature distance': [] }, { 'feature lateRate_3h': [] }] },
              { [`code ${version.codeHash}`]: [] },
              { [`snapshot ${data}`]: [{ 'file flights.parquet': [] }] },
            ],
          },
        ],
      },
    ],
  });
  expect(tree.facts).toEqual({ probability: 0.3 });
  expect(() => canonicalJson(tree)).not.toThrow();
  expect(await registry.lineage('flight-delay')).toEqual(tree.from[0]);
  await expect(registry.lineage('flight-delay:1:43', async () => undefined)).rejects.toEqual(
    refused('MW_REGISTRY_REFERENCE_INVALID', /no prediction/),
  );
  await expect(registry.lineage('flight-delay:2:1')).rejects.toEqual(refused('MW_REGISTRY_VERSION_UNKNOWN'));
});

test('the code hash covers the files, not where they lie', async () => {
  const { mkdir } = await import('node:fs/promises');
  const write = async (folder: string, text: string) => {
    await mkdir(join(dir, folder, 'lib'), { recursive: true });
    await writeFile(join(dir, folder, 'system.ts'), text);
    await writeFile(join(dir, folder, 'lib', 'part.ts'), 'part');
    return codeHash([join(dir, folder, 'system.ts'), join(dir, folder, 'lib', 'part.ts')]);
  };
  const first = await write('a', 'one');
  expect(await write('b', 'one')).toBe(first);
  expect(await write('c', 'two')).not.toBe(first);
  await expect(codeHash([join(dir, 'none.ts')])).rejects.toEqual(refused('MW_REGISTRY_INVALID'));
});
