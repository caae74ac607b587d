import type { Clock } from '../base/clock.js';
import { type RowProblem, type RowWarning, warningOf } from '../contract/row-check.js';
import type { Scalar } from '../frame/column.js';
import { type Contribution, PipelineExplainer, topReasons } from '../pipeline/explain.js';
import { type Deployment, type FeatureOrder, featureOrder } from './deployment.js';
import type { NextId } from './prediction-id.js';

/** The answer to one good row. */
export interface Prediction {
  readonly ok: true;
  readonly id: string;
  /** Class label, or the number of a regression. */
  readonly prediction: string | number;
  /** Of the positive class (binary) or of each class (multiclass); null for a regression. */
  readonly probability: number | Readonly<Record<string, number>> | null;
  /** What is odd about the row, such as a category that training did not have; absent where nothing is. */
  readonly warnings?: readonly RowWarning[];
  /** What weighed most, largest first; only when it was asked for. */
  readonly reasons?: readonly Contribution[];
}
/** The answer to a row that does not meet the contract. */
export interface Rejection {
  readonly ok: false;
  readonly id: string;
  /** Place of the row in the request, from 0. */
  readonly row: number;
  readonly problems: readonly RowProblem[];
  readonly input: unknown;
}
export type Answer = Prediction | Rejection;

/** What a call asks for besides the predictions. */
export interface Asked {
  /** The reasons of each prediction. */
  readonly explain: boolean;
  /** Whether the good rows are answered when others are bad. */
  readonly partial: boolean;
}
/** What a call asks for that says nothing. */
export const EACH_ROW: Asked = Object.freeze({ explain: false, partial: true });

/** A row as it was scored. One object is used for all rows, so whoever keeps something of it copies it. */
export interface ScoredRow {
  id: string;
  /** The moment asked about. */
  at: number;
  /** Wall clock. */
  now: number;
  /** Request values in the order of the check's columns. */
  values: readonly Scalar[];
  /** Feature values in plan order, substitutes filled in. */
  readonly features: readonly Scalar[];
  readonly scores: Float64Array;
  /** Decided class index; -1 for a regression. */
  decided: number;
  readonly shadowScores: Float64Array | null;
  warnings: readonly RowProblem[];
  /** False when an entity of the row is not in the online store, so that its window features are missing. */
  known: boolean;
}

/** Takes each scored row as it is made. */
export interface PredictionRecorder {
  record(scored: ScoredRow): void;
}

/** Scores request rows for one deployment; buffers are its own, so calls must not overlap (they are synchronous). */
export interface Predictor {
  readonly deployment: Deployment;
  /**
   * One answer a row, in order. A bad row is answered with its problems and does not disturb the others; unless the call is
   * `partial`, nothing is scored when any row is bad, and the answers are those of the bad rows alone. `recorder` sees each scored row.
   * @throws MW_MODEL_NOT_EXPLAINED when reasons are asked of a model that has none
   */
  predict(rows: readonly unknown[], clock: Clock, nextId: NextId, recorder?: PredictionRecorder, asked?: Asked): Answer[];
}

/** Reasons that come with a prediction. */
const REASONS = 5;

