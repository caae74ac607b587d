import { random } from '../base/random.js';
import type { GatePlan, ValuePlan } from '../define/plan.js';
import { compareModels, yardstickOf } from '../stats/compare-models.js';
import type { MetricInput } from '../stats/metrics/metric.js';
import type { Evaluation } from './evaluation.js';
import type { Latency } from './latency.js';

const RESAMPLES = 200;

/** A gate with the figure it was judged by. A figure that is null never passes. */
export interface GateResult {
  readonly gate: GatePlan;
  readonly passed: boolean;
  readonly figure: number | null;
  readonly sentence: string;
}

export interface GateInput {
  readonly evaluation: Evaluation;
  readonly scored: MetricInput;
  /** The champion's predictions of the same rows at its own threshold; null when there is none yet. */
  readonly champion: { readonly version: number; readonly scored: MetricInput } | null;
  readonly value: ValuePlan | null;
  readonly latency: Latency;
  readonly seed: number;
}

/** Applies gates in order; a candidate is accepted when all pass. */
export function applyGates(gates: readonly GatePlan[], input: GateInput): GateResult[] {
  return gates.map((gate) => {
    switch (gate.gate) {
      case 'metric':
        return metricGate(gate, input);
      case 'beatsChampion':
        return championGate(gate, input);
      case 'slice':
        return sliceGate(gate, input);
      case 'latency':
        return {
          gate,
          passed: input.latency.p99 <= gate.p99,
          figure: input.latency.p99,
          sentence: `p99 of one prediction is ${shown(input.latency.p99)} ms; at most ${gate.p99} ms is asked for.`,
        };
    }
  });
}

function metricGate(gate: GatePlan & { gate: 'metric' }, { evaluation }: GateInput): GateResult {
  const figure =
    gate.metric === 'value' ? (evaluation.value?.perRow.value ?? null) : (evaluation.metrics[gate.metric]?.value ?? null);
  const bounds = [gate.low === null ? '' : `at least ${gate.low}`, gate.high === null ? '' : `at most ${gate.high}`]
    .filter(Boolean)
    .join(' and ');
  if (figure === null)
    return { gate, passed: false, figure, sentence: `${gate.metric} is not defined on these rows; ${bounds} is asked for.` };
  const passed = figure >= (gate.low ?? Number.NEGATIVE_INFINITY) && figure <= (gate.high ?? Number.POSITIVE_INFINITY);
  return { gate, passed, figure, sentence: `${gate.metric} is ${shown(figure)}; ${bounds} is asked for.` };
}

/** Without a champion the candidate must beat what could be had without a model: acting on none, or a constant prediction. */
function championGate(gate: GatePlan & { gate: 'beatsChampion' }, input: GateInput): GateResult {
  const { scored, champion, value, seed } = input;
  const rival = champion?.scored ?? constantPrediction(scored);
  const name = champion
    ? `the champion (version ${champion.version})`
    : gate.metric === 'value'
      ? 'acting on no row'
      : 'a constant prediction';
  const yardstick = yardstickOf(gate.metric, scored.task, value);
  const compared =
    yardstick && compareModels(yardstick, scored, rival, gate.by, random(seed).fork('beats champion'), RESAMPLES);
  if (!compared)
    return { gate, passed: false, figure: null, sentence: `There is too little data to compare ${gate.metric} with ${name}.` };
  const { difference, probability } = compared;
  return {
    gate,
    passed: probability >= gate.confidence,
    figure: probability,
    sentence: `${gate.metric} is ${difference < 0 ? 'worse' : 'better'} by ${shown(Math.abs(difference))} than that of ${name}; it is better by more than ${gate.by} with probability ${shown(probability)}, ${gate.confidence} is asked for.`,
  };
}

function constantPrediction(scored: MetricInput): MetricInput {
  const { target, outputs, task } = scored;
  const predictions = new Float64Array(target.length * outputs);
  if (task === 'multiclass') {
    const shares = new Float64Array(outputs);
    for (const label of target) shares[label] += 1 / target.length;
    for (let i = 0; i < predictions.length; i++) predictions[i] = shares[i % outputs];
  } else predictions.fill(target.reduce((sum, truth) => sum + truth, 0) / target.length);
  return { ...scored, predictions, threshold: Number.POSITIVE_INFINITY };
}

function sliceGate(gate: GatePlan & { gate: 'slice' }, { evaluation }: GateInput): GateResult {
  const slices = evaluation.slices.filter(({ feature, metric }) => feature === gate.feature && metric === gate.metric);
  const worst = slices.reduce<(typeof slices)[number] | null>(
    (most, slice) => (most && most.drop >= slice.drop ? most : slice),
    null,
  );
  if (worst === null)
    return {
      gate,
      passed: false,
      figure: null,
      sentence: `No slice of ${gate.feature} has enough rows to judge ${gate.metric}.`,
    };
  return {
    gate,
    passed: worst.drop <= gate.dropAtMost,
    figure: worst.drop,
    sentence: `The worst of ${slices.length} slices of ${gate.feature} is '${worst.slice}' (${worst.rows} rows): ${worst.metric} is ${shown(worst.drop)} worse than on all rows; at most ${gate.dropAtMost} is allowed.`,
  };
}

const shown = (figure: number) => String(Number(figure.toPrecision(4)));
