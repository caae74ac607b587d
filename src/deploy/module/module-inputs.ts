import type { ColumnType, FeaturePlan, SystemPlan } from '../../define/plan.js';
import { aggregateText, keyText, windowText } from '../../define/plan-text.js';
import { featureExpression, featureKinds } from '../../features/feature-row.js';
import { columnsRead } from '../../frame/expression.js';
import type { Pipeline } from '../../pipeline/pipeline.js';

/** One value that a request to a module has. */
export interface ModuleInput {
  readonly name: string;
  readonly type: ColumnType;
  /** The list of a category; null when it is open. */
  readonly categories: readonly string[] | null;
  /** True when a request without it is refused; one of a window must be named, and may be null. */
  readonly required: boolean;
  /** False when no feature reads it: it is checked when it is given. */
  readonly used: boolean;
  readonly from: 'request' | 'window';
  /** Of a window: what the server would compute from history, in words. */
  readonly says: string | null;
}

/** The part of a plan that a pipeline's features need, and the windows among what they read. */
export interface NeededFeatures {
  readonly features: readonly FeaturePlan[];
  readonly reads: ReadonlySet<string>;
  /** Name and meaning of each window feature that is read. */
  readonly windows: readonly { readonly name: string; readonly says: string }[];
}

/** Features of the pipeline, and those before them that they are made of. */
export function neededFeatures(plan: Pick<SystemPlan, 'views' | 'request' | 'features'>, pipeline: Pipeline): NeededFeatures {
  const kinds = featureKinds(plan);
  const wanted = new Set(pipeline.features.map(({ name }) => name));
  const reads = new Set<string>();
  const features: FeaturePlan[] = [];
  for (const feature of plan.features.toReversed()) {
    if (!wanted.has(feature.name)) continue;
    features.unshift(feature);
    for (const name of columnsRead(featureExpression(feature))) {
      reads.add(name);
      if (!Object.hasOwn(kinds, name)) wanted.add(name);
    }
  }
  const windows = plan.views.flatMap((view) =>
    view.aggregates.flatMap((aggregate) =>
      aggregate.windows
        .filter(({ feature }) => reads.has(feature))
        .map((window) => ({
          name: window.feature,
          says: `${aggregateText({ ...aggregate, windows: [] }).replace(/ over $/, '')} over ${windowText(window)} of ${view.source} ${keyText(view)}, null when nothing is known`,
        })),
    ),
  );
  return { features, reads, windows };
}
