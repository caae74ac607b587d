import type { ScriptWriter } from '../base/script/script-writer.js';
import type { ColumnKind, Scalar } from '../frame/column.js';
import type { ReadingField, ReadingPlan } from './reading-plan.js';

/** What values of a column's type are made of; null means missing, undefined that the value cannot be read. */
export interface ValueReading {
  /** Of a finite number that is not -0. */
  number(value: number): Scalar | undefined;
  boolean(value: boolean): Scalar | undefined;
  /** Of a text without white space around it that is neither empty nor a missing word. */
  text(text: string): Scalar | undefined;
  /** Of a list or an object; absent where none can be read. */
  json?(value: object): Scalar | undefined;
}

/** A value as frames hold it: null means missing, undefined that the value is not of the column's type. */
export type ReadValue = (value: unknown) => Scalar | undefined;

/** A type that a column can be declared as. Adding one is a file and a line in the catalogue. */
export interface ColumnTypeKind {
  /** The kind of column that holds its values. */
  readonly kind: ColumnKind;
  /** What a value must be, to end the sentence "the column must be ...". */
  readonly wanted: string;
  /** Its values in TypeScript, as a request carries them. */
  readonly typescript: string;
  /** What a plan may say of how its values are written. */
  readonly reads: readonly ReadingField[];
  /** JSON Schema of a value that is not missing. */
  schema(categories: readonly string[] | null): Readonly<Record<string, unknown>>;
  compile(reads: ReadingPlan, words: ReadonlySet<string>): ValueReading;
  /** The same reading, without a detour for the values that most rows have; for columns that say nothing of their reading. */
  quick(general: ReadValue): ReadValue;
  /** Code of the same functions as a list `[number,boolean,text,json]`; `words` is the code of a set. */
  script(reads: ReadingPlan, words: string, writer: ScriptWriter): string;
}
