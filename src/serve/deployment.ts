import { fail } from '../base/error.js';
import type { RowCheck } from '../contract/row-check.js';
import type { FeaturePlan, ProblemPlan, RequestPlan, ServePlan } from '../define/plan.js';
import type { FeatureRow } from '../features/feature-row.js';
import type { Pipeline } from '../pipeline/pipeline.js';

/** What serving needs to know of a definition. */
export interface DeploymentPlan {
  readonly request: RequestPlan;
  readonly features: readonly FeaturePlan[];
  readonly serve: ServePlan;
  readonly problem: ProblemPlan;
}

/** A version that is scored beside the champion without being answered with. */
export interface Shadow {
  readonly version: string;
  readonly pipeline: Pipeline;
}

/** A model version ready to answer: request rows in, predictions out. */
export interface Deployment {
  readonly name: string;
  readonly version: string;
  readonly plan: DeploymentPlan;
  readonly pipeline: Pipeline;
  readonly rowCheck: RowCheck;
  /** Features of a checked row as of a moment, substitutes for missing ones filled in (`compileFeatureRow`). */
  readonly featureRow: FeatureRow;
  readonly shadow?: Shadow;
}

/** Positions of a pipeline's features among the plan's; null when they are the same list. */
export type FeatureOrder = Int32Array | null;

/**
 * Where each input of a pipeline stands among the features of the plan.
 * @throws MW_SERVE_DEPLOYMENT_MISMATCH for another task or a feature that the plan does not have
 */
export function featureOrder(plan: DeploymentPlan, version: string, pipeline: Pipeline): FeatureOrder {
  const where = { version };
  if (pipeline.task !== plan.problem.task)
    fail('MW_SERVE_DEPLOYMENT_MISMATCH', {
      what: `Version ${version} solves a ${pipeline.task} problem, the definition states a ${plan.problem.task} one.`,
      where,
    });
  const positions = new Map(plan.features.map((feature, index) => [feature.name, index]));
  const order = new Int32Array(pipeline.features.length);
  let same = pipeline.features.length === plan.features.length;
  for (const [i, { name }] of pipeline.features.entries()) {
    const position = positions.get(name);
    if (position === undefined)
      fail('MW_SERVE_DEPLOYMENT_MISMATCH', {
        what: `Version ${version} needs the feature '${name}', which the definition does not have.`,
        where: { ...where, feature: name },
      });
    order[i] = position;
    same &&= position === i;
  }
  return same ? null : order;
}
