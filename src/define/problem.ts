import type { Duration } from '../base/duration.js';
import { finite, invalid, oneOf, optionsObject, span, text } from './complain.js';
import type { ProblemPlan, Task, ValuePlan } from './plan.js';

/** Money of each outcome of a decided row; what is not named is worth nothing. */
export interface ValueOptions {
  readonly truePositive?: number;
  readonly falsePositive?: number;
  readonly falseNegative?: number;
  readonly trueNegative?: number;
  /** Largest share of rows that can be acted on. */
  readonly capacity?: number;
  /** EUR unless given. */
  readonly currency?: string;
}

interface Asked {
  /** What is optimised, in the owner's words. */
  readonly objective?: string;
  /** What the prediction decides, in the owner's words. */
  readonly decision?: string;
  readonly risk?: ProblemPlan['risk'];
  /** Budget for the p99 of one prediction. */
  readonly latency?: Duration;
}

/** The problem that fits a label of type Y: truth values are binary, strings binary or multiclass, numbers a regression. */
export type ProblemOptions<Y, T extends Task = Task> = Asked &
  ([Y] extends [boolean]
    ? { readonly kind: T & 'binary'; readonly positive?: boolean; readonly value?: ValueOptions }
    : [Y] extends [string]
      ?
          | { readonly kind: T & 'binary'; readonly positive: NoInfer<Y>; readonly value?: ValueOptions }
          | { readonly kind: T & 'multiclass' }
      : { readonly kind: T & 'regression' });

const TASKS: Readonly<Record<'boolean' | 'number' | 'string', readonly Task[]>> = {
  boolean: ['binary'],
  string: ['binary', 'multiclass'],
  number: ['regression'],
};
const OUTCOMES = ['truePositive', 'falsePositive', 'falseNegative', 'trueNegative'] as const;

export function problemPlan(
  given: unknown,
  label: 'boolean' | 'number' | 'string',
): { readonly problem: ProblemPlan; readonly positive: string | null } {
  const at = 'problem';
  const asked = optionsObject(at, given, ['kind', 'positive', 'objective', 'decision', 'risk', 'latency', 'value']);
  const task = oneOf(`${at}.kind`, asked.kind, ['binary', 'multiclass', 'regression']);
  if (!TASKS[label].includes(task))
    invalid(`${at}.kind`, `A ${label} label does not make a ${task} problem.`, `It makes: ${TASKS[label].join(' or ')}.`);
  if (task !== 'binary' && asked.value !== undefined)
    invalid(`${at}.value`, `Only a binary problem has a value, not a ${task} one.`);
  if (task !== 'binary' && asked.positive !== undefined)
    invalid(`${at}.positive`, `Only a binary problem has a positive class.`);
  const problem: ProblemPlan = {
    kind: 'problem',
    task,
    objective: asked.objective === undefined ? '' : text(`${at}.objective`, asked.objective),
    decision: asked.decision === undefined ? '' : text(`${at}.decision`, asked.decision),
    risk: asked.risk === undefined ? 'low' : oneOf(`${at}.risk`, asked.risk, ['low', 'medium', 'high']),
    latency: asked.latency === undefined ? null : span(`${at}.latency`, asked.latency),
    value: asked.value === undefined ? null : valuePlan(asked.value),
  };
  return { problem, positive: task === 'binary' ? positiveClass(label, asked.positive) : null };
}

function positiveClass(label: 'boolean' | 'number' | 'string', given: unknown): string {
  const at = 'problem.positive';
  if (label === 'string') {
    if (given === undefined)
      invalid(at, 'A binary problem over a text label must name its positive class.', "For example: positive: 'yes'.");
    return text(at, given);
  }
  if (given !== undefined && typeof given !== 'boolean') invalid(at, `${at} must be true or false for this label.`);
  return String(given ?? true);
}

function valuePlan(given: unknown): ValuePlan {
  const at = 'problem.value';
  const asked = optionsObject(at, given, [...OUTCOMES, 'capacity', 'currency']);
  if (!OUTCOMES.some((outcome) => asked[outcome] !== undefined))
    invalid(at, `${at} names no outcome.`, `Outcomes: ${OUTCOMES.join(', ')}.`);
  const money = (outcome: (typeof OUTCOMES)[number]) => finite(`${at}.${outcome}`, asked[outcome] ?? 0);
  return {
    kind: 'value',
    truePositive: money('truePositive'),
    falsePositive: money('falsePositive'),
    falseNegative: money('falseNegative'),
    trueNegative: money('trueNegative'),
    capacity: asked.capacity === undefined ? null : finite(`${at}.capacity`, asked.capacity, { min: 0, max: 1, above: true }),
    currency: asked.currency === undefined ? 'EUR' : text(`${at}.currency`, asked.currency),
  };
}
