import { random, shuffle } from '../base/random.js';
import { takeRows } from '../frame/frame.js';
import { log } from '../kernels/math.js';
import { memberPrefixes, parseEnsembleName } from '../models/ensemble/ensemble-name.js';
import type { Task } from '../models/estimator.js';
import { shapeOption } from '../models/shape-option.js';
import { hasLongTail } from '../pipeline/encodings/number.js';
import { type FoldWork, fitFolds } from './fit-folds.js';
import { FoldEncoder } from './fold-encoder.js';
import { featureColumns, valuesAt } from './refit.js';
import type { SearchInput } from './search.js';
import type { Fold } from './split-rows.js';
import { classCount } from './target.js';

/** Training rows, and validation rows, of each fold that the shapes are settled on: enough to tell, and a small part of a search. */
const MOST_ROWS = 10_000;
const EDGE = 1e-15;

type SettleInput = Pick<SearchInput, 'folds' | 'table' | 'features' | 'target' | 'plan'>;

/** A part of a candidate that scales numbers, with the shape left open: the estimator itself or a member of an ensemble. */
export interface OpenShape {
  readonly estimator: string;
  /** Its parameters but for the shape, resolved. */
  readonly params: Readonly<Record<string, unknown>>;
}

/**
 * Settles the shape of numbers for an estimator on validation rows: the logarithm is taken where the mean loss (log loss, squared error) of
 * the same estimator without it is higher by more than twice the standard error of that difference, row by row. Depends on its arguments alone.
 */
export class ShapeSettler {
  readonly #input: SettleInput;
  #encoder: FoldEncoder | null = null;
  #folds: readonly Fold[] | null = null;

  constructor(input: SettleInput) {
    this.#input = input;
  }

  /** @throws MW_MODEL_*, MW_INTERRUPTED */
  async settle({ estimator, params }: OpenShape, signal: AbortSignal | undefined): Promise<'none' | 'log'> {
    this.#folds ??= this.#input.folds.map((fold, f) => this.#smaller(fold, f));
    if (!this.#hasLongTail(this.#folds)) return 'none';
    const plain = await this.#losses(estimator, { ...params, shape: 'none' }, signal);
    const shaped = await this.#losses(estimator, { ...params, shape: 'log' }, signal);
    return isProven(plain.map((loss, i) => loss - shaped[i])) ? 'log' : 'none';
  }

  /** Lets go of the rows encoded so far. */
  close(): void {
    this.#encoder = null;
  }

  async #losses(name: string, params: FoldWork['params'], signal: AbortSignal | undefined): Promise<Float64Array> {
    const { target, plan } = this.#input;
    const folds = this.#folds as readonly Fold[];
    this.#encoder ??= new FoldEncoder({ ...this.#input, folds });
    const encoded = folds.map((_, f) => (this.#encoder as FoldEncoder).encode(f, name, params, 1).fold);
    const work = { estimator: name, params, task: target.task, classes: classCount(target), seed: plan.search.seed };
    const { outputs } = await fitFolds(encoded, work, { signal });
    const parts = outputs.map((predicted, f) => lossesOf(target.task, predicted, valuesAt(target.values, folds[f].validation)));
    return Float64Array.from(parts.flatMap((part) => Array.from(part)));
  }

  #hasLongTail(folds: readonly Fold[]): boolean {
    const { table, features } = this.#input;
    const numbers = features.filter(({ type }) => type === 'number');
    const columns = featureColumns(table, numbers);
    return folds.some(({ train }) => Object.values(takeRows(columns, train).columns).some(hasLongTail));
  }

  #smaller({ train, validation }: Fold, f: number): Fold {
    const source = random(this.#input.plan.search.seed).fork('shape').fork(f);
    const part = (rows: Int32Array, of: string): Int32Array =>
      rows.length <= MOST_ROWS ? rows : shuffle(rows.slice(), source.fork(of)).slice(0, MOST_ROWS).sort();
    return { train: part(train, 'train'), validation: part(validation, 'validation') };
  }
}

/** The parts of an estimator whose shape is left open, by the parameter that holds it. */
export function openShapes(name: string, params: Readonly<Record<string, unknown>>): ReadonlyMap<string, OpenShape> {
  const members = parseEnsembleName(name)?.members;
  const parts = members
    ? memberPrefixes(members).map((prefix, m) => ({ estimator: members[m], prefix: `${prefix}.` }))
    : [{ estimator: name, prefix: '' }];
  const open = new Map<string, OpenShape>();
  for (const { estimator, prefix } of parts) {
    const key = `${prefix}shape`;
    if (params[key] !== shapeOption.default) continue;
    const own = Object.entries(params).filter(([param]) => param !== key && param.startsWith(prefix));
    open.set(key, { estimator, params: Object.fromEntries(own.map(([param, value]) => [param.slice(prefix.length), value])) });
  }
  return open;
}

function isProven(gains: Float64Array): boolean {
  const n = gains.length;
  const mean = gains.reduce((sum, gain) => sum + gain, 0) / n;
  const squares = gains.reduce((sum, gain) => sum + (gain - mean) ** 2, 0);
  return n > 1 && mean > 2 * Math.sqrt(squares / (n * (n - 1)));
}

function lossesOf(task: Task, outputs: Float64Array, target: Float64Array): Float64Array {
  const width = outputs.length / target.length;
  return target.map((y, i) => {
    if (task === 'regression') return (outputs[i] - y) ** 2;
    const p = width > 1 ? outputs[i * width + y] : y === 1 ? outputs[i] : 1 - outputs[i];
    return -log(Math.max(EDGE, p));
  });
}
