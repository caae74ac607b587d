import { formatDuration } from '../base/duration.js';
import type { Expression, Operation } from '../frame/expression.js';
import type {
  AggregatePlan,
  CheckPlan,
  GatePlan,
  ReadingPlan,
  SignalPlan,
  SpacePlan,
  SplitPlan,
  StrategyPlan,
  ViewPlan,
  WindowPlan,
} from './plan.js';

const INFIX: Readonly<Partial<Record<Operation, string>>> = {
  plus: '+',
  minus: '-',
  times: '*',
  div: '/',
  eq: '=',
  ne: '<>',
  lt: '<',
  lte: '<=',
  gt: '>',
  gte: '>=',
  and: 'and',
  or: 'or',
};

/** An expression as people write formulas. */
export function expressionText(expression: Expression): string {
  if (expression.kind === 'column') return expression.name;
  if (expression.kind === 'literal')
    return expression.type === 'timestamp' && expression.value !== null
      ? dateText(Number(expression.value))
      : JSON.stringify(expression.value);
  const sign = INFIX[expression.op];
  if (sign === undefined) return `${expression.op}(${expression.args.map(expressionText).join(', ')})`;
  return expression.args
    .map((arg) => (arg.kind === 'call' && INFIX[arg.op] !== undefined ? `(${expressionText(arg)})` : expressionText(arg)))
    .join(` ${sign} `);
}

/** How the values of a column are written. */
export const readingText = (reads: ReadingPlan): string =>
  Object.entries(reads)
    .map(([name, value]) => `${name} ${Array.isArray(value) ? value.join(' ') : value}`)
    .join(', ');

/** A moment as a day where it is one. */
export function dateText(ms: number): string {
  const iso = new Date(ms).toISOString();
  return iso.endsWith('T00:00:00.000Z') ? iso.slice(0, 10) : iso;
}

export function keyText({ by }: ViewPlan): string {
  if (by.length === 0) return 'over all rows';
  return `by ${by.map(({ column, request }) => (column === request ? column : `${column} = ${request} of the request`)).join(', ')}`;
}

export function aggregateText({ op, value, where, windows }: AggregatePlan): string {
  const of = value === null ? '' : ` of ${expressionText(value)}`;
  const when = where === null ? '' : ` where ${expressionText(where)}`;
  return `${op}${of}${when} over ${windows.map(windowText).join(', ')}`;
}

/** A window as its feature's name has it: 24h and not 1d. */
export const windowText = ({ feature }: WindowPlan): string => feature.slice(feature.lastIndexOf('_') + 1);

function boundsText(low: number | null, high: number | null): string {
  if (low === null) return `at most ${high}`;
  return high === null ? `at least ${low}` : `between ${low} and ${high}`;
}

export function checkText(check: CheckPlan): string {
  switch (check.check) {
    case 'type':
      return `${check.column} has its type`;
    case 'notNull':
      return check.atMost === 0
        ? `${check.column} is never missing`
        : `${check.column} is missing in at most ${check.atMost * 100} %`;
    case 'between':
      return `${check.column} is ${boundsText(check.low, check.high)}`;
    case 'oneOf':
      return `${check.column} is one of ${check.values.join(', ')}`;
    case 'matches':
      return `${check.column} matches /${check.pattern}/`;
    case 'unique':
      return `${check.columns.join(', ')} identify a row`;
    case 'freshWithin':
      return `the newest ${check.column} is within ${formatDuration(check.span)}`;
    case 'rowCount':
      return `the number of rows is ${boundsText(check.low, check.high)}`;
    case 'monotone':
      return `${check.column} never decreases`;
    case 'references':
      return `${check.columns.join(', ')} are in ${check.source} (${check.target.join(', ')})`;
    case 'holds':
      return `${check.name}: ${expressionText(check.expression)}`;
    case 'sql':
      return `${check.name}: ${check.query}`;
  }
}

export function splitText(split: SplitPlan): string {
  switch (split.kind) {
    case 'timeSplit':
      return `train ${dateText(split.from)}, choose ${dateText(split.validationFrom)}, test ${dateText(split.testFrom)} to ${dateText(split.to)}${gap(split.gap)}`;
    case 'randomSplit':
      return `at random: ${percent(split.validation)} to choose, ${percent(split.test)} to test`;
    case 'foldSplit':
      return `${split.folds} ${split.column === null ? 'shuffled folds' : `folds along ${split.column}`}, ${percent(split.test)} to test${gap(split.gap)}`;
  }
}
const gap = (ms: number) => (ms === 0 ? '' : `, gap ${formatDuration(ms)}`);
const percent = (share: number) => `${Number((share * 100).toPrecision(6))} %`;

export function gateText(gate: GatePlan): string {
  switch (gate.gate) {
    case 'metric':
      return `${gate.metric} ${boundsText(gate.low, gate.high)}`;
    case 'beatsChampion':
      return `${gate.metric} beats the champion by ${gate.by} (${percent(gate.confidence)} sure)`;
    case 'slice':
      return `${gate.metric} by ${gate.feature}: drop at most ${gate.dropAtMost}`;
    case 'latency':
      return `p99 within ${formatDuration(gate.p99)}`;
  }
}

export function signalText(signal: SignalPlan): string {
  switch (signal.signal) {
    case 'drift':
      return `${signal.test} of ${signal.of} above ${signal.above}`;
    case 'quality':
      return `${signal.metric} ${[signal.below === null ? '' : `below ${signal.below}`, signal.above === null ? '' : `above ${signal.above}`].filter(Boolean).join(' or ')}`;
    case 'latency':
      return `p99 above ${formatDuration(signal.p99)}`;
    case 'errors':
      return `errors above ${percent(signal.above)}`;
  }
}

export function paramText(value: number | string | boolean | SpacePlan): string {
  if (typeof value !== 'object') return String(value);
  if (value.kind === 'choiceSpace') return `{${value.choices.join(', ')}}`;
  return `${value.low}..${value.high}${value.kind === 'logUniformSpace' ? ' (log)' : ''}`;
}

/** How trials are chosen, where a definition says so. */
export function strategyText(strategy: StrategyPlan | undefined): string {
  if (!strategy) return '';
  const options = Object.entries(strategy.options).map(([name, value]) => `${name} ${value}`);
  return `, chosen by ${strategy.name}${options.length > 0 ? ` (${options.join(', ')})` : ''}`;
}
