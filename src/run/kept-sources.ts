import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fail } from '../base/error.js';
import type { ContentHash } from '../base/hash.js';
import type { SystemPlan } from '../define/plan.js';
import { decodeFrame } from '../frame/codec.js';
import type { Frame } from '../frame/frame.js';
import type { ModelVersion } from '../registry/models.js';
import { FIXED_ROWS } from './read-sources.js';
import type { StoredJudgement } from './train-system.js';
import type { Workspace } from './workspace.js';

/** The plan with each source pointing at the copies of its files in the store, and the rows that had been fixed in the quarantine. */
export async function keptSources(
  plan: SystemPlan,
  version: ModelVersion,
  folder: string,
  workspace: Workspace,
): Promise<Pick<SystemPlan, 'sources'> & { readonly fixed: Readonly<Record<string, Frame>> }> {
  const { snapshots, store } = workspace;
  const sources: Record<string, SystemPlan['sources'][string]> = {};
  const fixed: Record<string, Frame> = {};
  const hashes = await snapshotOfEach(plan, version, workspace);
  for (const source of Object.values(plan.sources)) {
    const hash = hashes.get(source.name);
    if (hash === undefined) continue;
    const snapshot = await snapshots.get(hash);
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

/**
 * The snapshot of each source: as the version has it on record, or else by the source's name. A snapshot bears the name of the source that was read
 * first, so a source without one of its own has what is left, when that is one.
 */
async function snapshotOfEach(
  plan: SystemPlan,
  version: ModelVersion,
  { snapshots, store }: Workspace,
): Promise<ReadonlyMap<string, ContentHash>> {
  if (version.evaluation !== null) {
    const stored = JSON.parse(Buffer.from(await store.artifacts.get(version.evaluation)).toString('utf8')) as StoredJudgement;
    if (stored.snapshots) return new Map(Object.entries(stored.snapshots));
  }
  const found = new Map<string, ContentHash>();
  const left: ContentHash[] = [];
  for (const hash of version.snapshots) {
    const { source } = await snapshots.get(hash);
    if (Object.hasOwn(plan.sources, source) && !found.has(source)) found.set(source, hash);
    else left.push(hash);
  }
  const [only, ...others] = new Set(left);
  if (only !== undefined && others.length === 0)
    for (const name of Object.keys(plan.sources)) if (!found.has(name)) found.set(name, only);
  return found;
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
