import { COLUMN_TYPES, TYPES } from '../../types/catalogue.js';
import type { ModuleInput } from './module-inputs.js';

/** Most categories or classes that are written out as types: longer lists make compilers slow and say little to people. */
const MOST_LITERALS = 200;

const literals = (texts: readonly string[] | null): string =>
  texts === null || texts.length === 0 || texts.length > MOST_LITERALS ? 'string' : texts.map(quoted).join(' | ');

const quoted = (text: string): string => JSON.stringify(text).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');

const comment = (text: string): string => text.replaceAll('*/', '* /').replace(/[\n\r\u2028\u2029]/g, ' ');

/** TypeScript declarations of a module. */
export function moduleTypes(
  inputs: readonly ModuleInput[],
  task: 'binary' | 'multiclass' | 'regression',
  classes: readonly string[],
): string {
  const fields = inputs.map(({ name, type, categories, required, used, from, says }) => {
    const about = [
      type === 'integer' ? 'A whole number.' : '',
      type === 'timestamp' ? 'An ISO 8601 moment or epoch milliseconds.' : '',
      from === 'window' && says !== null ? `${says}.` : '',
      used ? '' : 'Not used by the model.',
    ].filter((text) => text !== '');
    const value = type === 'category' ? literals(categories) : TYPES[type].typescript;
    const optional = !required;
    const missing = optional || from === 'window' ? ' | null' : '';
    return `${about.length > 0 ? `  /** ${comment(about.join(' '))} */\n` : ''}  readonly ${quoted(name)}${optional ? '?' : ''}: ${value}${missing};\n`;
  });
  const label = literals(classes);
  const keyed =
    classes.length > MOST_LITERALS
      ? `Readonly<Record<string, number>>`
      : `{ ${classes.map((name) => `readonly ${quoted(name)}: number`).join('; ')} }`;
  const [prediction, probability] = {
    binary: [label, 'number'],
    multiclass: [label, keyed],
    regression: ['number', 'null'],
  }[task];
  return `/** What a prediction is asked for with. */
export interface Request {
${fields.join('')}}

export interface Prediction {
  readonly prediction: ${prediction};
  /** ${task === 'binary' ? `Of the class ${comment(quoted(classes[1] ?? ''))}.` : task === 'multiclass' ? 'Of each class.' : 'Only classes have one.'} */
  readonly probability: ${probability};
  /** What is odd about the request, such as a category that training did not have; absent where nothing is. */
  readonly warnings?: readonly { readonly code: string; readonly column: string | null }[];
}

/** One thing wrong with a request; a warning refuses nothing. */
export interface Problem {
  readonly code: string;
  readonly severity: 'error' | 'warning';
  readonly column: string | null;
  readonly message: string;
}

/** What a bad request is refused with, as the server answers it. */
export interface ErrorDetail {
  readonly code: string;
  readonly message: string;
  readonly where: Readonly<Record<string, string | number>>;
  readonly fix: string;
}

export interface Description {
  readonly model: string;
  readonly version: number;
  /** Hash of the model version, and of its pipeline. */
  readonly hash: string;
  readonly pipeline: string;
  readonly estimator: string;
  readonly task: 'binary' | 'multiclass' | 'regression';
  readonly classes: readonly string[];
  /** Probability from which a binary row is decided positive. */
  readonly threshold: number;
  readonly inputs: readonly {
    readonly name: string;
    readonly type: ${COLUMN_TYPES.map(quoted).join(' | ').replaceAll('"', "'")};
    readonly categories: readonly string[] | null;
    readonly required: boolean;
    readonly used: boolean;
    readonly from: 'request' | 'window';
    readonly says: string | null;
  }[];
  /** Figures of the version by part of the data. */
  readonly metrics: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** What was given up for size; null when every bit is the model's. */
  readonly loss: { readonly prune: number; readonly leafBits: number } | null;
}

/** @throws an Error that is an ErrorDetail when the request does not meet the contract */
export function predict(request: Request): Prediction;
/** One answer a request, in order; a bad one is answered with its error and does not disturb the others. */
export function predictBatch(requests: readonly Request[]): (Prediction | { readonly error: ErrorDetail })[];
/** All that is wrong with a request, warnings too; empty when nothing is. */
export function check(request: unknown): Problem[];
export function describe(): Description;
`;
}
