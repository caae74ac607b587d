import type { FileValidation } from '../../run/validate-file.js';
import { clipped, figure } from './table.js';

const MOST = 5;
const SIGN = { warn: '!', quarantine: '✗', fail: '✗' } as const;

/** A validation as a person reads it: what does not hold, and how much of the rest does. */
export function validationText(outcome: FileValidation): string {
  const { results, rejected, quarantined } = outcome;
  const failed = results.filter(({ passed }) => !passed);
  return [
    ...(outcome.problem === null ? [] : [`✗ ${outcome.problem}`]),
    ...failed.map(({ onFail, what }) => `${SIGN[onFail]} ${what}`),
    ...rejected
      .slice(0, MOST)
      .map(({ line, row, reason }) => `✗ ${line === null ? `row ${row}` : `line ${line}`}: ${clipped(reason, 160)}`),
    ...(rejected.length > MOST ? [`  and ${figure(rejected.length - MOST)} more rows that cannot be read`] : []),
    ...outcome.skipped.map((what) => `– not checked: ${what}`),
    '',
    `${outcome.file} ${outcome.passed ? 'holds the contract' : 'does not hold the contract'}: ${figure(outcome.rows)} rows, ${figure(rejected.length)} rejected, ${figure(quarantined.length)} for the quarantine, ${figure(results.length - failed.length)} of ${figure(results.length)} checks hold.`,
  ]
    .join('\n')
    .replace(/^\n/, '');
}
