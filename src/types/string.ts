import type { ColumnTypeKind } from './column-type.js';
import { textReading } from './text-reading.js';

/** A name or code, compared whole. */
export const stringType: ColumnTypeKind = { ...textReading, schema: () => ({ type: ['string', 'number', 'boolean'] }) };
