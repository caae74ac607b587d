import type { Frame } from '../frame/frame.js';
import { firstEquals, rowHashes } from '../frame/row-hashes.js';
import type { ColumnProfile, Finding, FindingName } from './profile.js';

export const finding = (name: FindingName, columns: readonly string[], value: number, what: string): Finding => ({
  kind: 'finding',
  finding: name,
  columns,
  value,
  what,
});

const percent = (share: number) => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
/** Fewer rows say nothing about uniqueness. */
const FEW_ROWS = 20;
const NAMED_LIKE_ID = /(?:^|[_\s-])(?:id|ids|key|uuid|guid|index|rowid|row_?num(?:ber)?|record_?no)$|[a-z](?:Id|ID|Key|UUID)$/i;

/** What one column shows about itself. */
export function findInColumn(name: string, profile: ColumnProfile, rows: number): Finding[] {
  const present = rows - profile.missing;
  if (present === 0) return rows > 0 ? [finding('allMissing', [name], 1, `Column '${name}' has no value in any row.`)] : [];
  const found: Finding[] = [];
  if (profile.missing > rows * 0.5)
    found.push(
      finding(
        'mostlyMissing',
        [name],
        profile.missing / rows,
        `${percent(profile.missing / rows)} of column '${name}' is missing.`,
      ),
    );
  if (profile.distinct === 1 && rows > 1 && profile.missing === 0) {
    found.push(finding('constant', [name], rows, `Column '${name}' has the same value in all ${rows} rows.`));
    return found;
  }
  if (isIdentifier(name, profile, present))
    found.push(
      finding(
        'identifier',
        [name],
        profile.distinct / present,
        `Column '${name}' names rows: ${profile.distinct} values in ${present} rows.`,
      ),
    );
  else if (
    (profile.type === 'string' || profile.type === 'category') &&
    (profile.distinct > 1000 || (present >= FEW_ROWS && profile.distinct > present * 0.5))
  )
    found.push(
      finding(
        'highCardinality',
        [name],
        profile.distinct,
        `Column '${name}' has ${profile.distinct} distinct texts in ${present} rows.`,
      ),
    );
  return found;
}

/**
 * Names of rows: texts that (almost) never repeat, and whole numbers that never repeat and either number the rows without gaps or are called
 * an id. A measurement may be unique too, so fractions, moments and years are never identifiers.
 */
function isIdentifier(name: string, profile: ColumnProfile, present: number): boolean {
  if (present < FEW_ROWS) return false;
  if (profile.type === 'string' || profile.type === 'category')
    return profile.distinct >= present * 0.99 || (profile.distinct >= present * 0.9 && NAMED_LIKE_ID.test(name));
  if (profile.type !== 'integer' || !profile.numbers) return false;
  const { min, max } = profile.numbers;
  if (profile.distinct >= present * 0.99 && NAMED_LIKE_ID.test(name)) return true;
  const years = min >= 1800 && max <= 2200;
  return profile.distinct === present && max - min < present * 1.05 && !years;
}

/** Rows that repeat an earlier row in every column. */
export function findDuplicateRows(table: Frame): Finding[] {
  const names = Object.keys(table.columns);
  if (table.rows < 2 || names.length === 0) return [];
  const first = firstEquals(rowHashes(table, names));
  let repeats = 0;
  for (let row = 0; row < first.length; row++) if (first[row] !== row) repeats++;
  if (repeats === 0) return [];
  return [
    finding(
      'duplicateRows',
      [],
      repeats,
      `${repeats} of ${table.rows} rows (${percent(repeats / table.rows)}) repeat an earlier row in every column.`,
    ),
  ];
}
