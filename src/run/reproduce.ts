import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fail } from '../base/error.js';
import { type ContentHash, hashBytes } from '../base/hash.js';
import { packageVersion } from '../base/package-version.js';
import type { SystemPlan } from '../define/plan.js';
import { decodeFrame } from '../frame/codec.js';
import type { Frame } from '../frame/frame.js';
import { codeHash } from '../registry/code-hash.js';
import type { ModelVersion } from '../registry/models.js';
import { refit } from '../train/refit.js';
import { FIXED_ROWS, readSources } from './read-sources.js';
import { planOf } from './resolve-system.js';
import type { StoredJudgement } from './train-system.js';
import { trainingTable } from './training-table.js';
import type { Workspace } from './workspace.js';

export interface Reproduction {
  readonly model: string;
  readonly version: number;
  /** True when retraining gave the very same bytes. */
  readonly identical: boolean;
  /** Hash of the registered pipeline, and of the one made now. */
  readonly hash: ContentHash;
  readonly made: ContentHash;
  /** What differs from when the version was made; empty when nothing is known to. */
  readonly differences: readonly string[];
  readonly seconds: number;
}

/**
 * Makes a version again from the data that the store kept, by the recipe its search settled, and compares byte by byte.
 * @throws MW_REGISTRY_*, MW_RUN_DATA_GONE when neither a copy nor the file itself is left
 */
export async function reproduce(reference: string, workspace: Workspace): Promise<Reproduction> {
  const { stopwatch, models, store } = workspace;
  const started = stopwatch.now();
  const version = await models.resolve(reference);
  const plan = await planOf(version, workspace);
  if (version.evaluation === null)
    fail('MW_RUN_DATA_GONE', { what: `Version ${version.id} was registered without its recipe.` });
  const { recipe } = JSON.parse(Buffer.from(await store.artifacts.get(version.evaluation)).toString('utf8')) as StoredJudgement;
  const folder = await mkdtemp(join(tmpdir(), 'millwright-reproduce-'));
  try {
    const kept = await keptSources(plan, version, folder, workspace);
    const sources = await readSources(kept, folder, workspace, kept.fixed);
    const differences: string[] = [];
    const code = await codeHash([]);
    if (Object.values(sources).some(({ snapshot }) => !version.snapshots.includes(snapshot)))
      differences.push('The data read now have another snapshot hash than the version was trained on.');
    workspace.onProgress?.({ step: 'features', done: 0, total: 1 });
    const frames = Object.fromEntries(Object.entries(sources).map(([name, { frame }]) => [name, frame]));
    const { asOf } = version.params;
    const { table, target, split } = trainingTable(plan, frames, typeof asOf === 'number' ? asOf : Number.POSITIVE_INFINITY);
    workspace.onProgress?.({ step: 'fit', done: 0, total: 1, note: version.estimator });
    const pipeline = await refit(recipe, table, target, split.fit, { signal: workspace.signal });
    const made = hashBytes(pipeline.serialize());
    const identical = made === version.pipeline;
    if (!identical && differences.length === 0)
      differences.push(
        version.codeHash === code
          ? 'Plan, data, seed and code are the same, and the bytes differ: this is a bug worth reporting.'
          : `The code may differ: this is Millwright ${packageVersion()}, and the version has code hash ${version.codeHash.slice(0, 19)}.`,
      );
    return {
      model: version.model,
      version: version.version,
      identical,
      hash: version.pipeline,
      made,
      differences,
      seconds: (stopwatch.now() - started) / 1000,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The plan with each source pointing at the copies of its files in the store, and the rows that had been fixed in the quarantine. */
async function keptSources(
  plan: SystemPlan,
  version: ModelVersion,
  folder: string,
  { snapshots, store }: Workspace,
): Promise<Pick<SystemPlan, 'sources'> & { readonly fixed: Readonly<Record<string, Frame>> }> {
  const sources: Record<string, SystemPlan['sources'][string]> = {};
  const fixed: Record<string, Frame> = {};
  for (const hash of version.snapshots) {
    const snapshot = await snapshots.get(hash);
    const source = plan.sources[snapshot.source];
    if (!source) continue;
    const names: string[] = [];
    for (const [index, file] of snapshot.files.entries()) {
      if (file.path === FIXED_ROWS) {
        fixed[source.name] = decodeFrame(await store.artifacts.get(file.hash));
        continue;
      }
      const copied = file.artifact !== null && (await store.artifacts.has(file.artifact));
      const kept = copied ? await store.artifacts.pathOf(file.hash) : file.path;
      if (copied) await demandWhole(kept, file.hash);
      const name = `${source.name}-${String(index).padStart(6, '0')}-${basename(file.path)}`;
      await symlink(kept, join(folder, name));
      names.push(name);
    }
    sources[source.name] = {
      ...source,
      from: { ...source.from, path: names.length === 1 ? (names[0] as string) : `${source.name}-*` },
    };
  }
  const lost = Object.keys(plan.sources).filter((name) => !Object.hasOwn(sources, name));
  if (lost.length > 0)
    fail('MW_RUN_DATA_GONE', {
      what: `The store has no snapshot of ${lost.map((name) => `'${name}'`).join(', ')} for version ${version.id}.`,
    });
  return { sources, fixed };
}

/** A copy that holds other bytes than it is named by must not be read as if it were what was learnt from. */
async function demandWhole(path: string, hash: ContentHash): Promise<void> {
  const digest = createHash('sha256');
  for await (const chunk of createReadStream(path)) digest.update(chunk as Buffer);
  const found = digest.digest('hex');
  if (hash !== `sha256:${found}`)
    fail('MW_ARTIFACT_CORRUPT', {
      what: `The artifact ${hash} holds other bytes: they hash to sha256:${found}.`,
      where: { file: path },
    });
}
