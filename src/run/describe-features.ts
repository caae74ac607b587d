import type { SystemPlan } from '../define/plan.js';
import { aggregateText, expressionText, keyText, windowText } from '../define/plan-text.js';

export { featureScript } from '../features/feature-sql.js';

/** A feature of a plan and where it comes from. */
export interface DescribedFeature {
  readonly name: string;
  readonly type: SystemPlan['features'][number]['type'];
  readonly from: 'request' | 'window' | 'expression';
  /** The column, window or formula. */
  readonly how: string;
  /** What is put in its place when it is missing at serving time; null when it stays missing. */
  readonly whenMissing: string | number | boolean | null;
}

/** The features of a plan in the order in which the model takes them. */
export function describeFeatures(plan: SystemPlan): readonly DescribedFeature[] {
  return plan.features.map(({ name, type, from }) => {
    const whenMissing = plan.serve.whenMissing[name] ?? null;
    if (from.kind === 'fromRequest')
      return { name, type, from: 'request', how: from.column === name ? '' : from.column, whenMissing };
    if (from.kind === 'fromWindow') return { name, type, from: 'window', how: windowOf(plan, from.view, name), whenMissing };
    return { name, type, from: 'expression', how: expressionText(from.expression), whenMissing };
  });
}

function windowOf(plan: SystemPlan, viewName: string, feature: string): string {
  const view = plan.views.find(({ name }) => name === viewName);
  for (const aggregate of view?.aggregates ?? [])
    for (const window of aggregate.windows)
      if (window.feature === feature && view)
        return `${aggregateText({ ...aggregate, windows: [] }).replace(/ over $/, '')} over ${windowText(window)} of ${view.source} ${keyText(view)}`;
  return `view ${viewName}`;
}
