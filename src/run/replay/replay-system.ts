import { fail } from '../../base/error.js';
import { readSources } from '../read-sources.js';
import { planOfSubject } from '../resolve-system.js';
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
  await workspace.models.resolve(`${plan.name}@champion`);
  return replay({ plan, baseDir, sources: await readSources(plan, baseDir, workspace), ...span }, workspace);
}
