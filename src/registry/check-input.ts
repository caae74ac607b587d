import { fail } from '../base/error.js';

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/** A name that can stand in references, paths and addresses. */
export function checkName(what: string, name: string): void {
  if (typeof name !== 'string' || !NAME.test(name))
    fail('MW_REGISTRY_INVALID', {
      what: `${JSON.stringify(name)} is not a name for a ${what}.`,
      fix: 'Use up to 128 letters, digits, dots, dashes and underscores, beginning with a letter or digit.',
    });
}

/** A text that must say something. */
export function checkText(what: string, text: string): void {
  if (typeof text !== 'string' || text.trim() === '')
    fail('MW_REGISTRY_INVALID', { what: `The ${what} is empty.`, fix: `Give a ${what}.` });
}

/** A whole number that a database keeps exactly. */
export function checkWhole(what: string, value: number): void {
  if (!Number.isSafeInteger(value))
    fail('MW_REGISTRY_INVALID', { what: `The ${what} must be a whole number, not ${String(value)}.` });
}
