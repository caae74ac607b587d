import type { SystemPlan } from '../define/plan.js';
import type { CommandContext } from './command.js';
import { inWorkspace } from './in-workspace.js';

/** The plan of a definition file, which needs no store, or of a registered model. */
export async function subjectPlan(
  context: Pick<CommandContext, 'log' | 'signal' | 'progress'>,
  subject: string,
  store: string,
): Promise<{ readonly plan: SystemPlan; readonly baseDir: string }> {
  const { namesFile, planOfDefinition, planOfSubject } = await import('../run/resolve-system.js');
  if (namesFile(subject)) return planOfDefinition(subject);
  return inWorkspace(context, store, (workspace) => planOfSubject(subject, workspace), { readOnly: true });
}
