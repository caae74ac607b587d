import type { CandidatePlan, SystemPlan } from '../../define/plan.js';
import type { Pipeline } from '../../pipeline/pipeline.js';
import type { ModelVersion } from '../../registry/models.js';
import { type ChallengerVerdict, judgeChallenger } from '../../retrain/judge-challenger.js';
import type { Outcome } from '../../serve/ground-truth.js';
import type { ServiceListener } from '../../serve/model-service.js';
import { decide } from '../../serve/predict.js';

/** Rows of so many days are kept to judge a challenger on; the shadow is its real test. */
const TEST_SPAN = 3 * 86_400_000;

/**
 * The plan to train a challenger by at a moment: the same spans as the definition's time split, moved to end now with three days to test on, and
 * the champion's estimator with its parameters. A split that is not by time stays as it is.
 */
export function challengerPlan(plan: SystemPlan, champion: ModelVersion, now: number): SystemPlan {
  const { split, candidates } = plan.train;
  const { rounds: _, asOf: __, baseDir: ___, ...params } = champion.params as Record<string, number | string | boolean>;
  const declared = candidates.find(({ estimator }) => estimator === champion.estimator);
  const rounds = declared?.params['rounds'];
  const candidate: CandidatePlan = {
    kind: 'candidate',
    estimator: champion.estimator,
    params: { ...params, ...(rounds === undefined ? {} : { rounds }) },
  };
  const train = { ...plan.train, candidates: [candidate], search: { ...plan.train.search, trials: 1 } };
  if (split.kind !== 'timeSplit') return { ...plan, train };
  const testFrom = now - TEST_SPAN;
  const validationFrom = testFrom - (split.testFrom - split.validationFrom);
  return {
    ...plan,
    train: {
      ...train,
      split: { ...split, from: validationFrom - (split.validationFrom - split.from), validationFrom, testFrom, to: now },
    },
  };
}

/** Gathers what champion and challenger said of the same rows, and what came true. */
export class ShadowRows implements ServiceListener {
  readonly #champion: ModelVersion;
  readonly #challenger: ModelVersion;
  readonly #pipeline: Pipeline;
  readonly #since: number;
  readonly #labels: number[] = [];
  readonly #championScores: number[] = [];
  readonly #challengerScores: number[] = [];
  readonly #decided: { champion: number[]; challenger: number[] } = { champion: [], challenger: [] };

  /** `pipeline` is the challenger's. */
  constructor(champion: ModelVersion, challenger: ModelVersion, pipeline: Pipeline, since: number) {
    this.#champion = champion;
    this.#challenger = challenger;
    this.#pipeline = pipeline;
    this.#since = since;
  }

  onOutcomes = (outcomes: readonly Outcome[]): void => {
    for (const outcome of outcomes) {
      if (outcome.shadowVersion !== String(this.#challenger.version) || outcome.shadowScores === null) continue;
      this.#labels.push(outcome.label);
      for (const score of outcome.scores) this.#championScores.push(score);
      for (const score of outcome.shadowScores) this.#challengerScores.push(score);
      this.#decided.champion.push(outcome.decided);
      this.#decided.challenger.push(decide(outcome.shadowScores, this.#pipeline.classes.length, this.#pipeline.threshold));
    }
  };

  /** What the rows so far say of the challenger. */
  judge(plan: SystemPlan, now: number): ChallengerVerdict {
    const rows = this.#labels.length;
    const gate = plan.accept.find((each) => each.gate === 'beatsChampion');
    const metric = plan.problem.value && plan.problem.task === 'binary' ? 'value' : plan.train.search.by;
    return judgeChallenger({
      task: plan.problem.task,
      outputs: rows === 0 ? 1 : this.#championScores.length / rows,
      labels: Float64Array.from(this.#labels),
      champion: {
        version: String(this.#champion.version),
        scores: Float64Array.from(this.#championScores),
        decided: Int32Array.from(this.#decided.champion),
      },
      challenger: {
        version: String(this.#challenger.version),
        scores: Float64Array.from(this.#challengerScores),
        decided: Int32Array.from(this.#decided.challenger),
      },
      value: plan.problem.value,
      gate: gate?.gate === 'beatsChampion' ? gate : { kind: 'gate', gate: 'beatsChampion', metric, by: 0, confidence: 0.95 },
      since: this.#since,
      span: plan.retrain?.shadow ?? 0,
      now,
      seed: plan.train.search.seed,
    });
  }
}
