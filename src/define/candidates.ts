import { fail } from '../base/error.js';
import { type OptionSpec, type OptionSpecs, optionProblem } from '../base/options.js';
import { bayesOptions } from '../models/bayes/options.js';
import { constantOptions } from '../models/constant/options.js';
import { elasticOptions } from '../models/elastic/options.js';
import { MOST_MEMBERS, memberPrefixes, parseEnsembleName } from '../models/ensemble/ensemble-name.js';
import { ENSEMBLE_OPTIONS, ENSEMBLE_TASKS, type EnsembleName } from '../models/ensemble/options.js';
import { extraTreesOptions, forestOptions } from '../models/forest/options.js';
import { type CustomObjective, isCustomObjective } from '../models/gbdt/objectives/custom.js';
import { gbdtOptions } from '../models/gbdt/options.js';
import { linearOptions } from '../models/linear/options.js';
import { logisticOptions } from '../models/logistic/options.js';
import { mlpOptions } from '../models/mlp/options.js';
import { neighboursOptions } from '../models/neighbours/options.js';
import { rbfSvmOptions } from '../models/rbf-svm/options.js';
import { svmOptions } from '../models/svm/options.js';
import { treeOptions } from '../models/tree/options.js';
import { optionsObject, unknown } from './complain.js';
import { deepFreeze } from './freeze.js';
import type { Typed } from './mistake.js';
import type { CandidatePlan, SpacePlan, Task } from './plan.js';
import type { ChoiceSpace, IntSpace, RealSpace } from './spaces.js';
import { spellingFix } from './spelling-fix.js';

/** Each estimator that a definition can name: its declared parameters and the tasks it can do. */
export const CANDIDATES = Object.freeze({
  constant: { params: constantOptions, tasks: ['binary', 'multiclass', 'regression'] },
  logistic: { params: logisticOptions, tasks: ['binary', 'multiclass'] },
  linear: { params: linearOptions, tasks: ['regression'] },
  tree: { params: treeOptions, tasks: ['binary', 'multiclass', 'regression'] },
  gbdt: { params: gbdtOptions, tasks: ['binary', 'multiclass', 'regression'] },
  forest: { params: forestOptions, tasks: ['binary', 'multiclass', 'regression'] },
  extraTrees: { params: extraTreesOptions, tasks: ['binary', 'multiclass', 'regression'] },
  bayes: { params: bayesOptions, tasks: ['binary', 'multiclass'] },
  neighbours: { params: neighboursOptions, tasks: ['binary', 'multiclass', 'regression'] },
  elastic: { params: elasticOptions, tasks: ['regression'] },
  svm: { params: svmOptions, tasks: ['binary', 'multiclass'] },
  mlp: { params: mlpOptions, tasks: ['binary', 'multiclass', 'regression'] },
  rbfSvm: { params: rbfSvmOptions, tasks: ['binary', 'multiclass', 'regression'] },
} as const satisfies Record<string, { readonly params: OptionSpecs; readonly tasks: readonly Task[] }>);

export type CandidateName = keyof typeof CANDIDATES;

/** The name that a plan holds of an own function. */
type OwnName = CustomObjective['id'];

/** What a candidate's estimator takes and does. */
export interface CandidateEntry {
  readonly params: OptionSpecs;
  readonly tasks: readonly Task[];
}

/** The entry of an estimator, or of an ensemble such as 'stack(gbdt,logistic)'; undefined for a name that is neither. */
export function candidateEntry(estimator: string): CandidateEntry | undefined {
  if (Object.hasOwn(CANDIDATES, estimator)) return CANDIDATES[estimator as CandidateName];
  const parsed = parseEnsembleName(estimator);
  if (!parsed || !Object.hasOwn(ENSEMBLE_OPTIONS, parsed.kind)) return undefined;
  const { kind, members } = parsed;
  if (members.length > MOST_MEMBERS || !members.every((member) => Object.hasOwn(CANDIDATES, member))) return undefined;
  const entries = members.map((member): CandidateEntry => CANDIDATES[member as CandidateName]);
  const prefixes = memberPrefixes(members);
  const params = entries.flatMap((entry, m) =>
    Object.entries(entry.params).map(([name, spec]) => [`${prefixes[m]}.${name}`, spec] as const),
  );
  return {
    params: { ...ENSEMBLE_OPTIONS[kind as EnsembleName], ...Object.fromEntries(params) },
    tasks: ENSEMBLE_TASKS[kind as EnsembleName].filter((task) => entries.every(({ tasks }) => tasks.includes(task))),
  };
}

