import { formatDuration } from '../base/duration.js';
import { random } from '../base/random.js';
import type { GatePlan, Task, ValuePlan } from '../define/plan.js';
import { compareModels, yardstickOf } from '../stats/compare-models.js';
import { metricNamed } from '../stats/metrics/catalogue.js';
import type { MetricInput } from '../stats/metrics/metric.js';
import { asDecided } from '../stats/metrics/rows.js';

const MINIMUM_ROWS = 200;
const MINIMUM_CLASS_ROWS = 10;
const RESAMPLES = 400;
/** More rows than this only cost time: the first ones are judged, and the number is said. */
const ROWS_JUDGED = 50_000;

/** One model's predictions on the rows that both models scored; `scores` row-major with `outputs` a row. */
export interface ScoredSide {
  readonly version: string;
  readonly scores: Float64Array;
  /** Decided class index a row by the version's own threshold; -1 for a regression. */
  readonly decided: Int32Array;
}

/** The shadow so far: what both models said of the same rows, and what came true. */
export interface ShadowEvidence {
  readonly task: Task;
  readonly outputs: number;
  /** Class index, or the number of a regression. */
  readonly labels: Float64Array;
  readonly champion: ScoredSide;
  readonly challenger: ScoredSide;
  readonly value: ValuePlan | null;
  readonly gate: Extract<GatePlan, { gate: 'beatsChampion' }>;
  /** Start of the shadow, its planned span, and now. */
  readonly since: number;
  readonly span: number;
  readonly now: number;
  readonly seed: number;
}

export interface ChallengerVerdict {
  readonly verdict: 'promote' | 'refuse' | 'keep shadowing';
  /** The reason with its figures, for the audit log. */
  readonly because: string;
  readonly figures: {
    readonly rows: number;
    readonly metric: string;
    readonly champion: number | null;
    readonly challenger: number | null;
    readonly difference: number | null;
    readonly low: number | null;
    readonly high: number | null;
    readonly confidence: number | null;
  };
}

/**
 * Promotes a challenger that beats the champion by the gate's margin with the gate's confidence on the same labelled rows; the margin
 * is in the metric's own unit (money a row for 'value'), and losses count downwards. Refuses one that does not once the shadow is
 * over. Keeps shadowing while the span is not over or the rows are too few: without data there is no promotion.
 */
export function judgeChallenger(evidence: ShadowEvidence): ChallengerVerdict {
  const { gate, task, outputs, value } = evidence;
  const rows = Math.min(evidence.labels.length, ROWS_JUDGED);
  const labels = evidence.labels.subarray(0, rows);
  const nothing = { champion: null, challenger: null, difference: null, low: null, high: null, confidence: null };
  const keep = (because: string): ChallengerVerdict => ({
    verdict: 'keep shadowing',
    because,
    figures: { rows, metric: gate.metric, ...nothing },
  });

  const shadowed = evidence.now - evidence.since;
  if (shadowed < evidence.span)
    return keep(`Shadowed for ${days(shadowed)} of ${formatDuration(evidence.span)}; ${rows} rows are labelled.`);
  if (rows < MINIMUM_ROWS) return keep(`Insufficient data: ${rows} labelled rows, ${MINIMUM_ROWS} are needed.`);
  if (task === 'binary') {
    let positives = 0;
    for (let i = 0; i < rows; i++) if (labels[i] === 1) positives++;
    const fewest = Math.min(positives, rows - positives);
    if (fewest < MINIMUM_CLASS_ROWS)
      return keep(`Insufficient data: ${fewest} rows of the rarer class, ${MINIMUM_CLASS_ROWS} are needed.`);
  }

  const yardstick = yardstickOf(gate.metric, task, value);
  if (!yardstick)
    return {
      verdict: 'refuse',
      because: `Versions cannot be compared by '${gate.metric}' in this ${task} problem.`,
      figures: { rows, metric: gate.metric, ...nothing },
    };
  const said = ({ scores, decided }: ScoredSide): MetricInput => {
    const input = { task, outputs, predictions: scores.subarray(0, rows * outputs), target: labels };
    const ofDecisions = gate.metric === 'value' || metricNamed(gate.metric)?.ofDecisions;
    return ofDecisions && task === 'binary' ? asDecided(input, decided.subarray(0, rows)) : { ...input, threshold: 0.5 };
  };
  const source = random(evidence.seed).fork('challenger');
  const compared = compareModels(yardstick, said(evidence.challenger), said(evidence.champion), gate.by, source, RESAMPLES);
  if (compared === null) return keep(`Insufficient data: ${gate.metric} is not defined on too many resamples of ${rows} rows.`);
  const { difference, interval, probability: confidence } = compared;
  const figures = {
    rows,
    metric: gate.metric,
    champion: compared.theirs,
    challenger: compared.ours,
    difference,
    ...interval,
    confidence,
  };
  const promote = confidence >= gate.confidence;
  const told =
    `${gate.metric} of ${evidence.challenger.version} is ${short(figures.challenger)} against ${short(figures.champion)} of ` +
    `${evidence.champion.version} on ${rows} rows: ${difference < 0 ? 'worse' : 'better'} by ${short(Math.abs(difference))} ` +
    `(a difference of ${short(interval.low)} to ${short(interval.high)}), above ${short(gate.by)} in ${short(confidence * 100)} % of resamples`;
  return {
    verdict: promote ? 'promote' : 'refuse',
    because: `${told}; ${short(gate.confidence * 100)} % ${promote ? 'were' : 'are'} needed.`,
    figures,
  };
}

const short = (figure: number): string => String(Number(figure.toPrecision(4)));
const days = (ms: number): string => `${(ms / 86_400_000).toFixed(1)}d`;
