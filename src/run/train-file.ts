import { basename, resolve } from 'node:path';
import { fail } from '../base/error.js';
import { didYouMean } from '../base/nearest.js';
import type { ColumnPlan, SystemPlan, Task } from '../define/plan.js';
import type { StrategyName } from '../define/strategies.js';
import type { Column } from '../frame/column.js';
import { readSource } from '../ingest/read-source.js';
import { whyTask } from '../train/target.js';
import { inferContract } from '../validate/infer-contract.js';
import { type FileReading, fileSource } from './file-reading.js';
import { inferSystem } from './infer-system.js';
import { readSources, type SourceData } from './read-sources.js';
import { type TrainOutcome, trainSystem } from './train-system.js';
import type { Workspace } from './workspace.js';

export interface TrainFileOptions {
  readonly target: string;
  readonly test: string | null;
  readonly problem: Task | 'auto';
  readonly positive: string | null;
  readonly trials: number;
  /** Milliseconds. */
  readonly timeBudget: number | null;
  readonly seed: number;
  /** The default one unless given. */
  readonly strategy?: StrategyName;
  /** Most trials at a time; null for one a core. */
  readonly workers?: number | null;
  readonly name: string | null;
  /** Whether to measure how the score grows with the training rows. */
  readonly learningCurve?: boolean;
  /** A column of moments to split by, 'none' for a random split; null finds one. */
  readonly time?: string | null;
  /** How the file is written, as far as it is said. */
  readonly reading?: FileReading;
}

export interface TrainFileOutcome extends TrainOutcome {
  readonly plan: SystemPlan;
  /** Why the target was taken for amounts or classes, where it might be either; null where it is clear or was said. */
  readonly why: string | null;
}

/**
 * Trains on a file without a definition: everything is inferred, and the plan that comes of it is the same kind of plan that a
 * definition gives.
 * @throws MW_INGEST_*, MW_RUN_TARGET_UNKNOWN, MW_TRAIN_*
 */
export async function trainFile(path: string, options: TrainFileOptions, workspace: Workspace): Promise<TrainFileOutcome> {
  const baseDir = resolve('.');
  workspace.onProgress?.({ step: 'ingest', done: 0, total: 1, note: path });
  const read = await readSource({ ...fileSource(path, options.reading), target: options.target }, { baseDir });
  const names = Object.keys(read.columns);
  if (!names.includes(options.target))
    fail('MW_RUN_TARGET_UNKNOWN', {
      what: `There is no column '${options.target}' in ${path}.${didYouMean(options.target, names)}`,
      where: { file: path },
      fix: `Columns: ${names.join(', ')}.`,
    });
  if (options.time && options.time !== 'none') checkTime(path, options.time, read.columns);
  const { checks } = inferContract(read.frame, read.columns);
  const { plan, warnings } = inferSystem({
    connector: read.connector,
    columns: read.columns,
    table: read.frame,
    checks,
    target: options.target,
    problem: options.problem,
    positive: options.positive,
    trials: options.trials,
    timeBudget: options.timeBudget,
    seed: options.seed,
    time: options.time ?? null,
    workers: options.workers ?? null,
    ...(options.strategy === undefined ? {} : { strategy: options.strategy }),
    ...(options.name === null ? {} : { name: options.name }),
    ...(options.test === null ? {} : { testShare: 0 }),
  });
  const sources = await readSources(plan, baseDir, workspace);
  const test = options.test === null ? null : await rowsLike(plan, options.test, baseDir, workspace);
  const outcome = await trainSystem(
    {
      plan,
      baseDir,
      definition: [],
      sources,
      alias: 'champion',
      learningCurve: options.learningCurve ?? false,
      because: `Trained on ${path}.`,
      warnings: [...read.warnings, ...warnings],
      ...(test ? { test } : {}),
    },
    workspace,
  );
  const why = options.problem === 'auto' ? whyTask(read.frame.columns[options.target] as Column, plan.problem.task) : null;
  return { ...outcome, plan, why };
}

/** @throws MW_RUN_TIME_UNKNOWN where the column is not there, or no moments */
export function checkTime(path: string, time: string, columns: Readonly<Record<string, ColumnPlan>>): void {
  const names = Object.keys(columns);
  const plan = Object.hasOwn(columns, time) ? columns[time] : undefined;
  if (plan?.type === 'timestamp') return;
  const moments = names.filter((name) => columns[name]?.type === 'timestamp');
  fail('MW_RUN_TIME_UNKNOWN', {
    what: plan
      ? `Column '${time}' of ${path} is no column of moments; it is read as ${plan.type}.`
      : `There is no column '${time}' in ${path}.${didYouMean(time, names)}`,
    where: { file: path, column: time },
    fix: moments.length > 0 ? `Columns of moments: ${moments.join(', ')}.` : 'No column of the file is read as moments.',
  });
}

/** Rows of a file that stand in for those of the label source: same columns, same contract. */
export async function rowsLike(plan: SystemPlan, path: string, baseDir: string, workspace: Workspace): Promise<SourceData> {
  const source = plan.sources[plan.label.source] as SystemPlan['sources'][string];
  // A name of their own in the quarantine: rows fixed there must come back to this file, never to the training data.
  const name = `${source.name}:${basename(path)}`;
  const { kind, options, format } = source.from;
  const sameKind = path.split('.').at(-1)?.toLowerCase() === source.from.path.split('.').at(-1)?.toLowerCase();
  const from = sameKind
    ? { kind, format, options, path }
    : (await readSource({ from: { kind, format: null, path, options: {} }, contract: null }, { baseDir })).connector;
  // Counting rules are about the training data as a whole; a file of other rows only has to hold row by row.
  const checks = source.contract.checks.filter(
    ({ check }) => check !== 'rowCount' && check !== 'freshWithin' && check !== 'references',
  );
  const contract = { ...source.contract, checks };
  const read = await readSources({ sources: { [name]: { ...source, name, from, contract } } }, baseDir, workspace);
  return read[name] as SourceData;
}
