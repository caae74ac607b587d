/** Texts that mean missing where the rest of the column is numbers, moments or truth values. */
const MISSING_WORDS: ReadonlySet<string> = new Set([
  'NA',
  'N/A',
  'n/a',
  'na',
  'null',
  'NULL',
  'Null',
  '(null)',
  'NaN',
  'nan',
  '?',
  '-',
  '--',
  '.',
  'None',
  'none',
  'NONE',
  '#N/A',
  '#N/A N/A',
  '#NA',
  '#DIV/0!',
  '#VALUE!',
  '#REF!',
  '#NULL!',
  '#NUM!',
  '#NAME?',
  '\\N',
  '<NA>',
  '<null>',
  'missing',
  'Missing',
  'MISSING',
  'unknown',
  'Unknown',
  'UNKNOWN',
  'nil',
  'undefined',
]);

/**
 * Those that mean missing in a column of strings too. 'None', '-' and 'unknown' can be categories there, and 'NA' can be a code among
 * others.
 */
export const MISSING_STRINGS: ReadonlySet<string> = new Set([
  'NA',
  'N/A',
  'n/a',
  'null',
  'NULL',
  'NaN',
  'nan',
  '?',
  '#N/A',
  '#N/A N/A',
  '\\N',
  '<NA>',
]);

export const isMissingWord = (text: string): boolean => MISSING_WORDS.has(text);

/** Dates of only zeros, as databases write no date. */
export const isZeroDate = (text: string): boolean =>
  /^(?:0{4}[-/.]00[-/.]00|00[-/.]00[-/.]0{4}|0{8})(?:[T ]00:00(?::00(?:\.0+)?)?Z?)?$/.test(text);
