import { type ColumnKinds, checkKinds } from './check-kinds.js';
import type { ColumnKind } from './column.js';
import type { Call, Expression, Operation } from './expression.js';
import * as functions from './scalar-functions.js';

/**
 * Writes expressions as JavaScript statements over local constants. Inside, a missing number or timestamp is NaN, a missing
 * boolean 255 and a missing string null. Columns must be bound to names by `bind` before the statements run.
 */
export class JavaScriptEmitter {
  readonly #kinds: ColumnKinds;
  readonly #bind: (column: string) => string;
  readonly #columns = new Map<string, string>();
  readonly #sets: ReadonlySet<string>[] = [];
  #statements: string[] = [];
  #count = 0;

  /** `bind` gives the JavaScript expression that reads a column in inner form. */
  constructor(kinds: ColumnKinds, bind: (column: string) => string) {
    this.#kinds = kinds;
    this.#bind = bind;
  }

  /** Checks the expression and appends its statements; returns the name that holds its value, and its kind. */
  add(expression: Expression): { readonly name: string; readonly kind: ColumnKind } {
    const kind = checkKinds(expression, this.#kinds);
    return { name: this.#emit(expression), kind };
  }

  get statements(): string {
    return this.#statements.join('\n');
  }

  /** Values that the statements use by the names `fn` and `sets`. */
  get environment(): { readonly fn: typeof functions; readonly sets: readonly ReadonlySet<string>[] } {
    return { fn: functions, sets: this.#sets };
  }

  #let(code: string): string {
    const name = `v${this.#count++}`;
    this.#statements.push(`const ${name} = ${code};`);
    return name;
  }

  #emit(expression: Expression): string {
    if (expression.kind === 'column') {
      let name = this.#columns.get(expression.name);
      if (name === undefined) {
        name = this.#let(this.#bind(expression.name));
        this.#columns.set(expression.name, name);
      }
      return name;
    }
    if (expression.kind === 'literal') {
      const { type, value } = expression;
      if (type === 'string') return value === null ? 'null' : quoted(value as string);
      if (type === 'boolean') return value === null ? '255' : value ? '1' : '0';
      return this.#let(numeral(value === null ? Number.NaN : (value as number)));
    }
    if (expression.op === 'oneOf') return this.#let(this.#oneOf(expression));
    const kind = checkKinds(expression.args[expression.op === 'if' ? 1 : 0], this.#kinds);
    const args = expression.args.map((arg) => this.#emit(arg));
    if (expression.op === 'text') return this.#let(this.#text(expression, args));
    return this.#let(CODE[expression.op](kind, args[0], args[1], args[2]));
  }

  #oneOf(expression: Call): string {
    const kind = checkKinds(expression.args[0], this.#kinds);
    const of = this.#emit(expression.args[0]);
    const rest = expression.args.slice(1);
    let among = '0';
    if (kind === 'string' && rest.length > 6) {
      this.#sets.push(new Set(rest.map((arg) => (arg.kind === 'literal' ? String(arg.value) : ''))));
      among = `sets[${this.#sets.length - 1}].has(${of}) ? 1 : 0`;
    } else if (rest.length > 0) among = `${rest.map((arg) => `${of} === ${this.#emit(arg)}`).join(' || ')} ? 1 : 0`;
    return `${missing(kind, of)} ? 255 : (${among})`;
  }

  #text(expression: Call, args: readonly string[]): string {
    const kinds = expression.args.map((arg) => checkKinds(arg, this.#kinds));
    const parts = args.map((arg, i) => (kinds[i] === 'boolean' ? `(${arg} === 1 ? 'true' : 'false')` : arg));
    return `${args.map((arg, i) => missing(kinds[i], arg)).join(' || ')} ? null : '' + ${parts.join(' + ')}`;
  }
}

/** A value in inner form is missing. */
export function missing(kind: ColumnKind, name: string): string {
  return kind === 'boolean' ? `${name} === 255` : kind === 'string' ? `${name} === null` : `${name} !== ${name}`;
}

/** Text as a JavaScript literal. */
export const quoted = (text: string): string =>
  JSON.stringify(text).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');

const numeral = (value: number): string =>
  value !== value ? 'NaN' : Object.is(value, -0) ? '-0' : value === Number.POSITIVE_INFINITY ? 'Infinity' : String(value);

type Emit = (kind: ColumnKind, a: string, b: string, c: string) => string;

const comparison =
  (operator: string): Emit =>
  (kind, a, b) => {
    const holds =
      kind === 'string' && operator !== '===' && operator !== '!=='
        ? `fn.compareText(${a}, ${b}) ${operator} 0`
        : `${a} ${operator} ${b}`;
    return `${missing(kind, a)} || ${missing(kind, b)} ? 255 : ${holds} ? 1 : 0`;
  };
const both =
  (operator: '<=' | '>='): Emit =>
  (_, a, b) =>
    `${a} !== ${a} || ${b} !== ${b} ? NaN : ${a} ${operator} ${b} ? ${a} : ${b}`;

/** JavaScript of each operation, given the kind of its first argument (of the second for `if`). */
const CODE: Readonly<Record<Exclude<Operation, 'oneOf' | 'text'>, Emit>> = {
  plus: (_, a, b) => `${a} + ${b}`,
  minus: (_, a, b) => `${a} - ${b}`,
  times: (_, a, b) => `${a} * ${b}`,
  div: (_, a, b) => `${b} === 0 ? NaN : ${a} / ${b}`,
  negate: (_, a) => `-${a}`,
  abs: (_, a) => `Math.abs(${a})`,
  log: (_, a) => `${a} > 0 ? Math.log(${a}) : NaN`,
  sqrt: (_, a) => `Math.sqrt(${a})`,
  floor: (_, a) => `Math.floor(${a})`,
  min: both('<='),
  max: both('>='),
  eq: comparison('==='),
  ne: comparison('!=='),
  lt: comparison('<'),
  lte: comparison('<='),
  gt: comparison('>'),
  gte: comparison('>='),
  and: (_, a, b) => `${a} === 0 || ${b} === 0 ? 0 : ${a} === 255 || ${b} === 255 ? 255 : 1`,
  or: (_, a, b) => `${a} === 1 || ${b} === 1 ? 1 : ${a} === 255 || ${b} === 255 ? 255 : 0`,
  not: (_, a) => `${a} === 255 ? 255 : 1 - ${a}`,
  isMissing: (kind, a) => `${missing(kind, a)} ? 1 : 0`,
  coalesce: (kind, a, b) => `${missing(kind, a)} ? ${b} : ${a}`,
  if: (_, a, b, c) => `${a} === 1 ? ${b} : ${c}`,
  number: (kind, a) =>
    kind === 'boolean' ? `${a} === 255 ? NaN : ${a}` : kind === 'string' ? `${a} === null ? NaN : fn.parseNumber(${a})` : a,
  hourOf: (_, a) => `fn.hourOf(${a})`,
  weekdayOf: (_, a) => `fn.weekdayOf(${a})`,
  dayOf: (_, a) => `fn.dayOf(${a})`,
  monthOf: (_, a) => `fn.monthOf(${a})`,
  lower: (_, a) => `${a} === null ? null : fn.lowerText(${a})`,
  length: (_, a) => `${a} === null ? NaN : fn.textLength(${a})`,
  contains: (_, a, b) => `${a} === null || ${b} === null ? 255 : ${a}.includes(${b}) ? 1 : 0`,
};
