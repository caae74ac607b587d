import type { ColumnTypeKind } from './column-type.js';
import { textReading } from './text-reading.js';

/** Natural language. */
export const textType: ColumnTypeKind = { ...textReading, schema: () => ({ type: ['string', 'number', 'boolean'] }) };
