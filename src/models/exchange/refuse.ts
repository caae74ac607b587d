import { fail } from '../../base/error.js';

/** @throws MW_EXCHANGE_CORRUPT always */
export function damaged(what: string): never {
  return fail('MW_EXCHANGE_CORRUPT', { what: `The model file is not sound: ${what}.` });
}

/** @throws MW_EXCHANGE_UNSUPPORTED always */
export function unsupported(what: string): never {
  return fail('MW_EXCHANGE_UNSUPPORTED', { what: `The model file has ${what}, which cannot be imported.` });
}

/** Features, and so numbers a row, that a file may ask for. */
export const MOST_FEATURES = 100_000;
/** Outputs that a file may ask for. */
export const MOST_OUTPUTS = 10_000;
