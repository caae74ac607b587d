import { didYouMean, nearest } from '../base/nearest.js';
import type { CheckPlan, ColumnPlan, ContractPlan } from '../define/plan.js';
import type { ColumnKind, Scalar } from '../frame/column.js';
import { compileRow } from '../frame/compile-expression.js';
import { columnsRead } from '../frame/expression.js';
import { kindOfType, TYPES } from '../types/catalogue.js';
import { type ReadValue, reader } from '../types/reader.js';
import { kindOfCheck } from './checks/catalogue.js';
import type { ValueTest } from './checks/check-kind.js';

export type RowProblemCode =
  | 'MW_ROW_NOT_OBJECT'
  | 'MW_ROW_COLUMN_MISSING'
  | 'MW_ROW_COLUMN_UNKNOWN'
  | 'MW_ROW_TYPE'
  | 'MW_ROW_CATEGORY_UNSEEN'
  | 'MW_ROW_CHECK';

/** What is wrong with a row; a warning does not refuse it. */
export interface RowProblem {
  readonly code: RowProblemCode;
  readonly severity: 'error' | 'warning';
  /** Null when it is about the row as a whole. */
  readonly column: string | null;
  readonly message: string;
}

/** What a prediction says of a row that was taken all the same. */
export interface RowWarning {
  readonly code: RowProblemCode;
  readonly column: string | null;
}

export const warningOf = ({ code, column }: RowProblem): RowWarning => ({ code, column });

export interface RowCheck {
  /** The columns in the order of the values. */
  readonly columns: readonly string[];
  /**
   * Checks one row as JSON gave it and writes its values as its columns read them (timestamps as epoch milliseconds, missing as null) into
   * `values`, in the order of `columns`. Gives the problems; the same empty list each time there is none. A value with an error is null.
   */
  check(row: unknown, values: Scalar[]): readonly RowProblem[];
  /**
   * The same of a row that was read already, as rows of files are.
   * @param values null where missing or unreadable, in the order of `columns`
   * @param unreadable what stood where a value could not be read, undefined for every other column; null when there is none
   * @param others names of the row besides the columns
   */
  checkRead(
    values: readonly Scalar[],
    unreadable: ((column: string) => unknown) | null,
    others: readonly string[],
  ): readonly RowProblem[];
}

const NONE: readonly RowProblem[] = Object.freeze([]);

interface CompiledColumn {
  readonly name: string;
  readonly read: ReadValue;
  readonly wanted: string;
  readonly required: boolean;
  readonly known: ReadonlySet<string> | null;
  readonly tests: readonly { readonly holds: ValueTest; readonly says: string; readonly severity: RowProblem['severity'] }[];
}

interface CompiledCondition {
  readonly holds: (values: readonly unknown[]) => Scalar;
  readonly columns: readonly string[];
  readonly says: string;
  readonly severity: RowProblem['severity'];
}

/** What single rows must hold. */
export interface RowContract extends Pick<ContractPlan, 'columns'>, Partial<Pick<ContractPlan, 'checks'>> {
  /** Names that a row may have besides the columns without a word; they are not read. */
  readonly aside?: readonly string[];
}

/**
 * Compiles the check of single rows for requests: presence, types, and the contract's checks that are about one row (`between`, `oneOf`,
 * `matches`, `holds`, `notNull` with no share allowed). Values are read as their columns say, a quoted number as a number. A column that
 * may be missing may be left out. A category of a closed list that is not on it, and a column that is not known, are warnings.
 */
