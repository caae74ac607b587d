import { statSync } from 'node:fs';
import { checkPlan } from '../define/check-plan.js';
import type { SystemPlan } from '../define/plan.js';
import type { ModelVersion } from '../registry/models.js';
import { loadDefinition } from './load-definition.js';
import type { Workspace } from './workspace.js';

/** The plan that a model version was trained by, as the store keeps it. @throws MW_ARTIFACT_*, MW_DEFINE_* */
export async function planOf(version: ModelVersion, { store }: Workspace): Promise<SystemPlan> {
  return checkPlan(JSON.parse(Buffer.from(await store.artifacts.get(version.plan)).toString('utf8')));
}

/** Where the relative paths of a version's plan start. */
export function baseDirOf(version: ModelVersion): string {
  const { baseDir } = version.params;
  return typeof baseDir === 'string' ? baseDir : '.';
}

/** True when the text names a definition file and not a model: by its ending, a folder in it, or because there is such a file. */
export const namesFile = (text: string): boolean =>
  /\.[cm]?[jt]s$/.test(text) || /[\\/]/.test(text) || statSync(text, { throwIfNoEntry: false })?.isFile() === true;

/** The plan of a definition file. @throws MW_DEFINITION_* */
export async function planOfDefinition(path: string): Promise<{ readonly plan: SystemPlan; readonly baseDir: string }> {
  const { system, baseDir } = await loadDefinition(path);
  return { plan: system.plan, baseDir };
}

/** The plan of a definition file, or of a registered model. */
export async function planOfSubject(
  subject: string,
  workspace: Workspace,
): Promise<{ readonly plan: SystemPlan; readonly baseDir: string }> {
  if (namesFile(subject)) return planOfDefinition(subject);
  const version = await workspace.models.resolve(subject);
  return { plan: await planOf(version, workspace), baseDir: baseDirOf(version) };
}
