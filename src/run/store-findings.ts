import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { systemClock } from '../base/clock.js';
import { asMillwrightError } from '../base/error.js';
import type { ContentHash } from '../base/hash.js';
import type { ModelVersion } from '../registry/models.js';
import type { Damage } from '../store/damage/damage.js';
import type { StoreExamination } from '../store/damage/examine-store.js';
import { type Finding, failed, ok, warning } from './finding.js';
import type { Workspace } from './workspace.js';

const SHOWN = 3;
const REPAIR = 'Run "millwright doctor --repair".';

/** Reads a store through and says what is in order and what is not. Nothing is changed, and nothing is thrown. */
export async function storeFindings(dir: string): Promise<Finding[]> {
  const findings: Finding[] = [];
  // Looked at in a copy first: a text that is none, read by the usual way, would end the whole process.
  const { examineMetadata } = await import('../store/damage/metadata.js');
  const damaged = await examineMetadata(join(resolve(dir), 'metadata.db'), false).catch(() => []);
  if (damaged.length > 0)
    return [
      failed('store', `The store at ${resolve(dir)} cannot be used: its metadata database is damaged.`, REPAIR),
      await writable(dir),
      ...(await contents(dir, null)),
    ];
  const { openWorkspace } = await import('./workspace.js');
  let workspace: Workspace | null = null;
  try {
    workspace = await openWorkspace(dir, { clock: systemClock, readOnly: true });
    findings.push(ok('store', `The store at ${resolve(dir)} opens`));
  } catch (thrown) {
    const error = asMillwrightError(thrown);
    if (error.code === 'MW_STORE_MISSING' && error.where['file'] === undefined)
      return [ok('store', `There is no store at ${resolve(dir)} yet; the first command that writes makes it`)];
    findings.push(failed('store', `${error.code}: ${error.message}`, error.fix));
    if (error.code !== 'MW_STORE_CORRUPT' || String(error.where['file'] ?? '').endsWith('store.json')) return findings;
  }
  try {
    findings.push(await writable(dir), ...(await contents(dir, workspace)));
  } finally {
    await workspace?.close();
  }
  return findings;
}

async function contents(dir: string, opened: Workspace | null): Promise<Finding[]> {
  const { examineStore } = await import('../store/damage/examine-store.js');
  let found: StoreExamination;
  try {
    found = await examineStore(dir);
  } catch (thrown) {
    const error = asMillwrightError(thrown);
    return [failed('contents', `${error.code}: ${error.message}`, error.fix)];
  }
  const part = (name: Damage['part'], good: string) => ofPart(name, found.damages, good);
  const metadata = part('metadata', 'The metadata database is whole');
  const findings = [metadata];
  // What a damaged database says of the rest is not asked for.
  const workspace = metadata.state === 'failed' ? null : opened;
  if (workspace) {
    const { audit } = workspace;
    findings.push(await whole('audit', async () => `The audit log is whole (${(await audit.assertWhole()).entries} entries)`));
  }
  findings.push(await artifacts(found, workspace));
  const events = part('events', `The event log is whole (${found.records} records)`);
  findings.push(events.state !== 'failed' && workspace ? await quarantine(workspace, events) : events);
  findings.push(part('online', `The state of the online features is whole (${found.pushes} pushes in its logs)`));
  return findings;
}

/** The quarantine reads the event log for what it means. */
async function quarantine(workspace: Workspace, events: Finding): Promise<Finding> {
  try {
    const { openQuarantine } = await import('./review-quarantine.js');
    const waiting = await openQuarantine(workspace).count({ unresolved: true });
    return { ...events, what: `${events.what} ${waiting} rows wait in the quarantine.` };
  } catch (thrown) {
    const error = asMillwrightError(thrown);
    return failed('events', `${error.code}: ${error.message}`, error.fix);
  }
}

function ofPart(name: Damage['part'], damages: readonly Damage[], good: string): Finding {
  const own = damages.filter(({ part }) => part === name);
  if (own.length === 0) return ok(name, good);
  const grave = own.filter(({ harmless }) => !harmless);
  const shown = grave.length > 0 ? grave : own;
  const what = [
    ...shown.slice(0, SHOWN).map((damage) => `${damage.what} (${damage.file})`),
    ...(shown.length > SHOWN ? [`And ${shown.length - SHOWN} more.`] : []),
  ].join(' ');
  const fix = `${REPAIR} ${[...new Set(shown.flatMap(({ mend }) => mend ?? []))].join(' ')}`;
  return grave.length > 0 ? failed(name, what, fix) : warning(name, what, fix);
}

async function whole(name: string, work: () => Promise<string>): Promise<Finding> {
  try {
    return ok(name, await work());
  } catch (thrown) {
    const error = asMillwrightError(thrown);
    return failed(name, `${error.code}: ${error.message}`, error.fix);
  }
}

/** Damaged artifacts by what they are to the models, and those that are not there. */
async function artifacts(found: StoreExamination, workspace: Workspace | null): Promise<Finding> {
  const uses = workspace ? await usesOf(workspace) : new Map<ContentHash, string[]>();
  const damaged = found.damagedArtifacts.map(({ hash, file }) => {
    const use = uses.get(hash)?.[0] ?? 'something that was computed on the way and is computed again when it is needed';
    return `${use}: the artifact ${hash} holds other bytes (${file})`;
  });
  const missing: string[] = [];
  if (workspace)
    for (const [hash, use] of uses)
      if (!(await workspace.store.artifacts.has(hash))) missing.push(`${use[0]} is gone (${hash})`);
  const broken = [...damaged, ...missing];
  if (broken.length === 0)
    return ok('artifacts', `All ${found.artifacts} artifacts are whole, and none that a model needs is missing`);
  return failed(
    'artifacts',
    `Missing or damaged: ${broken.slice(0, SHOWN).join('; ')}${broken.length > SHOWN ? `; and ${broken.length - SHOWN} more` : ''}`,
    `${damaged.length > 0 ? `${REPAIR} It puts damaged ones aside, and copies the files of data anew where they are still as they were. ` : ''}Restore the others from a copy of the store, or train these versions again.`,
  );
}

/** What the registered versions need of the artifacts, in words. */
async function usesOf({ models, snapshots }: Workspace): Promise<ReadonlyMap<ContentHash, string[]>> {
  const uses = new Map<ContentHash, string[]>();
  const add = (hash: ContentHash, use: string) => uses.set(hash, [...(uses.get(hash) ?? []), use]);
  for (const { name } of await models.list())
    for (const version of await models.versions(name)) {
      for (const [part, hash] of partsOf(version)) add(hash, `the ${part} of ${version.id}`);
      for (const snapshot of version.snapshots)
        for (const { artifact, path } of (await snapshots.find(snapshot))?.files ?? [])
          if (artifact !== null) add(artifact, `the copy of ${path} for ${version.id}`);
    }
  return uses;
}

const partsOf = ({ pipeline, plan, evaluation, report, reference }: ModelVersion) =>
  Object.entries({ pipeline, plan, evaluation, report, reference }).flatMap(([part, hash]) =>
    hash === null ? [] : [[part, hash] as const],
  );

async function writable(dir: string): Promise<Finding> {
  return access(dir, constants.W_OK).then(
    () => ok('rights', 'The store can be written to'),
    () =>
      warning(
        'rights',
        `${resolve(dir)} can be read and not written to: scoring and looking work, training and serving do not.`,
        'Check the rights on the folder and how its disk is mounted, or use another store to train and serve.',
      ),
  );
}
