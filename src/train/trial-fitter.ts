import { availableParallelism } from 'node:os';
import { asMillwrightError } from '../base/error.js';
import { canonicalJson } from '../base/hash.js';
import { isOwnName, resolveOptions } from '../base/options.js';
import type { Estimator } from '../models/estimator.js';
import { shapeOption } from '../models/shape-option.js';
import { BinCache } from '../models/trees/bin-cache.js';
import { FitCrew, hasWorkers, type KeyedFold } from './fit-crew.js';
import { type FoldsFitted, type FoldsWatch, type FoldWork, fitFolds } from './fit-folds.js';
import { FoldEncoder } from './fold-encoder.js';
import { LAG } from './propose-trial.js';
import { estimatorFor, valuesAt } from './refit.js';
import { type Scored, scoreRows } from './score.js';
import type { SearchInput } from './search.js';
import { defaultParams, type TrialParams } from './search-space.js';
import { type OpenShape, openShapes, ShapeSettler } from './settle-shapes.js';
import { classCount } from './target.js';
import type { Proposal, Trial } from './trial.js';

export interface FittedTrial extends Scored {
  /** The proposed ones, with fewer rounds where time was short. */
  readonly params: TrialParams;
  readonly predictions: Float64Array;
  readonly rounds: number | null;
  readonly settled: Readonly<Record<string, number | string>>;
}

/** A trial to make, or one that was made before. */
type SettledProposal = Proposal & Pick<Trial, 'settled'>;

/** Values of a fold from which on a fit uses all cores by itself, so that trials take turns. */
const THREADED_VALUES = 500_000;
/** Milliseconds of fitting after which a search is long enough to start workers for it. */
const WORTH_WORKERS = 2000;

/** Fits and scores trials on every fold: in this thread, or several at a time in workers. */
export class TrialFitter {
  readonly #input: SearchInput;
  readonly #target: Float64Array;
  readonly #encoder: FoldEncoder;
  readonly #shapes: ShapeSettler;
  /** Shapes that are settled or being so, by estimator and parameters. */
  readonly #settled = new Map<string, Promise<'none' | 'log'>>();
  readonly #mostSlots: number;
  readonly #shared = new BinCache();
  #crew: FitCrew | null = null;
  /** Milliseconds that trials took one at a time. */
  #alone = 0;

  constructor(input: SearchInput, rows: Int32Array) {
    this.#input = input;
    this.#target = valuesAt(input.target.values, rows);
    this.#encoder = new FoldEncoder(input);
    this.#shapes = new ShapeSettler(input);
    const values = input.features.length * Math.max(0, ...input.folds.map(({ train }) => train.length));
    const workers = input.workers === 'cores' ? availableParallelism() : input.workers;
    this.#mostSlots = values < THREADED_VALUES && hasWorkers() ? Math.min(LAG, workers) : 1;
  }

  /** Trials that may run at once by now. */
  get slots(): number {
    return this.#input.workers === 'cores' && this.#alone < WORTH_WORKERS ? 1 : this.#mostSlots;
  }

