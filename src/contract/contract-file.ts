import { readFile, writeFile } from 'node:fs/promises';
import { fail } from '../base/error.js';
import type { ColumnPlan, ColumnType, ContractPlan, Severity } from '../define/plan.js';
import { COLUMN_TYPES } from '../types/catalogue.js';
import { READING_VALUES, readingMistake } from '../types/check-reading.js';
import { CHECKS } from './checks/catalogue.js';
import type { CheckName } from './checks/check-kind.js';
import { patternOf } from './checks/matches.js';

const SEVERITIES: readonly Severity[] = ['warn', 'quarantine', 'fail'];

/** Fields of each kind of check with what they must be. */
const FIELDS: Readonly<Record<CheckName, Readonly<Record<string, (value: unknown) => boolean>>>> = {
  type: { column: isText },
  notNull: { column: isText, atMost: (value) => isNumber(value) && value >= 0 && value <= 1 },
  between: { column: isText, low: isBound, high: isBound },
  oneOf: { column: isText, values: isTexts },
  matches: { column: isText, pattern: isText },
  unique: { columns: isTexts },
  freshWithin: { column: isText, span: (value) => isNumber(value) && value >= 0 },
  rowCount: { low: isBound, high: isBound },
  monotone: { column: isText },
  references: { columns: isTexts, source: isText, target: isTexts },
  holds: { name: isText, expression: isExpression },
  sql: { name: isText, query: isText },
};

/** Writes a contract as `contract.json` holds it: readable, and the same bytes for the same contract. */
export async function writeContract(path: string, contract: ContractPlan): Promise<void> {
  await writeFile(path, `${JSON.stringify(contract, null, 2)}\n`);
}

/**
 * Reads a contract back.
 * @throws MW_VALIDATE_CONTRACT_INVALID with the place that is wrong
 */
export async function readContract(path: string): Promise<ContractPlan> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) =>
    fail('MW_VALIDATE_CONTRACT_INVALID', { what: `The contract '${path}' cannot be read.`, where: { file: path }, cause }),
  );
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (cause) {
    fail('MW_VALIDATE_CONTRACT_INVALID', { what: `'${path}' is not JSON.`, where: { file: path }, cause });
  }
  return checkContract(data, path);
}

/** The data as a contract, once its shape is one. */
export function checkContract(data: unknown, file?: string): ContractPlan {
  const wrong = (place: string, problem: string): never =>
    fail('MW_VALIDATE_CONTRACT_INVALID', { what: `This is no contract: ${place} ${problem}.`, where: { file, place } });
  if (!isRecord(data) || data['kind'] !== 'contract') return wrong('kind', "must be 'contract'");
  const { columns, checks } = data;
  if (!isRecord(columns)) return wrong('columns', 'must be an object by column name');
  for (const [name, column] of Object.entries(columns)) {
    const place = `columns.${name}`;
    if (!isRecord(column) || column['kind'] !== 'column') return wrong(place, "must be an object of kind 'column'");
    if (!COLUMN_TYPES.includes(column['type'] as ColumnType))
      wrong(`${place}.type`, `must be one of ${COLUMN_TYPES.join(', ')}`);
    if (column['categories'] !== null && !isTexts(column['categories']))
      wrong(`${place}.categories`, 'must be null or a list of texts');
    if (typeof column['nullable'] !== 'boolean') wrong(`${place}.nullable`, 'must be true or false');
    if (column['reads'] !== undefined)
      checkReading(column as unknown as ColumnPlan, (problem) => wrong(`${place}.reads`, problem));
  }
  if (!Array.isArray(checks)) return wrong('checks', 'must be a list');
  checks.forEach((check: unknown, i) => {
    const place = `checks[${i}]`;
    if (!isRecord(check) || check['kind'] !== 'check') return wrong(place, "must be an object of kind 'check'");
    const name = check['check'];
    if (typeof name !== 'string' || !Object.hasOwn(CHECKS, name))
      return wrong(`${place}.check`, `must be one of ${Object.keys(CHECKS).join(', ')}`);
    if (!SEVERITIES.includes(check['onFail'] as Severity)) wrong(`${place}.onFail`, `must be one of ${SEVERITIES.join(', ')}`);
    for (const [field, fits] of Object.entries(FIELDS[name as CheckName]))
      if (!fits(check[field])) wrong(`${place}.${field}`, `cannot be ${JSON.stringify(check[field]) ?? 'left out'}`);
    // Compiled here once, so that a pattern that cannot be run is refused before any row is read.
    if (name === 'matches') patternOf(String(check['pattern']), String(check['column']));
  });
  return data as unknown as ContractPlan;
}

function checkReading(column: ColumnPlan, wrong: (problem: string) => never): void {
  const { reads } = column;
  if (!isRecord(reads)) return wrong('must be an object');
  const { missing, unit } = reads as Record<string, unknown>;
  if (missing !== undefined && !isTexts(missing)) wrong('has missing words that are no list of texts');
  if (unit !== undefined && !isText(unit)) wrong('has a unit that is no text');
  for (const [field, values] of Object.entries<readonly string[]>(READING_VALUES))
    if (Object.hasOwn(reads, field) && !values.includes((reads as Record<string, unknown>)[field] as string))
      wrong(`cannot have the ${field} ${JSON.stringify((reads as Record<string, unknown>)[field])}`);
  const mistake = readingMistake(column);
  if (mistake !== null) wrong(`cannot be so: ${mistake}`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
function isBound(value: unknown): boolean {
  return value === null || isNumber(value);
}
function isExpression(value: unknown): boolean {
  if (!isRecord(value)) return false;
  if (value['kind'] === 'column') return isText(value['name']);
  if (value['kind'] === 'literal') return 'value' in value && isText(value['type']);
  return value['kind'] === 'call' && isText(value['op']) && Array.isArray(value['args']) && value['args'].every(isExpression);
}
