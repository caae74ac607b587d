import type { Duration } from '../base/duration.js';
import type { ContentHash } from '../base/hash.js';
import type { Scalar } from '../frame/column.js';
import { CALIBRATION_METHODS, type CalibrationMethod } from '../models/calibration/calibration.js';
import type { Candidate } from './candidates.js';
import { checkPlan } from './check-plan.js';
import type { Columns, RowOf } from './columns.js';
import { called, duplicate, finite, invalid, optionsObject, shown, span, text, unknown } from './complain.js';
import { DEFAULT_MAX_ROWS, DEFAULT_SHADOW } from './defaults.js';
import type { FeatureSet } from './feature-set.js';
import { type Gates, gateBuilder } from './gates.js';
import type { Label } from './label.js';
import type { MetricName } from './metrics.js';
import type { NamesOf, Typed } from './mistake.js';
import type {
  GatePlan,
  RequestPlan,
  RetrainPlan,
  ServePlan,
  SignalPlan,
  SourcePlan,
  SystemPlan,
  Task,
  TrainPlan,
} from './plan.js';
import { planHash } from './plan-hash.js';
import { type ProblemOptions, problemPlan } from './problem.js';
import { searchPlan } from './search.js';
import { type Signals, signalBuilder } from './signals.js';
import type { Source } from './source.js';
import { type SplitOptions, splitPlan } from './split.js';
import type { StrategyOptions } from './strategies.js';

/** What a definition says, for a label of type Y over a source with columns C, features F, a request I and signals W. */
export interface SystemOptions<T extends Task, Y, C extends Columns, F, I, W extends string> {
  readonly problem: ProblemOptions<Y, T>;
  /** The model's inputs. */
  readonly features: FeatureSet<F, I>;
  /** Sources to ingest and validate although neither feature nor label reads them. */
  readonly sources?: readonly Source[];
  readonly label: Label<Y, C>;
  readonly train: {
    readonly split: SplitOptions<NamesOf<RowOf<C>, Date>>;
    /** Largest number of training rows; all unless given. */
    readonly sample?: number;
    readonly candidates: readonly Candidate<NoInfer<T>>[];
    /** How the winner's probabilities are set right on validation rows; not at all unless given. */
    readonly calibrate?: 'regression' extends T ? never : CalibrationMethod;
    readonly search: StrategyOptions & {
      /** Metric of the validation rows to choose by; `value` is money and needs problem.value. */
      readonly by: MetricName<NoInfer<T>>;
      /** Trials over all candidates. */
      readonly trials: number;
      readonly seed: number;
      /** Wall time of the search with the final fit. */
      readonly timeBudget?: Duration;
      /** Most trials at a time; as many as there are cores unless given. Results do not depend on it. */
      readonly workers?: number;
    };
  };
  /** Gates that a candidate must pass before it may serve. */
  readonly accept?: (g: Gates<NoInfer<T>, F, I>) => readonly GatePlan[];
  readonly serve?: {
    /** Value of a feature when it is missing at serving time. */
    readonly whenMissing?: Partial<F>;
    /** Largest number of rows in one request, 1000 unless given. */
    readonly maxRows?: number;
  };
  /** Signals to watch, by name. */
  readonly watch?: (s: Signals<NoInfer<T>, F>) => Record<W, SignalPlan>;
  readonly retrain?: {
    /** Signals that start a retraining. */
    readonly on: readonly NoInfer<W>[];
    readonly atMostEvery: Duration;
    /** How long a challenger is shadowed before it is promoted or refused; 1 day unless given. */
    readonly shadow?: Duration;
  };
}

const SYSTEM = Symbol.for('millwright.system');

/** A whole definition: its plan, and the types of its request, features, prediction and signals. */
export interface System<I = unknown, Y = unknown, T extends Task = Task, F = unknown, W extends string = string>
  extends Typed<[I, Y, T, F, W]> {
  readonly kind: 'systemDefinition';
  readonly name: string;
  readonly plan: SystemPlan;
  readonly hash: ContentHash;
}

