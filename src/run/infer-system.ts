import { basename } from 'node:path';
import { fail } from '../base/error.js';
import { didYouMean } from '../base/nearest.js';
import type { CheckPlan, ColumnPlan, ConnectorPlan, LabelPlan, SearchPlan, SystemPlan, Task } from '../define/plan.js';
import { withMissing } from '../define/source.js';
import { DEFAULT_STRATEGY, type StrategyName } from '../define/strategies.js';
import type { Column } from '../frame/column.js';
import { call, column as columnNamed, type Expression, literal } from '../frame/expression.js';
import type { Frame } from '../frame/frame.js';
import { type CodedTarget, codeTarget, inferTask } from '../train/target.js';
import { candidatesFor } from './infer-candidates.js';
import { featuresOf, readAs } from './infer-features.js';
import { partsOfTarget, reasonToLeaveOut } from './infer-left-out.js';
import { classRows, inferSplit } from './infer-split.js';

export interface InferInput {
  /** How the file is read, as `inspectFile` or `readSource` found it. */
  readonly connector: ConnectorPlan;
  /** Its columns, as found. */
  readonly columns: Readonly<Record<string, ColumnPlan>>;
  /** Its rows. */
  readonly table: Frame;
  readonly target: string;
  /** 'auto' (the default) reads the problem off the target. */
  readonly problem?: Task | 'auto';
  /** Class that probabilities speak of; chosen when not given. */
  readonly positive?: string | null;
  readonly trials?: number;
  /** Milliseconds; null for none. */
  readonly timeBudget?: number | null;
  readonly seed?: number;
  /** The default one unless given. */
  readonly strategy?: StrategyName;
  /** Most trials at a time; null for one a core. */
  readonly workers?: number | null;
  /** Name of the system; the file's name unless given. */
  readonly name?: string;
  /** Share of the rows kept for the test; 0 when there is a test file. */
  readonly testShare?: number;
  /** A column of moments to split by, 'none' for a random split; null (the default) finds one. */
  readonly time?: string | null;
  /** Expectations for the contract of the source. */
  readonly checks?: readonly CheckPlan[];
}

export interface InferredSystem {
  readonly plan: SystemPlan;
  readonly warnings: readonly string[];
}

export const DEFAULT_TRIALS = 20;
export const DEFAULT_TIME_BUDGET = 40_000;
const DEFAULT_SEED = 7;
/** Rows of a class below which it is said that nothing can be measured of it. */
const FEW_OF_CLASS = 5;
const SEARCH_METRIC = { binary: 'auc', multiclass: 'logloss', regression: 'rmse' } as const;

/**
 * A whole definition read off a table and the name of its target: problem, features, candidates, split, gates and watch.
 * Columns that cannot help on new rows are left out, each with a warning.
 * @throws MW_TRAIN_TARGET_*, MW_TRAIN_NO_FEATURES
 */
export function inferSystem(input: InferInput): InferredSystem {
  const { connector, table, target } = input;
  const typed = Object.entries(input.columns).map(([name, plan]): [string, ColumnPlan] => [
    name,
    name === target ? plan : readAs(plan, table.columns[name] as Column),
  ]);
  const columns = withMissing(Object.fromEntries(typed), connector.options.missing ?? []);
  const label = Object.hasOwn(table.columns, target) ? table.columns[target] : undefined;
  if (!label || !Object.hasOwn(columns, target)) {
    const names = Object.keys(columns);
    fail('MW_TRAIN_TARGET_MISSING', {
      what: `There is no column '${target}'.${didYouMean(target, names)}`,
      where: { file: connector.path },
      fix: `Columns: ${names.join(', ')}.`,
    });
  }
  const task = input.problem === undefined || input.problem === 'auto' ? inferTask(label) : input.problem;
  const coded = codeTarget(label, task, input.positive ?? null);
  const warnings: string[] = [];
  if (coded.missing > 0) warnings.push(`${coded.missing} rows have no '${target}' and are left out.`);
  const used = usedColumns(input, coded, warnings);
  const taken = new Set(Object.keys(columns));
  const features = used.flatMap((name) => featuresOf(name, columns[name] as ColumnPlan, table.columns[name] as Column, taken));
  if (features.length === 0)
    fail('MW_TRAIN_NO_FEATURES', {
      what: [`No column beside '${target}' can help to predict it.`, ...warnings].join(' '),
      where: { file: connector.path },
    });
  const labelled = table.rows - coded.missing;
  warnings.push(...rareClasses(coded));
  const { split, warnings: ofSplit } = inferSplit({
    table,
    columns: input.columns,
    target,
    coded,
    testShare: input.testShare ?? 0.2,
    seed: input.seed ?? DEFAULT_SEED,
    time: input.time ?? null,
  });
  warnings.push(...ofSplit);
  const name = input.name ?? systemName(connector.path);
  const plan: SystemPlan = {
    kind: 'system',
    format: 1,
    name,
    problem: {
      kind: 'problem',
      task,
      objective: `Predict '${target}' of a row of ${basename(connector.path)}.`,
      decision: '',
      risk: 'low',
      latency: null,
      value: null,
    },
    sources: {
      [name]: {
        kind: 'source',
        name,
        from: connector,
        key: [],
        time: null,
        availableAt: null,
        contract: { kind: 'contract', columns, checks: input.checks ?? [] },
      },
    },
    views: [],
    request: {
      kind: 'request',
      time: null,
      columns: Object.fromEntries(used.map((column) => [column, columns[column] as ColumnPlan])),
    },
    features,
    label: labelPlan(name, target, label, coded),
    train: {
      kind: 'train',
      split,
      sample: null,
      candidates: candidatesFor(task, labelled),
      search: searchPlan(task, input),
    },
    accept: [{ kind: 'gate', gate: 'beatsChampion', metric: SEARCH_METRIC[task], by: 0, confidence: 0.95 }],
    serve: { kind: 'serve', whenMissing: {}, maxRows: 1000 },
    watch: {
      scoreDrift: { kind: 'signal', signal: 'drift', of: 'score', test: 'psi', above: 0.2, window: 7 * 86_400_000 },
    },
    retrain: null,
  };
  return { plan, warnings };
}

