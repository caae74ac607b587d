import { fail } from '../../base/error.js';
import type { ModelVersion } from '../../registry/models.js';
import { readSources } from '../read-sources.js';
import { planOf, planOfSubject } from '../resolve-system.js';
import type { Workspace } from '../workspace.js';
import { type LiveReplay, type ReplayInput, replay } from './replay.js';

/** Replays a span of a definition's or a registered model's own data. @throws MW_REPLAY_*, MW_REGISTRY_*, MW_INGEST_* */
export async function replaySystem(
  subject: string,
  span: Pick<ReplayInput, 'from' | 'to' | 'tick' | 'port'>,
  workspace: Workspace,
): Promise<LiveReplay> {
  if (!(span.from < span.to))
    fail('MW_OPTION_INVALID', { what: 'The replay must end after it begins.', where: { option: '--to' } });
  const { plan, baseDir } = await planOfSubject(subject, workspace);
  const prepare = (place: Workspace) => takeChampionOfThen(plan.name, span.from, place);
  return replay({ plan, baseDir, sources: await readSources(plan, baseDir, workspace), prepare, ...span }, workspace);
}

/** The champion must have learnt nothing of the span: if the one in force has, the newest version that has not takes its place. */
async function takeChampionOfThen(model: string, from: number, workspace: Workspace): Promise<void> {
  const { models } = workspace;
  const champion = await models.resolve(`${model}@champion`);
  if ((await learntUntil(champion, workspace)) <= from) return;
  for (const version of (await models.versions(model)).toReversed()) {
    if (version.stage !== 'active' || (await learntUntil(version, workspace)) > from) continue;
    const reason = `The replay begins at ${new Date(from).toISOString()}, and version ${champion.version} has learnt of what came after.`;
    await models.setAlias(model, 'champion', version.version, { actor: 'millwright replay', reason });
    return;
  }
  fail('MW_REPLAY_LEARNT', {
    what: `Every version of '${model}' has learnt of what came after ${new Date(from).toISOString()}.`,
    where: { model },
  });
}

/** The moment up to which a version may have seen labels; infinity for a split that is not by time. */
async function learntUntil(version: ModelVersion, workspace: Workspace): Promise<number> {
  const { split } = (await planOf(version, workspace)).train;
  const { asOf } = version.params;
  return Math.min(
    typeof asOf === 'number' ? asOf : Number.POSITIVE_INFINITY,
    split.kind === 'timeSplit' ? split.to : Number.POSITIVE_INFINITY,
  );
}