/**
 * A machine-learning system, whole.
 * @throws MW_DEFINE_* with the place on a mistake that the types could not tell
 */
export function system<const T extends Task, Y, const C extends Columns, F, I, const W extends string>(
  name: string,
  options: SystemOptions<T, Y, C, F, I, W>,
): System<I, Y, T, F, W> {
  text('system(name)', name);
  const given = optionsObject(`system('${name}')`, options, [
    'problem',
    'features',
    'sources',
    'label',
    'train',
    'accept',
    'serve',
    'watch',
    'retrain',
  ]);
  const label = given.label as Label | undefined;
  if (typeof label !== 'object' || label === null || label.kind !== 'label')
    invalid('label', `label must be made with labelFrom, not ${shown(label)}.`);
  const set = given.features as FeatureSet | undefined;
  if (typeof set !== 'object' || set === null || set.kind !== 'features')
    invalid(
      'features',
      `features must be a feature set, not ${shown(set)}.`,
      'Make it with features(...), request(...) or combine([...]).',
    );
  const { problem, positive } = problemPlan(given.problem, label.type);
  const request = requestPlan(set);
  const names = set.features.map((feature) => feature.name);
  const watch = watchPlan(problem.task, names, given.watch);
  const plan = checkPlan({
    kind: 'system',
    format: 1,
    name,
    problem,
    sources: sourcePlans([label.source, ...set.sources, ...furtherSources(given.sources)]),
    views: set.views,
    request,
    features: set.features,
    label: { ...label.plan, positive },
    train: trainPlan(given.train, label),
    accept: acceptPlan(problem.task, [...names, ...Object.keys(request.columns)], given.accept),
    serve: servePlan(given.serve),
    watch,
    retrain: given.retrain === undefined ? null : retrainPlan(given.retrain, Object.keys(watch)),
  } satisfies SystemPlan);
  return Object.freeze({ kind: 'systemDefinition', name, plan, hash: planHash(plan), [SYSTEM]: true });
}

/** True for a system, even one made by another copy of this package. */
export function isSystem(given: unknown): given is System {
  return typeof given === 'object' && given !== null && (given as { [SYSTEM]?: unknown })[SYSTEM] === true;
}

function furtherSources(given: unknown): readonly Source[] {
  if (given === undefined) return [];
  if (!Array.isArray(given)) invalid('sources', `sources must be a list of sources, not ${shown(given)}.`);
  for (const one of given as readonly unknown[])
    if (typeof one !== 'object' || one === null || (one as Source).kind !== 'source')
      invalid('sources', `A source cannot be ${shown(one)}.`, 'Make it with source(name, { ... }).');
  return given as readonly Source[];
}

function sourcePlans(sources: readonly Source[]): Readonly<Record<string, SourcePlan>> {
  const all = new Map<string, Source>();
  const add = (source: Source) => {
    const there = all.get(source.name);
    if (there === source) return;
    if (there) duplicate('features', `There are two sources named '${source.name}'.`, 'Rename one of them.');
    all.set(source.name, source);
    source.refersTo.forEach(add);
  };
  sources.forEach(add);
  return Object.fromEntries([...all].map(([name, source]) => [name, source.plan]));
}

/** What arrives with a request: the columns asked for, and the keys of the views that were not. */
function requestPlan(set: FeatureSet): RequestPlan {
  const columns = { ...set.request?.columns };
  for (const [name, plan] of Object.entries(set.keys)) columns[name] ??= plan;
  return { kind: 'request', time: set.request?.time ?? null, columns };
}

