import { columnsRead } from '../frame/expression.js';
import { CANDIDATES, type CandidateEntry, candidateEntry, checkParams } from './candidates.js';
import { checkConstraints } from './check-constraints.js';
import { sourceNamed } from './check-features.js';
import { checkObjective } from './check-objective.js';
import { columnNamed } from './check-sources.js';
import { finite, invalid, type Place, unknown, wrongType } from './complain.js';
import { checkedKind } from './expression-kind.js';
import { METRICS } from './metrics.js';
import type { SourcePlan, SplitPlan, SystemPlan, Task } from './plan.js';
import { kindsOf } from './row.js';
import { checkStrategy } from './search.js';

const TASKS: Readonly<Record<string, readonly Task[]>> = {
  boolean: ['binary'],
  string: ['binary', 'multiclass'],
  number: ['regression'],
  timestamp: [],
};

export function checkTraining(plan: SystemPlan): void {
  const source = sourceNamed('label', plan, plan.label.source);
  checkLabel(plan, source);
  checkValue(plan);
  checkSplit(plan.train.split, source);
  const { task } = plan.problem;
  for (const candidate of plan.train.candidates) {
    const { estimator, params } = candidate;
    checkParams(estimator, params);
    checkConstraints(plan, candidate);
    checkObjective(plan, candidate);
    if (!(candidateEntry(estimator) as CandidateEntry).tasks.includes(task))
      invalid(
        'train.candidates',
        `${estimator} cannot do a ${task} problem.`,
        `These can: ${Object.entries(CANDIDATES)
          .filter(([, { tasks }]) => (tasks as readonly Task[]).includes(task))
          .map(([name]) => name)
          .join(', ')}.`,
      );
  }
  if (plan.train.calibrate !== undefined && task === 'regression')
    invalid('train.calibrate', 'A regression has no probabilities to calibrate.', 'Leave train.calibrate out.');
  const { by, seed, strategy } = plan.train.search;
  checkMetric('train.search.by', plan, by);
  finite('train.search.seed', seed, { min: 0, max: 0xffff_ffff, whole: true });
  if (strategy) checkStrategy(strategy);
}

function checkLabel({ label, problem, features }: SystemPlan, source: SourcePlan): void {
  const { columns } = source.contract;
  const kind = checkedKind(label.expression, kindsOf(columns), 'label');
  if (!TASKS[kind]?.includes(problem.task))
    invalid(
      'problem.kind',
      `A ${kind} label does not make a ${problem.task} problem.`,
      `It makes: ${TASKS[kind]?.join(' or ') || 'none'}.`,
    );
  const read = columnsRead(label.expression);
  for (const { name, from } of features)
    if (from.kind === 'fromRequest' && read.has(from.column))
      invalid(
        `features.${name}`,
        `Feature '${name}' is what the label is made from, so it would give the answer away.`,
        'Leave it out of the features.',
      );
  if ((problem.task === 'binary') !== (label.positive !== null))
    invalid(
      'problem.positive',
      problem.task === 'binary' ? 'A binary problem needs a positive class.' : 'Only a binary problem has a positive class.',
    );
  if (label.positive === null) return;
  const classes =
    kind === 'boolean'
      ? ['true', 'false']
      : label.expression.kind === 'column'
        ? (columns[label.expression.name]?.categories ?? null)
        : null;
  if (classes && !classes.includes(label.positive))
    unknown('problem.positive', `'${label.positive}' is not a class of the label.`, label.positive, classes, 'Classes');
}

function checkValue({ problem }: SystemPlan): void {
  if (problem.value === null) return;
  if (problem.task !== 'binary') invalid('problem.value', `Only a binary problem has a value, not a ${problem.task} one.`);
  if (problem.value.capacity !== null)
    finite('problem.value.capacity', problem.value.capacity, { min: 0, max: 1, above: true });
}

/** A metric that fits the task; money only where it is said what outcomes are worth. */
export function checkMetric(place: Place, { problem }: SystemPlan, metric: string): void {
  const allowed: readonly string[] = METRICS[problem.task];
  if (!allowed.includes(metric))
    unknown(place, `A ${problem.task} problem has no metric '${metric}'.`, metric, allowed, 'Metrics');
  if (metric === 'value' && problem.value === null)
    invalid(
      place,
      `${place} is money, but problem.value does not say what outcomes are worth.`,
      'Add problem.value: { truePositive: ... }.',
    );
}

function checkSplit(split: SplitPlan, source: SourcePlan): void {
  const place = 'train.split';
  const timestamp = (name: string) => {
    const { type } = columnNamed(`${place}.column`, `Source '${source.name}'`, source.contract.columns, name);
    if (type !== 'timestamp') wrongType(`${place}.column`, `'${name}' is not a timestamp column; it is a ${type} column.`);
  };
  if (split.kind === 'timeSplit') {
    timestamp(split.column);
    const bounds = ['from', 'validationFrom', 'testFrom', 'to'] as const;
    for (let i = 1; i < bounds.length; i++) {
      const [before, after] = [bounds[i - 1] as 'from', bounds[i] as 'to'];
      if (split[after] <= split[before]) invalid(`${place}.${after}`, `${after} must be after ${before}.`);
      if (split[after] - split[before] <= split.gap)
        invalid(`${place}.gap`, `The gap leaves nothing between ${before} and ${after}.`, 'Make it shorter.');
    }
    return;
  }
  // No test share means that the test rows come from elsewhere.
  finite(`${place}.test`, split.test, { min: 0, max: 0.9 });
  if (split.kind === 'randomSplit') {
    finite(`${place}.validation`, split.validation, { min: 0, max: 0.9, above: true });
    if (split.test + split.validation >= 0.95) invalid(place, 'Test and validation leave too little to train on.');
    return;
  }
  finite(`${place}.folds`, split.folds, { min: 2, max: 100 });
  if (split.column !== null) timestamp(split.column);
  else if (split.gap > 0) invalid(`${place}.gap`, 'Shuffled folds have no gap.', 'Name a timestamp column: column.');
}
