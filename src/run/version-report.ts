import type { ContentHash } from '../base/hash.js';
import type { SystemPlan } from '../define/plan.js';
import { renderReport } from '../evaluate/report/render-report.js';
import type { LearningPoint } from '../train/learning-curve.js';
import type { Recipe } from '../train/refit.js';
import type { Trial } from '../train/trial.js';
import type { Judgement } from './judge-version.js';
import type { SourceData } from './read-sources.js';

export interface VersionReportInput {
  readonly plan: SystemPlan;
  readonly judgement: Judgement;
  readonly recipe: Recipe;
  readonly best: Pick<Trial, 'metrics'>;
  readonly sources: Readonly<Record<string, SourceData>>;
  /** Absent where it was not measured. */
  readonly learning?: readonly LearningPoint[];
  readonly warnings: readonly string[];
  readonly lineage: { readonly pipeline: ContentHash; readonly plan: ContentHash; readonly code: ContentHash };
}

/** The report of a version, as HTML. */
export function versionReport({
  plan,
  judgement,
  recipe,
  best,
  sources,
  learning,
  warnings,
  lineage,
}: VersionReportInput): Promise<string> {
  return renderReport({
    system: plan.name,
    problem: plan.problem,
    features: plan.features.length,
    evaluation: judgement.evaluation,
    evaluatedOn: judgement.evaluatedOn,
    searchedBy: plan.train.search.by,
    validation: best.metrics,
    candidates: judgement.candidates,
    ...(learning ? { learning: learning.flatMap(({ rows, score }) => (score === null ? [] : [{ rows, score }])) } : {}),
    chosen: {
      name: recipe.trial.estimator,
      params: {
        ...recipe.trial.params,
        ...recipe.trial.settled,
        ...(recipe.trial.rounds === null ? {} : { rounds: recipe.trial.rounds }),
      },
    },
    gates: judgement.gates,
    importances: judgement.importances,
    latency: judgement.latency,
    sources: Object.entries(sources).map(([name, source]) => ({
      name,
      path: source.path,
      rows: source.frame.rows,
      quarantined: source.quarantined,
      from: source.time?.from ?? null,
      to: source.time?.to ?? null,
      snapshot: source.snapshot,
      checks: source.checks.map(({ what, passed, onFail }) => ({ what, passed, onFail })),
    })),
    lineage,
    warnings,
  });
}