export function compileRowCheck(contract: RowContract): RowCheck {
  const names = Object.keys(contract.columns);
  const checks = contract.checks ?? [];
  const columns = names.map((name) => compileColumn(name, contract.columns[name] as ColumnPlan, checks));
  const conditions = compileConditions(names, contract.columns, checks);
  const known = new Set([...names, ...(contract.aside ?? [])]);

  const judgeWhole = (values: readonly Scalar[], found: RowProblem[] | null) => {
    let problems = found;
    for (const condition of conditions)
      if (condition.holds(values) === false)
        problems = add(
          problems,
          problem('MW_ROW_CHECK', condition.columns[0] ?? null, `Not true: ${condition.says}.`, condition.severity),
        );
    return problems;
  };
  const tellUnknown = (given: Iterable<string>, found: RowProblem[] | null) => {
    let problems = found;
    let unknown = 0;
    for (const name of given)
      if (!known.has(name) && ++unknown <= UNKNOWN_TOLD) problems = add(problems, unknownColumn(name, names));
    const more = unknown - UNKNOWN_TOLD;
    return more > 0
      ? add(problems, problem('MW_ROW_COLUMN_UNKNOWN', null, `${more} more columns are not known and not used.`, 'warning'))
      : problems;
  };

  return {
    columns: names,
    check(row, values) {
      if (row === null || typeof row !== 'object' || Array.isArray(row)) {
        values.length = 0;
        return [problem('MW_ROW_NOT_OBJECT', null, `A row is an object by column name, not ${shown(row)}.`)];
      }
      const given = row as Readonly<Record<string, unknown>>;
      let problems: RowProblem[] | null = null;
      for (let i = 0; i < columns.length; i++) {
        const column = columns[i] as CompiledColumn;
        const value = Object.hasOwn(given, column.name) ? given[column.name] : undefined;
        const read = column.read(value);
        values[i] = read === undefined ? null : read;
        const first = problems === null;
        problems = judge(column, read, value, problems);
        // Of several that are not there the first is looked for: to look costs more than all else here.
        if (first && problems !== null && value === undefined) problems[0] = guessed(problems[0] as RowProblem, given, known);
      }
      problems = judgeWhole(values, problems);
      for (const key in given) if (!known.has(key)) return tellUnknown(Object.keys(given), problems) ?? NONE;
      return problems ?? NONE;
    },
    checkRead(values, unreadable, others) {
      let problems: RowProblem[] | null = null;
      for (let i = 0; i < columns.length; i++) {
        const column = columns[i] as CompiledColumn;
        const bad = unreadable === null ? undefined : unreadable(column.name);
        problems = judge(column, bad === undefined ? (values[i] as Scalar) : undefined, bad ?? null, problems);
      }
      problems = judgeWhole(values, problems);
      return tellUnknown(others, problems) ?? NONE;
    },
  };
}

/** Columns of a row that are told not to be known; of what lies beyond only the number is. */
export const UNKNOWN_TOLD = 20;

/** Its message is made when it is read: a near name is costly to find, and most warnings are only counted. */
const unknownColumn = (name: string, names: readonly string[]): RowProblem => ({
  code: 'MW_ROW_COLUMN_UNKNOWN',
  severity: 'warning',
  column: name,
  get message() {
    return `Column '${name}' is not known and not used.${didYouMean(name, names)}`;
  },
});

/** A missing column with the question whether a name of the row that is not known was meant to be it, when one is near. */
function guessed(missing: RowProblem, given: Readonly<Record<string, unknown>>, known: ReadonlySet<string>): RowProblem {
  const others: string[] = [];
  for (const key in given) {
    if (known.has(key)) continue;
    others.push(key);
    if (others.length >= UNKNOWN_TOLD) break;
  }
  const near = missing.column === null ? undefined : nearest(missing.column, others);
  return near === undefined ? missing : { ...missing, message: `${missing.message} Did you mean it by '${near}'?` };
}

/** What is wrong with one value; `value` is how the row has it, where that is known. */
function judge(
  column: CompiledColumn,
  read: Scalar | undefined,
  value: unknown,
  found: RowProblem[] | null,
): RowProblem[] | null {
  if (read === null) {
    if (!column.required) return found;
    return add(
      found,
      problem('MW_ROW_COLUMN_MISSING', column.name, `Column '${column.name}' is required and ${absence(value)}.`),
    );
  }
  if (read === undefined)
    return add(
      found,
      problem('MW_ROW_TYPE', column.name, `Column '${column.name}' must be ${column.wanted}, not ${shown(value)}.`),
    );
  let problems = found;
  if (column.known && !column.known.has(read as string))
    problems = add(
      problems,
      problem(
        'MW_ROW_CATEGORY_UNSEEN',
        column.name,
        `Category ${shown(read)} of column '${column.name}' is not known.`,
        'warning',
      ),
    );
  for (const test of column.tests)
    if (!test.holds(read))
      problems = add(
        problems,
        problem('MW_ROW_CHECK', column.name, `Not true: ${test.says}; it is ${shown(read)}.`, test.severity),
      );
  return problems;
}

