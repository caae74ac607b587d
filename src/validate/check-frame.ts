import { fail } from '../base/error.js';
import { didYouMean } from '../base/nearest.js';
import { kindOfCheck } from '../contract/checks/catalogue.js';
import { type CheckContext, countOf } from '../contract/checks/check-kind.js';
import type { CheckPlan, ContractPlan, Severity } from '../define/plan.js';
import { type Frame, type Row, rowAt } from '../frame/frame.js';
import { impliedChecks } from './implied-checks.js';

export interface CheckResult {
  readonly check: CheckPlan;
  readonly onFail: Severity;
  readonly passed: boolean;
  /** Failing rows; of a check of the whole, 1 when it fails. */
  readonly failed: number;
  /** Failing rows among all; of a check of the whole, 0 or 1. */
  readonly share: number;
  /** The first failing rows, at most five. */
  readonly examples: readonly { readonly row: number; readonly values: Row }[];
  /** One sentence with the figures. */
  readonly what: string;
}

export interface CheckReport {
  readonly kind: 'checkReport';
  readonly rows: number;
  /** False when a check with severity `fail` did not hold. */
  readonly passed: boolean;
  readonly results: readonly CheckResult[];
  /** Rows that may go on, ascending: all but the quarantined ones. */
  readonly keep: Int32Array;
  /** Rows that may not, with what each does not hold. */
  readonly quarantined: readonly { readonly row: number; readonly reasons: readonly string[] }[];
}

const EXAMPLES = 5;

/**
 * Checks a frame against its contract: what the columns declare of themselves and the contract's checks. A row that fails
 * a `quarantine` check is to be quarantined; a check of the whole that fails with that severity stops the run, since there is no row to put
 * away. Nothing is thrown for data that do not hold.
 * @throws MW_VALIDATE_* when the contract itself cannot be checked
 */
export async function checkFrame(table: Frame, contract: ContractPlan, context: CheckContext): Promise<CheckReport> {
  const results: CheckResult[] = [];
  const reasons = new Map<number, string[]>();
  let passed = true;
  for (const check of [...impliedChecks(contract), ...contract.checks]) {
    const kind = kindOfCheck(check.check);
    const says = kind.says(check);
    checkColumns(kind.columns(check), table, says);
    const outcome = await kind.test(check, table, contract.columns, context);
    const rows = 'rows' in outcome ? outcome.rows : null;
    const failed = 'rows' in outcome ? countOf(outcome.rows) : outcome.holds ? 0 : 1;
    const found = 'rows' in outcome ? `${failed} of ${table.rows} rows do not hold` : outcome.found;
    if (failed > 0 && rows && check.onFail === 'quarantine') tell(reasons, rows, says);
    if (failed > 0 && (check.onFail === 'fail' || (check.onFail === 'quarantine' && !rows))) passed = false;
    results.push({
      check,
      onFail: check.onFail,
      passed: failed === 0,
      failed,
      share: rows ? (table.rows === 0 ? 0 : failed / table.rows) : failed,
      examples: failed > 0 && rows ? examplesOf(rows, table) : [],
      what: `${says}: ${found}.`,
    });
  }
  const keep = new Int32Array(table.rows - reasons.size);
  for (let row = 0, to = 0; row < table.rows; row++) if (!reasons.has(row)) keep[to++] = row;
  const quarantined = [...reasons].sort(([a], [b]) => a - b).map(([row, why]) => ({ row, reasons: why }));
  return { kind: 'checkReport', rows: table.rows, passed, results, keep, quarantined };
}

/** Stops with MW_VALIDATE_FAILED when a report did not pass; the message names what failed. */
export function demandPassed(report: CheckReport, source: string): void {
  if (report.passed) return;
  const failed = report.results.filter((result) => !result.passed && result.onFail !== 'warn');
  fail('MW_VALIDATE_FAILED', { what: failed.map((result) => result.what).join(' '), where: { source, rows: report.rows } });
}

function checkColumns(names: readonly string[], table: Frame, says: string): void {
  for (const name of names)
    if (!Object.hasOwn(table.columns, name))
      fail('MW_VALIDATE_COLUMN_UNKNOWN', {
        what: `The check "${says}" reads column '${name}', which the data do not have.${didYouMean(name, Object.keys(table.columns))}`,
        where: { column: name },
      });
}

function tell(reasons: Map<number, string[]>, rows: Uint8Array, says: string): void {
  for (let row = 0; row < rows.length; row++) {
    if (rows[row] === 0) continue;
    const known = reasons.get(row);
    if (known) known.push(`not true: ${says}`);
    else reasons.set(row, [`not true: ${says}`]);
  }
}

function examplesOf(rows: Uint8Array, table: Frame): CheckResult['examples'] {
  const examples: { row: number; values: Row }[] = [];
  for (let row = rows.indexOf(1); row >= 0 && examples.length < EXAMPLES; row = rows.indexOf(1, row + 1))
    examples.push({ row, values: rowAt(table, row) });
  return examples;
}