type Param<S extends OptionSpec> = S extends { kind: 'integer' }
  ? number | IntSpace | ChoiceSpace<number>
  : S extends { kind: 'number' }
    ? number | RealSpace | IntSpace | ChoiceSpace<number>
    : S extends { kind: 'boolean' }
      ? boolean | ChoiceSpace<boolean>
      : S extends { kind: 'choice'; versioned: true; choices: readonly (infer C extends string)[] }
        ? C | CustomObjective | OwnName | ChoiceSpace<C | OwnName>
        : S extends { kind: 'choice'; choices: readonly (infer C extends string)[] }
          ? C | ChoiceSpace<C>
          : S extends { kind: 'directions' | 'groups' }
            ? string | ChoiceSpace<string>
            : never;
/** Parameters as a definition gives them: each fixed or a space to search, as declared by the estimator. */
export type CandidateParams<S extends OptionSpecs> = { readonly [K in keyof S]?: Param<S[K]> };

/** A candidate that can do the tasks T. */
export interface Candidate<T extends Task = Task> extends CandidatePlan, Typed<(task: T) => void> {}

type TasksOf<N extends CandidateName> = (typeof CANDIDATES)[N]['tasks'][number];
type ParamsOf<N extends CandidateName> = CandidateParams<(typeof CANDIDATES)[N]['params']>;

const candidate =
  <N extends CandidateName>(name: N) =>
  (params: ParamsOf<N> = {}): Candidate<TasksOf<N>> => {
    const given = named(optionsObject(name, params, Object.keys(CANDIDATES[name].params)));
    checkParams(name, given);
    return deepFreeze({ kind: 'candidate', estimator: name, params: { ...given } as CandidatePlan['params'] });
  };

/** Own objectives by their names: a plan is data. */
const named = (given: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(given).map(([option, value]) => [option, isCustomObjective(value) ? value.id : value]));

/** The same answer for every row: what any model must beat. */
export const constant = candidate('constant');
/** Logistic regression: linear, softmax for several classes. */
export const logistic = candidate('logistic');
/** Linear regression with a ridge penalty. */
export const linear = candidate('linear');
/** One decision tree. */
export const tree = candidate('tree');
/** Gradient boosted decision trees. */
export const gbdt = candidate('gbdt');
/** Random forest: the average of trees on resampled rows. */
export const forest = candidate('forest');
/** Extremely randomised trees: the average of trees with thresholds drawn at random. */
export const extraTrees = candidate('extraTrees');
/** Naive Bayes: features independent within a class. */
export const bayes = candidate('bayes');
/** The mean of the k nearest training rows. */
export const neighbours = candidate('neighbours');
/** Linear regression with an elastic net penalty: lasso, ridge, or between. */
export const elastic = candidate('elastic');
/** Linear support vector machine. */
export const svm = candidate('svm');
/** Multilayer perceptron: a small neural network. */
export const mlp = candidate('mlp');
/** Support vector machine with the Gaussian kernel, for small data. */
export const rbfSvm = candidate('rbfSvm');

/**
 * Checks each parameter, or both ends of its space, against its declaration.
 * @throws MW_DEFINE_UNKNOWN for an estimator or parameter that does not exist, MW_OPTION_INVALID for a value out of range
 */
export function checkParams(estimator: string, params: Readonly<Record<string, unknown>>): void {
  const entry = candidateEntry(estimator);
  if (!entry)
    unknown('train.candidates', `There is no estimator '${estimator}'.`, estimator, Object.keys(CANDIDATES), 'Estimators');
  for (const [name, value] of Object.entries(params)) {
    const spec = Object.hasOwn(entry.params, name) ? entry.params[name] : undefined;
    if (!spec) {
      const names = Object.keys(entry.params);
      fail('MW_DEFINE_UNKNOWN', {
        what: `${estimator} has no option '${name}'.`,
        where: { place: 'train.candidates' },
        fix: spellingFix(name, names, 'Options'),
      });
    }
    for (const one of tried(value)) {
      const problem = spaceProblem(spec, value) ?? optionProblem(spec, one);
      if (problem)
        fail('MW_OPTION_INVALID', {
          what: `${estimator}: option '${name}' ${problem}.`,
          where: { place: `train.candidates ${estimator}` },
        });
    }
  }
}

const isSpace = (value: unknown): value is SpacePlan => typeof value === 'object' && value !== null && 'kind' in value;

/** The values whose fitness decides that of all: the ends of a range, every choice. */
function tried(value: unknown): readonly unknown[] {
  if (!isSpace(value)) return [value];
  return value.kind === 'choiceSpace' ? value.choices : [value.low, value.high];
}

function spaceProblem(spec: OptionSpec, value: unknown): string | undefined {
  if (!isSpace(value) || value.kind === 'choiceSpace') return undefined;
  if (spec.kind === 'integer' && value.kind !== 'intSpace') return 'is a whole number: search it with int(low, high)';
  if (spec.kind !== 'integer' && spec.kind !== 'number') return 'is no number: search it with choice(...)';
  return undefined;
}
