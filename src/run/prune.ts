import { fail } from '../base/error.js';
import type { ContentHash } from '../base/hash.js';
import { resolveOptions } from '../base/options.js';
import type { ModelVersion } from '../registry/models.js';
import { groundTruthOptions } from '../serve/ground-truth.js';
import { labelTopic } from '../serve/label-record.js';
import { predictionTopic, rejectionTopic } from '../serve/prediction-log.js';
import { checkpointTopic } from '../serve/truth-checkpoint.js';
import { planOf } from './resolve-system.js';
import type { Workspace } from './workspace.js';

/** What has a retention of its own. */
export const PRUNABLE = ['predictions', 'rejections', 'artifacts'] as const;
export type Prunable = (typeof PRUNABLE)[number];

export interface PrunedPart {
  readonly what: Prunable;
  /** A topic of the event log, or 'artifacts'. */
  readonly name: string;
  /** Bytes it takes, and those of it that are older than what is kept and needed by nothing. */
  readonly bytes: number;
  readonly old: number;
}

export interface PruneOutcome {
  readonly parts: readonly PrunedPart[];
  /** Bytes that were freed; what would be when nothing was done. */
  readonly freed: number;
  readonly done: boolean;
}

/** How long a prediction waits for its label, ms. */
const HORIZON = resolveOptions('ground truth', groundTruthOptions).horizon;

/** Topics of a model, and how much longer than its retention each is kept. */
const TOPICS: readonly { readonly what: Prunable; readonly of: (model: string) => string; readonly longer: number }[] = [
  { what: 'predictions', of: predictionTopic, longer: 0 },
  { what: 'predictions', of: checkpointTopic, longer: 0 },
  // A label may have come a horizon before its prediction: it is read again from so far back when a server starts.
  { what: 'predictions', of: labelTopic, longer: HORIZON },
  { what: 'rejections', of: rejectionTopic, longer: 0 },
];

/**
 * Looks what a store keeps beyond its retentions (ms by what they are of), and with `act` lets go of it. A label that may still come finds
 * its prediction afterwards, and every version that is registered can be served, explained, judged and made again.
 * @throws MW_CLI_ARGUMENT_INVALID for a retention that is too short, MW_STORE_HELD while a server runs, MW_STORE_BUSY while a training does
 */
export async function prune(
  keep: Readonly<Partial<Record<Prunable, number>>>,
  act: boolean,
  workspace: Workspace,
): Promise<PruneOutcome> {
  const { store, audit, by } = workspace;
  if (act) await store.claim();
  const parts = [...(await pruneTopics(keep, act, workspace)), ...(await pruneArtifacts(keep.artifacts, act, workspace))];
  const freed = parts.reduce((sum, { old }) => sum + old, 0);
  if (act && freed > 0)
    await audit.record({
      actor: by,
      action: 'store.prune',
      subject: 'store',
      figures: { freed, ...Object.fromEntries(parts.filter(({ old }) => old > 0).map(({ name, old }) => [name, old])) },
      reason: `Kept: ${Object.entries(keep)
        .map(([what, span]) => `${what} of ${days(span)}`)
        .join(', ')}.`,
    });
  return { parts, freed, done: act };
}

const days = (span: number) => `${Number((span / 86_400_000).toPrecision(3))} days`;

async function pruneTopics(
  keep: Readonly<Partial<Record<Prunable, number>>>,
  act: boolean,
  workspace: Workspace,
): Promise<PrunedPart[]> {
  const { store, stopwatch } = workspace;
  const now = stopwatch.now();
  const { predictions, rejections } = keep;
  if (predictions !== undefined)
    for (const { name } of await workspace.models.list()) await assertLongEnough(name, predictions, workspace);
  const parts: PrunedPart[] = [];
  for (const topic of await store.retention.topics()) {
    const known = TOPICS.find(({ of }) => topic.startsWith(of('')));
    if (known === undefined) continue;
    const { what, longer } = known;
    const asked = what === 'predictions' ? predictions : rejections;
    const before = asked === undefined ? null : now - asked - longer;
    const { bytes, old } = await store.retention.extent(topic, before ?? 0);
    parts.push({ what, name: topic, bytes, old: act && before !== null ? await store.retention.forget(topic, before) : old });
  }
  return parts;
}