  /** Fits on the training rows of each fold and scores the validation rows of all. @throws MW_MODEL_*, MW_INTERRUPTED */
  async run(proposal: SettledProposal, watch: FoldsWatch): Promise<FittedTrial> {
    const resource = resourced(estimatorFor(proposal.estimator, this.#input.target), proposal);
    const fitted = await this.#fitted(proposal, resource.params, resource.rowShare, watch);
    return { ...fitted, params: { ...proposal.params, ...fitted.cut } };
  }

  /** The score of the same parameters on a share of the training rows of each fold; null where there is none. @throws MW_INTERRUPTED */
  async scoreAt(proposal: SettledProposal, rowShare: number, watch: FoldsWatch): Promise<number | null> {
    const { name, params: specs } = estimatorFor(proposal.estimator, this.#input.target);
    try {
      const { score } = await this.#fitted(proposal, resolveOptions(name, specs, proposal.params), rowShare, watch);
      return Number.isFinite(score) ? score : null;
    } catch (thrown) {
      if (asMillwrightError(thrown).code.startsWith('MW_MODEL_')) return null;
      throw thrown;
    }
  }

  async #fitted(proposal: SettledProposal, given: Readonly<Record<string, unknown>>, rowShare: number, watch: FoldsWatch) {
    const { target, plan, value, folds } = this.#input;
    const name = proposal.estimator;
    const shapes = await this.#shapesFor(proposal, given, watch.signal);
    const params = { ...given, ...shapes };
    const encoded = folds.map((_, fold) => this.#encoder.encode(fold, name, params, rowShare));
    const { seed, by } = plan.search;
    const work: FoldWork = { estimator: name, params, task: target.task, classes: classCount(target), seed };
    const { outputs, rounds, settled, cut } = await this.#fit(encoded, work, watch);
    const predictions = joined(outputs);
    const scored = scoreRows(by, target.task, this.#target, predictions, value);
    return { ...scored, predictions, rounds, settled: { ...settled, ...shapes }, cut };
  }

  /** What the shapes that a trial leaves open are: settled once, with the parameters that its candidate begins with. */
  async #shapesFor(
    { candidate, estimator: name, settled: before = {} }: SettledProposal,
    params: Readonly<Record<string, unknown>>,
    signal: AbortSignal | undefined,
  ): Promise<Readonly<Record<string, 'none' | 'log'>>> {
    const open = openShapes(name, params);
    if (open.size === 0) return {};
    const specs = estimatorFor(name, this.#input.target).params;
    const first = { ...defaultParams(this.#input.plan.candidates[candidate], specs) };
    for (const key of open.keys()) first[key] = shapeOption.default;
    const settled: Record<string, 'none' | 'log'> = {};
    for (const [key, shape] of openShapes(name, resolveOptions(name, specs, first)))
      settled[key] = (before[key] as 'none' | 'log' | undefined) ?? (await this.#settle(shape, signal));
    return settled;
  }

  async #settle(shape: OpenShape, signal: AbortSignal | undefined): Promise<'none' | 'log'> {
    const key = canonicalJson(shape);
    for (;;) {
      const known = this.#settled.get(key);
      const settling = known ?? this.#shapes.settle(shape, signal);
      this.#settled.set(key, settling);
      try {
        return await settling;
      } catch (thrown) {
        if (this.#settled.get(key) === settling) this.#settled.delete(key);
        // A trial that ran out of time has ended the work that others waited for, too.
        const { code } = asMillwrightError(thrown);
        if (known === undefined || code !== 'MW_INTERRUPTED' || signal?.aborted) throw thrown;
      }
    }
  }

  /** Ends what still runs. */
  close(): void {
    this.#crew?.close();
    this.#shapes.close();
  }

  async #fit(folds: readonly KeyedFold[], work: FoldWork, watch: FoldsWatch): Promise<FoldsFitted> {
    // Workers have not loaded the definition, so they do not know functions that were made there.
    if (this.slots > 1 && !Object.values(work.params).some(isOwnName)) {
      this.#crew ??= new FitCrew();
      return this.#crew.fit(folds, work, watch);
    }
    const { clock } = this.#input;
    const before = clock.now();
    try {
      const plain = folds.map(({ fold }) => fold);
      return await fitFolds(plain, work, { ...watch, shared: this.#shared });
    } finally {
      this.#alone += clock.now() - before;
    }
  }
}

/** A share is a share of the rounds where an estimator has them, else of the training rows. */
function resourced(estimator: Estimator, { params, share }: Proposal) {
  const resolved: Readonly<Record<string, unknown>> = resolveOptions(estimator.name, estimator.params, params);
  if (share === 1 || !Object.hasOwn(estimator.params, 'rounds')) return { params: resolved, rowShare: share };
  return { params: { ...resolved, rounds: Math.max(1, Math.ceil((resolved['rounds'] as number) * share)) }, rowShare: 1 };
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const out = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