function add(problems: RowProblem[] | null, one: RowProblem): RowProblem[] {
  if (problems === null) return [one];
  problems.push(one);
  return problems;
}

/** Why a value counts as missing. */
function absence(value: unknown): string {
  if (value === undefined) return 'not there';
  return value === null ? 'null' : `${shown(value)}, which means missing`;
}

const problem = (
  code: RowProblemCode,
  column: string | null,
  message: string,
  severity: RowProblem['severity'] = 'error',
): RowProblem => ({
  code,
  severity,
  column,
  message,
});

/** Whatever is handed over, as a message shows it: never long, never deep. */
function shown(value: unknown): string {
  if (typeof value === 'string') return value.length > 60 ? `${JSON.stringify(value.slice(0, 60))}...` : JSON.stringify(value);
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  return typeof value === 'number' || typeof value === 'boolean' || value === null ? String(value) : `a ${typeof value}`;
}

export const severityOf = (check: CheckPlan): RowProblem['severity'] => (check.onFail === 'warn' ? 'warning' : 'error');

/** What a contract asks of one column of a row. */
export interface ColumnRules {
  readonly required: boolean;
  /** The list that a category ought to be on; null when nothing is said of others. */
  readonly known: readonly string[] | null;
  /** Checks of single values. */
  readonly tests: readonly CheckPlan[];
}

export function columnRules(name: string, plan: ColumnPlan, checks: readonly CheckPlan[]): ColumnRules {
  const own = checks.filter((check) => 'column' in check && check.column === name);
  const required =
    !plan.nullable || own.some((check) => check.check === 'notNull' && check.atMost === 0 && check.onFail !== 'warn');
  const tests = own.filter((check) => {
    if (!kindOfCheck(check.check).value || check.check === 'type') return false;
    return !(check.check === 'oneOf' && plan.categories !== null && check.onFail === 'warn');
  });
  // A list that is enforced says more than that the category is new.
  const enforced = own.some((check) => check.check === 'oneOf' && check.onFail !== 'warn');
  return { required, known: enforced ? null : plan.categories, tests };
}

function compileColumn(name: string, plan: ColumnPlan, checks: readonly CheckPlan[]): CompiledColumn {
  const { required, known, tests } = columnRules(name, plan, checks);
  return {
    name,
    read: reader(plan),
    wanted: TYPES[plan.type].wanted,
    required,
    known: known && new Set(known),
    tests: tests.flatMap((check) => {
      const kind = kindOfCheck(check.check);
      return kind.value ? [{ holds: kind.value(check, plan), says: kind.says(check), severity: severityOf(check) }] : [];
    }),
  };
}

/** The conditions on whole rows that read no other columns than these. */
export function conditionsOver(names: readonly string[], checks: readonly CheckPlan[]): ConditionPlan[] {
  return checks.flatMap((check) => {
    if (check.check !== 'holds') return [];
    const read = [...columnsRead(check.expression)];
    return read.every((name) => names.includes(name)) ? [{ check, read }] : [];
  });
}

export interface ConditionPlan {
  readonly check: Extract<CheckPlan, { readonly check: 'holds' }>;
  readonly read: readonly string[];
}

/** The kinds of a request's columns. */
export const rowKinds = (columns: ContractPlan['columns']): Record<string, ColumnKind> =>
  Object.fromEntries(Object.entries(columns).map(([name, { type }]) => [name, kindOfType(type)]));

function compileConditions(
  names: readonly string[],
  columns: ContractPlan['columns'],
  checks: readonly CheckPlan[],
): CompiledCondition[] {
  const kinds = rowKinds(columns);
  return conditionsOver(names, checks).map(({ check, read }) => ({
    holds: compileRow(check.expression, kinds, names),
    columns: read,
    says: check.name,
    severity: severityOf(check),
  }));
}
