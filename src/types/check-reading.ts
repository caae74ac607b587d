import { TYPES } from './catalogue.js';
import { DATE_FORMS } from './moment.js';
import type { ReadColumn } from './reader.js';
import type { ReadingField, ReadingPlan } from './reading-plan.js';

/** Fields of a reading that are one of a few words. */
export const READING_VALUES = {
  decimal: [','],
  group: [',', '.', ' ', "'"],
  dates: DATE_FORMS,
} as const satisfies { readonly [F in ReadingField]?: readonly (ReadingPlan[F] & string)[] };

/** What is wrong with what a plan says of a column's reading, as the end of a sentence about the column; null when nothing is. */
export function readingMistake({
  type,
  categories = null,
  reads = {},
}: ReadColumn & { readonly categories?: readonly string[] | null }): string | null {
  const fields = Object.keys(reads);
  if (fields.length === 0) return 'reads: it says nothing';
  for (const field of fields)
    if (!(TYPES[type].reads as readonly string[]).includes(field))
      return `${field}: a ${type} column has no such option; it has ${TYPES[type].reads.join(', ')}`;
  const { missing, decimal = '.', group, unit } = reads;
  if (missing) {
    if (missing.length === 0) return 'missing: the list is empty';
    if (new Set(missing).size !== missing.length) return 'missing: a text is listed twice';
    const untrimmed = missing.find((word) => word === '' || word.trim() !== word);
    const both = missing.find((word) => categories?.includes(word));
    if (both !== undefined) return `missing: ${JSON.stringify(both)} is one of its categories`;
    if (untrimmed !== undefined)
      return `missing: ${JSON.stringify(untrimmed)} is empty or has white space around it, which is taken off before texts are compared`;
  }
  if (group === decimal) return `group: '${group}' is the decimal sign${decimal === '.' ? "; say decimal: ',' as well" : ''}`;
  if (unit !== undefined && (unit.trim() !== unit || unit === '' || unit.length > 10 || /[\d.,'+\-\s\\]/.test(unit)))
    return `unit: ${JSON.stringify(unit)} is not a short text without digits, signs and spaces`;
  return null;
}
