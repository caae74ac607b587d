import type { ColumnType } from '../define/plan.js';
import type { ColumnKind } from '../frame/column.js';

/** The kind of column that holds values of a declared type. */
export const KIND_OF_TYPE: Readonly<Record<ColumnType, ColumnKind>> = {
  number: 'number',
  integer: 'number',
  boolean: 'boolean',
  timestamp: 'timestamp',
  string: 'string',
  category: 'string',
  text: 'string',
};
