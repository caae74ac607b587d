import type { ColumnKind } from '../frame/column.js';
import { booleanType } from './boolean.js';
import { categoryType } from './category.js';
import type { ColumnTypeKind } from './column-type.js';
import { integerType } from './integer.js';
import { numberType } from './number.js';
import { stringType } from './string.js';
import { textType } from './text.js';
import { timestampType } from './timestamp.js';

/** All types that a column can be declared as. */
export const TYPES = {
  number: numberType,
  integer: integerType,
  boolean: booleanType,
  timestamp: timestampType,
  string: stringType,
  category: categoryType,
  text: textType,
} as const satisfies Readonly<Record<string, ColumnTypeKind>>;

/** `integer` is a number without fraction, `category` a string from a list, `text` a string in natural language. */
export type ColumnType = keyof typeof TYPES;

export const COLUMN_TYPES = Object.keys(TYPES) as readonly ColumnType[];

/** The kind of column that holds values of a declared type. */
export const kindOfType = (type: ColumnType): ColumnKind => TYPES[type].kind;
