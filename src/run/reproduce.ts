import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fail } from '../base/error.js';
import { type ContentHash, hashBytes } from '../base/hash.js';
import { packageVersion } from '../base/package-version.js';
import { codeHash } from '../registry/code-hash.js';
import { refit } from '../train/refit.js';
import { keptSources } from './kept-sources.js';
import { readSources } from './read-sources.js';
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
