import { fail } from '../base/error.js';

/** A day or moment of a command line as epoch milliseconds UTC. @throws MW_OPTION_INVALID */
export function parseDay(option: string, text: string): number {
  const moment = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text.length === 10 ? `${text}T00:00:00Z` : text) : Number.NaN;
  if (Number.isNaN(moment))
    fail('MW_OPTION_INVALID', {
      what: `Option '--${option}' must be a day like 2001-05-01, not '${text}'.`,
      where: { option },
    });
  return moment;
}