function trainPlan(options: unknown, label: Label): TrainPlan {
  const given = optionsObject('train', options, ['split', 'sample', 'candidates', 'search', 'calibrate']);
  const { candidates } = given;
  if (!Array.isArray(candidates)) invalid('train.candidates', `train.candidates must be a list, not ${shown(candidates)}.`);
  for (const candidate of candidates)
    if (typeof candidate !== 'object' || candidate === null || candidate.kind !== 'candidate')
      invalid('train.candidates', `A candidate cannot be ${shown(candidate)}.`, 'For example: [logistic(), gbdt()].');
  return {
    kind: 'train',
    split: splitPlan(given.split, label.source.name, label.source.plan.contract.columns),
    sample: given.sample === undefined ? null : finite('train.sample', given.sample, { min: 1, whole: true }),
    candidates: candidates as TrainPlan['candidates'],
    search: searchPlan(given.search),
    ...(given.calibrate === undefined ? {} : { calibrate: calibrationMethod(given.calibrate) }),
  };
}

function calibrationMethod(given: unknown): CalibrationMethod {
  const names: readonly unknown[] = CALIBRATION_METHODS;
  if (!names.includes(given))
    unknown(
      'train.calibrate',
      `There is no calibration ${shown(given)}.`,
      String(given),
      [...CALIBRATION_METHODS],
      'Calibrations',
    );
  return given as CalibrationMethod;
}

function acceptPlan(task: Task, sliceable: readonly string[], accept: unknown): readonly GatePlan[] {
  if (accept === undefined) return [];
  const made = called<[unknown], unknown>('accept', accept)(gateBuilder(task, [...new Set(sliceable)]));
  if (!Array.isArray(made)) invalid('accept', `accept must return a list of gates, not ${shown(made)}.`);
  for (const gate of made as readonly unknown[])
    if (typeof gate !== 'object' || gate === null || !Object.hasOwn(gate, 'kind') || (gate as GatePlan).kind !== 'gate')
      invalid('accept', 'accept returns something that is no gate.', "Finish each: g.metric('auc').atLeast(0.7).");
  return made as readonly GatePlan[];
}

function servePlan(options: unknown): ServePlan {
  const given = optionsObject('serve', options ?? {}, ['whenMissing', 'maxRows']);
  const whenMissing = given.whenMissing ?? {};
  if (typeof whenMissing !== 'object' || Array.isArray(whenMissing))
    invalid('serve.whenMissing', `serve.whenMissing must be an object of values by feature, not ${shown(whenMissing)}.`);
  return {
    kind: 'serve',
    whenMissing: { ...whenMissing } as Readonly<Record<string, Scalar>>,
    maxRows: finite('serve.maxRows', given.maxRows ?? DEFAULT_MAX_ROWS, { min: 1, whole: true }),
  };
}

function watchPlan(task: Task, features: readonly string[], watch: unknown): Readonly<Record<string, SignalPlan>> {
  if (watch === undefined) return {};
  const made = called<[unknown], unknown>('watch', watch)(signalBuilder(task, features));
  if (typeof made !== 'object' || made === null || Array.isArray(made))
    invalid('watch', `watch must return signals by name, not ${shown(made)}.`);
  for (const [name, signal] of Object.entries(made))
    if (typeof signal !== 'object' || signal === null || signal.kind !== 'signal')
      invalid(
        `watch.${name}`,
        `watch.${name} must be a signal, not ${shown(signal)}.`,
        "For example: s.drift('score', { above: 0.2 }).",
      );
  return { ...made } as Readonly<Record<string, SignalPlan>>;
}

function retrainPlan(options: unknown, signals: readonly string[]): RetrainPlan {
  const given = optionsObject('retrain', options, ['on', 'atMostEvery', 'shadow']);
  if (!Array.isArray(given.on) || given.on.length === 0)
    invalid('retrain.on', `retrain.on must list signals, not ${shown(given.on)}.`, `Signals: ${signals.join(', ') || 'none'}.`);
  for (const name of given.on as readonly unknown[])
    if (typeof name !== 'string' || !signals.includes(name))
      unknown('retrain.on', `There is no signal ${shown(name)}.`, String(name), signals, 'Signals');
  return {
    kind: 'retrain',
    on: [...(given.on as readonly string[])],
    atMostEvery: span('retrain.atMostEvery', given.atMostEvery, true),
    shadow: given.shadow === undefined ? DEFAULT_SHADOW : span('retrain.shadow', given.shadow, true),
  };
}
