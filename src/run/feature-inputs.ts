import type { SystemPlan } from '../define/plan.js';
import type { FeatureInput } from '../pipeline/pipeline.js';

/** The features of a plan as the encoder is told of them. */
export function featureInputs(plan: Pick<SystemPlan, 'features'>): FeatureInput[] {
  return plan.features.map(({ name, type }) => ({ name, type }));
}