/** A prediction is needed until its label has come or cannot come any more, and as long as a signal looks back. */
async function assertLongEnough(model: string, span: number, workspace: Workspace): Promise<void> {
  const windows = [];
  for (const version of await workspace.models.versions(model))
    for (const [signal, { window }] of Object.entries((await planOf(version, workspace)).watch))
      windows.push({ span: window, why: `the signal '${signal}' of ${version.id} looks back on so many` });
  const needed = [{ span: HORIZON, why: 'a label may still come in them' }, ...windows].toSorted((a, b) => b.span - a.span)[0];
  if (needed === undefined || span >= needed.span) return;
  fail('MW_CLI_ARGUMENT_INVALID', {
    what: `Predictions of '${model}' cannot be kept for ${days(span)} only: they are needed for ${days(needed.span)}, because ${needed.why}.`,
    where: { model },
    fix: `Keep at least ${days(needed.span)}: --keep predictions=${Math.ceil(needed.span / 86_400_000)}d.`,
  });
}

async function pruneArtifacts(span: number | undefined, act: boolean, workspace: Workspace): Promise<PrunedPart[]> {
  const { store, stopwatch, runs, steps } = workspace;
  const before = span === undefined ? 0 : stopwatch.now() - span;
  if (act && span !== undefined) {
    const running = (await runs.search({ status: 'running' }))[0];
    if (running)
      fail('MW_STORE_BUSY', {
        what: `The run ${running.id} of '${running.system}' is under way and may need what nothing points to yet.`,
        where: { run: running.id },
        fix: 'Wait until it has ended.',
      });
  }
  const needed = await neededArtifacts(workspace);
  // What a step gave is kept as long as a repetition may use it, and let go of as a whole.
  const known = await steps.list();
  const recent = new Set(known.filter(({ at }) => at >= before).flatMap(({ outputs }) => hashesIn(outputs)));
  let bytes = 0;
  let old = 0;
  const gone: ContentHash[] = [];
  for await (const artifact of store.artifacts.list()) {
    bytes += artifact.bytes;
    if (span === undefined || artifact.at >= before || needed.has(artifact.hash) || recent.has(artifact.hash)) continue;
    old += artifact.bytes;
    gone.push(artifact.hash);
  }
  if (act) {
    const lost = new Set(gone);
    for (const step of known) if (hashesIn(step.outputs).some((hash) => lost.has(hash))) await steps.forget(step.key);
    for (const hash of gone) await store.artifacts.remove(hash);
  }
  return [{ what: 'artifacts', name: 'artifacts', bytes, old }];
}

/** What the registered versions are served, explained, judged and made again from. */
async function neededArtifacts(workspace: Workspace): Promise<ReadonlySet<ContentHash>> {
  const needed = new Set<ContentHash>();
  const add = (hash: ContentHash | null) => {
    if (hash !== null) needed.add(hash);
  };
  for (const { name } of await workspace.models.list())
    for (const version of await workspace.models.versions(name)) {
      for (const hash of artifactsOf(version)) add(hash);
      for (const snapshot of version.snapshots)
        for (const { artifact, hash } of (await workspace.snapshots.find(snapshot))?.files ?? []) {
          add(artifact);
          add(hash);
        }
    }
  return needed;
}

const artifactsOf = ({ pipeline, plan, evaluation, report, reference }: ModelVersion) => [
  pipeline,
  plan,
  evaluation,
  report,
  reference,
];

/** Content hashes anywhere in what a step gave. */
function hashesIn(outputs: unknown): ContentHash[] {
  if (typeof outputs === 'string') return /^sha256:[0-9a-f]{64}$/.test(outputs) ? [outputs as ContentHash] : [];
  if (typeof outputs !== 'object' || outputs === null) return [];
  return Object.values(outputs).flatMap(hashesIn);
}
