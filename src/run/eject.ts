import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import type { SystemPlan } from '../define/plan.js';
import { planHash } from '../define/plan-hash.js';
import { printDefinition } from '../define/print-definition.js';
import { baseDirOf, planOf } from './resolve-system.js';
import type { Workspace } from './workspace.js';

export interface Ejected {
  /** The source of the definition. */
  readonly definition: string;
  readonly plan: SystemPlan;
  /** True when the definition means exactly what the version was trained by; only paths can differ. */
  readonly same: boolean;
}

/**
 * The definition of a model version as TypeScript. Relative paths of sources are written as seen from the folder of `file`, so that it
 * runs from there.
 * @throws MW_REGISTRY_*
 */
export async function eject(reference: string, file: string | null, workspace: Workspace): Promise<Ejected> {
  const version = await workspace.models.resolve(reference);
  const kept = await planOf(version, workspace);
  const from = resolve(baseDirOf(version));
  const plan = file === null ? kept : moved(kept, from, dirname(resolve(file)));
  return { definition: printDefinition(plan), plan, same: planHash(plan) === version.planHash };
}

function moved(plan: SystemPlan, from: string, to: string): SystemPlan {
  if (from === to) return plan;
  const sources = Object.fromEntries(
    Object.entries(plan.sources).map(([name, source]) => {
      const { path } = source.from;
      if (isAbsolute(path)) return [name, source];
      const seen = relative(to, resolve(from, path)).split(sep).join('/');
      return [name, { ...source, from: { ...source.from, path: seen } }];
    }),
  );
  return { ...plan, sources };
}
