import type { SystemPlan } from '../../define/plan.js';
import { rankCandidates } from '../../run/rank-candidates.js';
import type { TrainOutcome } from '../../run/train-system.js';
import { clipped, figure, textTable } from './table.js';

/** Trials that are shown of each training. */
const MOST = 10;

/** The outcome of a training as a person reads it, on lines of so many characters. */
export function trainText(outcome: TrainOutcome, plan: SystemPlan, width = 120): string {
  const { name, version, hash } = outcome.model;
  const metrics = textTable(
    ['metric', 'validation', ...(outcome.test ? ['test'] : [])],
    Object.keys(outcome.validation).map((metric) => [
      metric,
      figure(outcome.validation[metric]),
      ...(outcome.test ? [figure(outcome.test[metric])] : []),
    ]),
  );
  const reused = outcome.steps.filter((step) => step.reused).map((step) => step.name);
  const gates = outcome.gates.map((gate) => `${gate.passed ? '✓' : '✗'} ${gate.sentence}`);
  const warnings = outcome.warnings.map((warning) => `! ${warning}`);
  return [
    `${name}: ${outcome.problem}, ${figure(outcome.rows)} rows, ${figure(outcome.features)} features`,
    '',
    metrics,
    '',
    ...(outcome.problem === 'binary' ? [decisionText(outcome, plan), ''] : []),
    candidatesText(outcome, plan.train.search.by, width),
    ...(outcome.learningCurve ? ['', learningText(outcome.learningCurve, plan.train.search.by)] : []),
    ...(gates.length > 0 ? ['', ...gates] : []),
    ...(warnings.length > 0 ? ['', ...warnings] : []),
    '',
    `${name}:${version} ${hash.slice(0, 19)} ${verdict(outcome)}`,
    `report: ${outcome.report}`,
    `${figure(outcome.seconds)} s${reused.length > 0 ? `, not done again: ${reused.join(', ')}` : ''}`,
  ].join('\n');
}

/** From which probability on a row is decided positive, and what that was chosen for. */
function decisionText({ threshold }: TrainOutcome, { label, problem }: SystemPlan): string {
  const what = problem.value === null ? 'the best f1 on the validation rows' : 'the most value on the validation rows';
  return Number.isFinite(threshold)
    ? `decides '${label.positive}' from a probability of ${figure(threshold)} on: ${what}`
    : `decides '${label.positive}' never: ${what}`;
}

function learningText(points: NonNullable<TrainOutcome['learningCurve']>, by: string): string {
  const rows = points.map(({ rows: learnt, score }) => [figure(learnt), score === null ? '' : figure(score)]);
  return textTable(['training rows', `${by} (validation)`], rows);
}

function verdict({ accepted, aliases }: TrainOutcome): string {
  const roles = aliases.join(' and ');
  if (accepted) return roles === '' ? 'accepted' : `accepted, is ${roles}`;
  return roles === '' ? 'refused by a gate' : `refused by a gate, and is ${roles} all the same: there was none before`;
}

/** The best trials, and of every estimator at least its best one. */
function candidatesText(outcome: TrainOutcome, by: string, width: number): string {
  const { candidates } = rankCandidates(outcome, by);
  const best = new Map(candidates.toReversed().map((candidate) => [candidate.name, candidate]));
  const room = Math.max(0, MOST - best.size);
  const others = new Set(candidates.filter((candidate) => best.get(candidate.name) !== candidate).slice(0, room));
  const shown = candidates.filter((candidate) => best.get(candidate.name) === candidate || others.has(candidate));
  const rows = shown.map(({ name, share, validation, test }) => [
    share === undefined ? name : `${name} at ${figure(share)}`,
    figure(validation[by]),
    test ? figure(test[by]) : '',
  ]);
  const head = ['candidate', `${by} (validation)`, `${by} (test)`];
  const taken = head.reduce(
    (sum, title, c) => sum + Math.max(title.length, ...rows.map((row) => (row[c] as string).length)) + 2,
    0,
  );
  const varying = varyingParameters(outcome.candidates);
  const table = textTable(
    [...head, 'parameters'],
    rows.map((row, i) => {
      const candidate = shown[i] as (typeof shown)[number];
      return [...row, clipped(parametersText(candidate, varying), Math.max(0, width - taken))];
    }),
  );
  const rest = candidates.length - shown.length;
  return rest > 0 ? `${table}\nand ${rest} more trial${rest === 1 ? '' : 's'} (see --json)` : table;
}

/** By estimator, the parameters that differ between its trials. */
function varyingParameters(candidates: TrainOutcome['candidates']): ReadonlyMap<string, ReadonlySet<string>> {
  const values = new Map<string, Map<string, Set<string>>>();
  for (const { name, params } of candidates)
    for (const [key, value] of Object.entries(params)) {
      const own = values.get(name) ?? new Map<string, Set<string>>();
      own.set(key, (own.get(key) ?? new Set()).add(JSON.stringify(value)));
      values.set(name, own);
    }
  return new Map(
    [...values].map(([name, own]) => [name, new Set([...own].filter(([, seen]) => seen.size > 1).map(([key]) => key))]),
  );
}

function parametersText(
  { name, params }: TrainOutcome['candidates'][number],
  varying: ReadonlyMap<string, ReadonlySet<string>>,
): string {
  const of = varying.get(name);
  return Object.entries(params)
    .filter(([key]) => !of || of.size === 0 || of.has(key))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key} ${typeof value === 'number' ? Number(value.toPrecision(3)) : value}`)
    .join(', ');
}
