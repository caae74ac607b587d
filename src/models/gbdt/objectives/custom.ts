import { fail } from '../../../base/error.js';
import { log } from '../../../kernels/math.js';
import type { Task } from '../../estimator.js';
import type { Objective } from '../objective.js';
import { tasksOf } from './names.js';
import { averageLoss, meanTarget } from './weighted.js';

/** What `customObjective` takes: a loss of one score and one target, and its first and second derivative by the score. */
export interface CustomObjectiveOptions {
  /** Letters, digits, '-' and '_', beginning with a letter. */
  readonly name: string;
  /** A whole number from 1 on; a function that changes gets a new one, since models name it by name and version. */
  readonly version: number;
  /**
   * How a score becomes the prediction: as it is, by the logistic function (a binary problem with targets 0 and 1), or by the
   * exponential function. 'identity' unless given.
   */
  readonly link?: 'identity' | 'sigmoid' | 'exp';
  readonly loss: (score: number, target: number) => number;
  readonly gradient: (score: number, target: number) => number;
  /** Never below zero. */
  readonly hessian: (score: number, target: number) => number;
  /** The score to begin from, given the weighted mean of the target; what the link makes into that mean unless given. */
  readonly start?: (mean: number) => number;
}

/** An own objective as a candidate names it. */
export interface CustomObjective {
  readonly kind: 'objective';
  /** `name@version`: all that plans and models hold of it. */
  readonly id: `${string}@${number}`;
}

interface Registered {
  readonly task: Task;
  readonly objective: Objective;
  /** The text of its functions, to tell whether two of one id are the same. */
  readonly text: string;
}

/**
 * Own objectives of this process by id. A plan is data and holds only the id, so the functions themselves must be looked up; nothing
 * but `customObjective` writes here, and an id never changes its meaning.
 */
const registered = new Map<string, Registered>();

const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
/** Keeps the mean of a binary target away from 0 and 1, and of amounts from 0. */
const EDGE = 1e-6;

/**
 * An own loss for gradient boosting: `gbdt({ objective: customObjective({ name: 'asymmetric', version: 1, ... }) })`. The functions must
 * be pure; to get the same bits on every machine they must keep to arithmetic, since Math.exp and its like differ between engines. The
 * derivatives may be any that steer well: they need not be those of the loss.
 * @throws MW_MODEL_OBJECTIVE for a bad name or version, a missing function, or an id that already stands for other code
 */
export function customObjective(options: CustomObjectiveOptions): CustomObjective {
  const { name, version, link = 'identity', loss, gradient, hessian, start } = options;
  const refuse = (what: string, fix?: string): never =>
    fail('MW_MODEL_OBJECTIVE', { what, where: { objective: String(name) }, ...(fix ? { fix } : {}) });
  if (typeof name !== 'string' || !NAME.test(name) || name === 'auto' || tasksOf(name).length > 0)
    refuse(`An own objective cannot be called '${name}'.`, 'Use letters, digits, - and _, and no name that is built in.');
  if (!Number.isInteger(version) || version < 1)
    refuse(`Version ${version} of the objective '${name}' is not a whole number from 1 on.`);
  if (!['identity', 'sigmoid', 'exp'].includes(link)) refuse(`The objective '${name}' has no link '${link}'.`);
  for (const [part, given] of Object.entries({ loss, gradient, hessian, start: start ?? (() => 0) }))
    if (typeof given !== 'function') refuse(`The ${part} of the objective '${name}' is not a function.`);
  const id = `${name}@${version}` as const;
  const text = [link, loss, gradient, hessian, start].map(String).join('\n');
  const known = registered.get(id);
  if (known && known.text !== text)
    refuse(`The objective '${id}' already stands for other code in this process.`, 'Raise its version.');
  if (!known)
    registered.set(id, {
      text,
      task: link === 'sigmoid' ? 'binary' : 'regression',
      objective: objectiveOf(id, { ...options, link }),
    });
  return Object.freeze({ kind: 'objective', id });
}

/** Whether a value came from `customObjective`. */
export function isCustomObjective(value: unknown): value is CustomObjective {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'objective' && 'id' in value;
}

/** @throws MW_MODEL_OBJECTIVE when no such objective was defined in this process */
export function registeredObjective(id: string): Pick<Registered, 'task' | 'objective'> {
  return (
    registered.get(id) ??
    fail('MW_MODEL_OBJECTIVE', {
      what: `The objective '${id}' is not known in this process.`,
      where: { objective: id },
      fix: 'Import the module that makes it with customObjective(...) before training; predicting needs it not.',
    })
  );
}

function objectiveOf(
  id: string,
  options: CustomObjectiveOptions & { readonly link: 'identity' | 'sigmoid' | 'exp' },
): Objective {
  const { link, loss, gradient, hessian } = options;
  const start = options.start ?? ((mean: number) => scoreOf(link, mean));
  return {
    outputs: 1,
    link,
    start: (data) => Float64Array.of(finite(id, 'start', start(meanTarget(data)))),
    gradients(scores, { target, weight }, _output, pairs) {
      let mostGradient = 0;
      let mostHessian = 0;
      for (let i = 0; i < target.length; i++) {
        const w = weight ? weight[i] : 1;
        const g = gradient(scores[i], target[i]);
        const h = hessian(scores[i], target[i]);
        if (!(Number.isFinite(g) && Number.isFinite(h) && h >= 0))
          fail('MW_MODEL_OBJECTIVE', {
            what: `The objective '${id}' has the gradient ${g} and the hessian ${h} at score ${scores[i]} and target ${target[i]}.`,
            where: { objective: id, row: i },
            fix: 'Both must be finite, and the hessian not below zero.',
          });
        pairs[2 * i] = w * g;
        pairs[2 * i + 1] = w * h;
        mostGradient = Math.max(mostGradient, Math.abs(pairs[2 * i]));
        mostHessian = Math.max(mostHessian, pairs[2 * i + 1]);
      }
      return { gradient: mostGradient, hessian: mostHessian };
    },
    meanLoss: (scores, data) =>
      finite(
        id,
        'loss',
        averageLoss(data, (i) => loss(scores[i], data.target[i])),
      ),
  };
}

function scoreOf(link: 'identity' | 'sigmoid' | 'exp', mean: number): number {
  if (link === 'identity') return mean;
  if (link === 'exp') return log(Math.max(EDGE, mean));
  const share = Math.min(1 - EDGE, Math.max(EDGE, mean));
  return log(share / (1 - share));
}

function finite(id: string, what: string, value: number): number {
  if (!Number.isFinite(value))
    fail('MW_MODEL_OBJECTIVE', { what: `The ${what} of the objective '${id}' is ${value}.`, where: { objective: id } });
  return value;
}