/** @throws MW_SERVE_DEPLOYMENT_MISMATCH when the model or its shadow does not fit the plan */
export function createPredictor(deployment: Deployment): Predictor {
  const { plan, pipeline, shadow } = deployment;
  const order = featureOrder(plan, deployment.version, pipeline);
  const shadowOrder = shadow ? featureOrder(plan, shadow.version, shadow.pipeline) : null;
  const features: Scalar[] = plan.features.map(() => null);
  const inputs: Scalar[] = pipeline.features.map(() => null);
  const shadowInputs: Scalar[] = shadow ? shadow.pipeline.features.map(() => null) : [];
  const scores = new Float64Array(pipeline.model.outputs);
  const shadowScores = shadow ? new Float64Array(shadow.pipeline.model.outputs) : null;
  const timeAt = plan.request.time === null ? -1 : deployment.rowCheck.columns.indexOf(plan.request.time);
  const { columns } = deployment.rowCheck;
  let explainer: PipelineExplainer | null = null;
  const values: Scalar[] = columns.map(() => null);
  const byName: Record<string, Scalar> = Object.fromEntries(columns.map((name) => [name, null]));
  const scored: ScoredRow = {
    id: '',
    at: 0,
    now: 0,
    values,
    features,
    scores,
    decided: -1,
    shadowScores,
    warnings: [],
    known: true,
  };

  const reasonsOf = (by: PipelineExplainer, of: readonly Scalar[], decided: number): readonly Contribution[] =>
    topReasons(by.explainRow(arrange(of, order, inputs), scores.length === 1 ? 0 : decided), REASONS);

  return {
    deployment,
    predict(rows, clock, nextId, recorder, { explain, partial } = EACH_ROW) {
      if (explain) explainer ??= new PipelineExplainer(pipeline);
      const now = clock.now();
      const answers: Answer[] = [];
      if (rows.length === 1) {
        const warnings = deployment.rowCheck.check(rows[0], values);
        answers.push(
          warnings.some(isError)
            ? rejection(rows[0], 0, warnings, nextId(now))
            : answer(values, warnings, now, nextId(now), recorder, explain),
        );
        return answers;
      }
      // All rows are checked before the first is scored: a request that is refused leaves no prediction behind.
      const checked: Scalar[][] = [];
      const problems: (readonly RowProblem[])[] = [];
      let bad = 0;
      for (const input of rows) {
        const own = columns.map((): Scalar => null);
        const found = deployment.rowCheck.check(input, own);
        checked.push(own);
        problems.push(found);
        if (found.some(isError)) bad++;
      }
      for (let i = 0; i < rows.length; i++) {
        const found = problems[i] as readonly RowProblem[];
        if (bad > 0 && found.some(isError)) answers.push(rejection(rows[i], i, found, nextId(now)));
        else if (bad === 0 || partial) answers.push(answer(checked[i] as Scalar[], found, now, nextId(now), recorder, explain));
      }
      return answers;
    },
  };

  function answer(
    row: readonly Scalar[],
    warnings: readonly RowProblem[],
    now: number,
    id: string,
    recorder: PredictionRecorder | undefined,
    explain: boolean,
  ): Prediction {
    const asked = timeAt < 0 ? null : row[timeAt];
    const at = typeof asked === 'number' ? asked : now;
    for (let j = 0; j < columns.length; j++) byName[columns[j] as string] = row[j] as Scalar;
    const found = deployment.featureRow(byName, at, features);
    pipeline.predictRow(arrange(features, order, inputs), scores);
    if (shadow && shadowScores) shadow.pipeline.predictRow(arrange(features, shadowOrder, shadowInputs), shadowScores);
    const decided = decide(scores, pipeline.classes.length, pipeline.threshold);
    if (recorder) {
      scored.id = id;
      scored.at = at;
      scored.now = now;
      scored.values = row;
      scored.decided = decided;
      scored.warnings = warnings;
      scored.known = found === 'PRESENT';
      recorder.record(scored);
    }
    const plain = answerOf(id, scores, decided, pipeline.classes);
    const prediction = warnings.length === 0 ? plain : { ...plain, warnings: warnings.map(warningOf) };
    return explain && explainer ? { ...prediction, reasons: reasonsOf(explainer, features, decided) } : prediction;
  }
}

const rejection = (input: unknown, row: number, found: readonly RowProblem[], id: string): Rejection => ({
  ok: false,
  id,
  row,
  problems: found.filter(isError),
  input,
});

/** Predictions for rows without a log: what `score` and tests use. */
export function predictRows(deployment: Deployment, rows: readonly unknown[], clock: Clock, nextId: NextId): Answer[] {
  return createPredictor(deployment).predict(rows, clock, nextId);
}

/** Index of the decided class; -1 for a regression. Ties of a multiclass problem go to the first class. */
export function decide(scores: Float64Array, classes: number, threshold: number): number {
  if (classes === 0) return -1;
  if (classes === 2 && scores.length === 1) return (scores[0] as number) >= threshold ? 1 : 0;
  let best = 0;
  for (let k = 1; k < scores.length; k++) if ((scores[k] as number) > (scores[best] as number)) best = k;
  return best;
}

const isError = ({ severity }: RowProblem): boolean => severity === 'error';

function arrange(features: readonly Scalar[], order: FeatureOrder, into: Scalar[]): readonly Scalar[] {
  if (order === null) return features;
  for (let i = 0; i < order.length; i++) into[i] = features[order[i] as number] as Scalar;
  return into;
}

function answerOf(id: string, scores: Float64Array, decided: number, classes: readonly string[]): Prediction {
  if (decided < 0) return { ok: true, id, prediction: scores[0] as number, probability: null };
  const prediction = classes[decided] as string;
  if (scores.length === 1) return { ok: true, id, prediction, probability: scores[0] as number };
  const probability: Record<string, number> = {};
  for (let k = 0; k < classes.length; k++) {
    const name = classes[k] as string;
    if (name === '__proto__') Object.defineProperty(probability, name, { value: scores[k], enumerable: true });
    else probability[name] = scores[k] as number;
  }
  return { ok: true, id, prediction, probability };
}