function usedColumns({ columns, table, target }: InferInput, coded: CodedTarget, warnings: string[]): string[] {
  const leave = new Map<string, string>();
  const others = Object.keys(columns).filter((name) => name !== target);
  for (const name of others) {
    const reason = reasonToLeaveOut(name, table.columns[name] as Column, coded);
    if (reason) leave.set(name, reason);
  }
  const rest = Object.fromEntries(
    others.filter((name) => !leave.has(name)).map((name) => [name, table.columns[name] as Column]),
  );
  for (const [a, b] of partsOfTarget(rest, coded))
    for (const name of [a, b]) leave.set(name, `it gives the target away ('${a}' + '${b}' is '${target}' in every row)`);
  for (const [name, reason] of leave) warnings.push(`Column '${name}' is left out: ${reason}.`);
  return others.filter((name) => !leave.has(name));
}

/** A word on classes that are too rare to be judged; the model learns from their rows all the same. */
function rareClasses(coded: CodedTarget): string[] {
  if (coded.task !== 'multiclass') return [];
  const rows = classRows(coded);
  const rare = coded.classes.filter((_, index) => (rows[index] as number) < FEW_OF_CLASS);
  if (rare.length === 0) return [];
  const shown = rare.slice(0, 5).map((label) => `'${label}' (${rows[coded.classes.indexOf(label)]})`);
  return [
    `${rare.length === 1 ? 'A class has' : `${rare.length} classes have`} fewer than ${FEW_OF_CLASS} rows: ${shown.join(', ')}${rare.length > 5 ? ' ...' : ''}. They are learnt from and cannot be judged.`,
  ];
}

function labelPlan(source: string, target: string, column: Column, coded: CodedTarget): LabelPlan {
  const positive = coded.task === 'binary' ? (coded.classes[1] as string) : null;
  return { kind: 'label', source, expression: labelExpression(columnNamed(target), column, coded), positive };
}

/** Numbers that are classes become their text, so that predictions carry the labels of the file. */
function labelExpression(read: Expression, column: Column, coded: CodedTarget): Expression {
  if (coded.task === 'regression') return column.kind === 'number' ? read : call('number', read);
  if (column.kind === 'string' || (column.kind === 'boolean' && coded.task === 'binary')) return read;
  return coded.classes.reduceRight<Expression>(
    (rest, label) => call('if', call('eq', read, literal(Number(label), column.kind)), literal(label), rest),
    literal(null, 'string'),
  );
}

function searchPlan(task: Task, { trials, timeBudget, seed, strategy, workers }: InferInput): SearchPlan {
  return {
    kind: 'search',
    by: SEARCH_METRIC[task],
    trials: trials ?? DEFAULT_TRIALS,
    timeBudget: timeBudget === undefined ? DEFAULT_TIME_BUDGET : timeBudget,
    seed: seed ?? DEFAULT_SEED,
    ...(workers ? { workers } : {}),
    ...(strategy === undefined || strategy === DEFAULT_STRATEGY
      ? {}
      : { strategy: { kind: 'strategy', name: strategy, options: {} } }),
  };
}

/** The file's name without folder and extensions, as a name. */
function systemName(path: string): string {
  const stem = basename(path).replace(/\..*$/, '');
  const clean = stem
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .toLowerCase();
  return clean === '' ? 'model' : clean;
}
