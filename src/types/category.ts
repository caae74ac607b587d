import type { ColumnTypeKind } from './column-type.js';
import { textReading } from './text-reading.js';

/** A text from a list; one that is not on it is read all the same. */
export const categoryType: ColumnTypeKind = {
  ...textReading,
  schema: (categories) => ({ type: ['string', 'number', 'boolean'], ...(categories && { examples: categories }) }),
};
