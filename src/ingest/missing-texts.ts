/** Texts that mean missing where the rest of the column is numbers, moments or truth values. */
export const MISSING_TEXTS: readonly string[] = [
  'NA',
  'N/A',
  'n/a',
  'null',
  'NULL',
  'Null',
  'NaN',
  'nan',
  '?',
  '-',
  'None',
  '#N/A',
];

/**
 * Those that mean missing in a column of strings too. 'None' and '-' can be a category there, and 'NA' can be a code among other
 * two-letter codes.
 */
export const MISSING_STRINGS: readonly string[] = ['NA', 'N/A', 'n/a', 'null', 'NULL', 'NaN', 'nan', '?', '#N/A'];
