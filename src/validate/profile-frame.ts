import { fail } from '../base/error.js';
import { didYouMean } from '../base/nearest.js';
import { emptyRecord } from '../base/record.js';
import type { ColumnPlan, ColumnType } from '../define/plan.js';
import type { Column } from '../frame/column.js';
import type { Frame } from '../frame/frame.js';
import { findDuplicateRows, findInColumn, finding } from './find-in-columns.js';
import { findLeakage } from './find-leakage.js';
import { findRelatedColumns } from './find-related-columns.js';
import type { ColumnProfile, Finding, FrameProfile, TopValue } from './profile.js';
import { profileColumn } from './profile-column.js';

export interface ProfileOptions {
  /** The column to be predicted: its classes are counted and columns that give it away are found. */
  readonly target?: string;
}

const TYPE: Readonly<Record<Column['kind'], ColumnType>> = {
  number: 'number',
  timestamp: 'timestamp',
  boolean: 'boolean',
  string: 'string',
};
/** A whole number of more values than this is measured, not a class. */
const MOST_CLASSES = 50;

/**
 * What a frame holds: each column's figures, exact over all rows, and what stands out.
 * @param columns what the columns are declared or found to be; a column that is not named is taken by its kind
 * @throws MW_VALIDATE_TARGET_UNKNOWN
 */
export function profileFrame(
  table: Frame,
  columns: Readonly<Record<string, ColumnPlan>> = {},
  options: ProfileOptions = {},
): FrameProfile {
  const names = Object.keys(table.columns);
  const { target } = options;
  if (target !== undefined && !names.includes(target))
    fail('MW_VALIDATE_TARGET_UNKNOWN', {
      what: `There is no column '${target}' among ${names.join(', ')}.${didYouMean(target, names)}`,
      where: { target },
    });
  const scratch = new Float64Array(table.rows);
  const profiles = emptyRecord<ColumnProfile>();
  const findings: Finding[] = [];
  for (const name of names) {
    const column = table.columns[name] as Column;
    const profile = profileColumn(column, columns[name]?.type ?? TYPE[column.kind], scratch);
    profiles[name] = profile;
    findings.push(...findInColumn(name, profile, table.rows));
  }
  const varying = names.filter((name) => (profiles[name] as ColumnProfile).distinct > 1);
  findings.push(...findDuplicateRows(table), ...findRelatedColumns(table, varying));
  let classes: readonly TopValue[] | null = null;
  if (target !== undefined) {
    const profile = profiles[target] as ColumnProfile;
    classes = classesOf(table.columns[target] as Column, profile);
    findings.push(...findLeakage(table, varying, target, classes !== null));
    if (classes) findings.push(...findImbalance(target, classes));
  }
  return { kind: 'profile', rows: table.rows, columns: profiles, findings, classes };
}

function classesOf(column: Column, profile: ColumnProfile): readonly TopValue[] | null {
  if (profile.type === 'number' || profile.type === 'timestamp') {
    if (profile.distinct > 2) return null;
  } else if (profile.type === 'integer' && profile.distinct > MOST_CLASSES) return null;
  if (profile.distinct <= profile.top.length) return profile.top;
  const counts = new Map<number, number>();
  const values = column.kind === 'string' ? column.codes : column.values;
  for (let row = 0; row < values.length; row++) counts.set(values[row] as number, (counts.get(values[row] as number) ?? 0) + 1);
  const named = (value: number): TopValue['value'] => (column.kind === 'string' ? (column.dictionary[value] as string) : value);
  return [...counts]
    .filter(([value]) => value === value && (column.kind !== 'string' || value >= 0))
    .map(([value, count]) => ({ value: named(value), count }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
}

function findImbalance(target: string, classes: readonly TopValue[]): Finding[] {
  const least = classes.at(-1);
  const rows = classes.reduce((sum, each) => sum + each.count, 0);
  if (!least || classes.length < 2 || least.count >= rows * 0.05) return [];
  const share = least.count / rows;
  return [
    finding(
      'imbalance',
      [target],
      share,
      `Class '${least.value}' of '${target}' is ${least.count} of ${rows} rows (${(share * 100).toFixed(2)} %).`,
    ),
  ];
}
