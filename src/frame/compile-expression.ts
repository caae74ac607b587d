import { emptyRecord } from '../base/record.js';
import { type ColumnKinds, checkKinds } from './check-kinds.js';
import type { Column, ColumnKind, Scalar } from './column.js';
import { JavaScriptEmitter, quoted } from './emit-javascript.js';
import { columnsRead, type Expression } from './expression.js';
import { columnOf, type Frame } from './frame.js';

export { type ColumnKinds, checkKinds } from './check-kinds.js';

/** The kinds of a frame's columns by name. */
export function kindsOf(table: Frame): Record<string, ColumnKind> {
  const kinds = emptyRecord<ColumnKind>();
  for (const [name, column] of Object.entries(table.columns)) kinds[name] = column.kind;
  return kinds;
}

/**
 * Compiles an expression to a function of whole frames: one loop of generated code, no object per row. With `kinds` the expression is
 * checked at once; without, when the first frame comes.
 * @throws MW_EXPRESSION_COLUMN_UNKNOWN, MW_EXPRESSION_KIND
 */
export function compileRows(expression: Expression, kinds?: ColumnKinds): (table: Frame) => Column {
  const names = [...columnsRead(expression)];
  const compiled = new Map<string, ColumnLoop>();
  if (kinds) compiled.set(signature(names, kinds), compileLoop(expression, names, kinds));
  return (table) => {
    if (expression.kind === 'column') {
      checkKinds(expression, kindsOf(table));
      return columnOf(table, expression.name);
    }
    const given = kindsOf(table);
    const key = signature(names, given);
    let loop = compiled.get(key);
    if (!loop) {
      loop = compileLoop(expression, names, given);
      compiled.set(key, loop);
    }
    return loop(
      names.map((name) => columnOf(table, name)),
      table.rows,
    );
  };
}

const signature = (names: readonly string[], kinds: ColumnKinds) =>
  names.map((name) => (Object.hasOwn(kinds, name) ? kinds[name] : '?')).join();

type ColumnLoop = (columns: readonly Column[], rows: number) => Column;

function compileLoop(expression: Expression, names: readonly string[], kinds: ColumnKinds): ColumnLoop {
  const emitter = new JavaScriptEmitter(kinds, (name) => {
    const at = names.indexOf(name);
    return kinds[name] === 'string' ? `c${at}[i] < 0 ? null : d${at}[c${at}[i]]` : `c${at}[i]`;
  });
  const result = emitter.add(expression);
  const inputs = names.map((name, at) =>
    kinds[name] === 'string'
      ? `const c${at} = columns[${at}].codes, d${at} = columns[${at}].dictionary;`
      : `const c${at} = columns[${at}].values;`,
  );
  const loop = (before: string, store: string, after: string) =>
    `${inputs.join('\n')}\n${before}\nfor (let i = 0; i < rows; i++) {\n${emitter.statements}\n${store}\n}\nreturn ${after};`;
  const { name, kind } = result;
  const body =
    kind === 'string'
      ? loop(
          'const codes = new Int32Array(rows), dictionary = [], seen = new Map();',
          `if (${name} === null) codes[i] = -1; else {
let code = seen.get(${name});
if (code === undefined) { code = dictionary.push(${name}) - 1; seen.set(${name}, code); }
codes[i] = code; }`,
          "{ kind: 'string', codes, dictionary }",
        )
      : loop(
          `const values = new ${kind === 'boolean' ? 'Uint8Array' : 'Float64Array'}(rows);`,
          `values[i] = ${name};`,
          `{ kind: '${kind}', values }`,
        );
  const { fn, sets } = emitter.environment;
  const run = new Function('columns', 'rows', 'fn', 'sets', body) as (
    columns: readonly Column[],
    rows: number,
    fn: unknown,
    sets: unknown,
  ) => Column;
  return (columns, rows) => run(columns, rows, fn, sets);
}

/** A row as an object by column name, or as an array of values in the order of `names`. */
export type RowFunction<Input> = (row: Input) => Scalar;

/**
 * Compiles an expression to a function of one row given as an object by column name. Values of another kind than declared, undefined
 * and NaN are missing. Numbers are not boxed inside.
 * @throws MW_EXPRESSION_COLUMN_UNKNOWN, MW_EXPRESSION_KIND
 */
export function compileRow(expression: Expression, kinds: ColumnKinds): RowFunction<Readonly<Record<string, unknown>>>;
/** The same for rows given as arrays of values in the order of `names`. */
export function compileRow(
  expression: Expression,
  kinds: ColumnKinds,
  names: readonly string[],
): RowFunction<readonly unknown[]>;
export function compileRow(expression: Expression, kinds: ColumnKinds, names?: readonly string[]): RowFunction<never> {
  const emitter = new JavaScriptEmitter(kinds, (name) =>
    fromScalar(kinds[name], `row[${names ? names.indexOf(name) : quoted(name)}]`),
  );
  const { name, kind } = emitter.add(expression);
  const { fn, sets } = emitter.environment;
  const body = `return (row) => {\n${emitter.statements}\nreturn ${toScalar(kind, name)};\n};`;
  return new Function('fn', 'sets', body)(fn, sets) as RowFunction<never>;
}

/** JavaScript that turns a plain value into inner form; what is of another kind is missing. */
export function fromScalar(kind: ColumnKind, code: string): string {
  if (kind === 'boolean') return `${code} === true ? 1 : ${code} === false ? 0 : 255`;
  if (kind === 'string') return `typeof ${code} === 'string' ? ${code} : null`;
  return `typeof ${code} === 'number' ? ${code} : NaN`;
}

function toScalar(kind: ColumnKind, name: string): string {
  if (kind === 'boolean') return `${name} === 255 ? null : ${name} === 1`;
  return kind === 'string' ? name : `${name} !== ${name} ? null : ${name}`;
}
