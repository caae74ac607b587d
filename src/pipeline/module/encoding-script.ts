import type { ScriptWriter } from '../../base/script/script-writer.js';
import type { PlainObject } from '../plain-data.js';

/**
 * How an encoding is written as script, from the plain data that it is stored as: a statement that puts the outputs of one value into
 * `x` from `at` on, with the bits of `Encoding.put`.
 */
export interface EncodingScript {
  /** Name of the encoding in its catalogue. */
  readonly encoding: string;
  /** What `value` is: a number with NaN for missing, or a text with null for missing. */
  readonly reads: 'number' | 'text';
  /** `value` is an expression without side effects. */
  write(data: PlainObject, value: string, at: number, writer: ScriptWriter): string;
}
