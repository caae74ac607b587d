import type { ScriptPart } from '../base/script/script-part.js';
import type { ScriptWriter } from '../base/script/script-writer.js';
import { type ColumnType, TYPES } from './catalogue.js';
import type { ReadValue } from './column-type.js';
import type { ReadingPlan } from './reading-plan.js';

export type { ReadValue } from './column-type.js';

/** What a reader needs to know of a column. */
export interface ReadColumn {
  readonly type: ColumnType;
  readonly reads?: ReadingPlan;
}

/**
 * The one reading of a column's values, wherever they come from. Null and undefined are missing. Texts are read without the white space
 * around them; the empty one and the column's missing words are missing, and so is any other form of the number, moment or truth value that
 * such a word is. -0 is 0. What is not finite, and what JSON does not have, is
 * not readable; a list or an object is its JSON text in columns of texts and nothing elsewhere. A number that JSON carries and the text of it are read alike in number columns.
 */
export function reader({ type, reads }: ReadColumn): ReadValue {
  const general = generalReader({ type, reads: reads ?? {} });
  return reads === undefined ? TYPES[type].quick(general) : general;
}

function generalReader({ type, reads }: Required<ReadColumn>): ReadValue {
  const words = new Set(reads.missing ?? []);
  const { number, boolean, text, json } = TYPES[type].compile(reads, words);
  return (value) => {
    if (typeof value === 'number') return value - value === 0 ? number(value + 0) : undefined;
    if (typeof value === 'string') {
      const trimmed = value.trim();
      return trimmed === '' || words.has(trimmed) ? null : text(trimmed);
    }
    if (value === null || value === undefined) return null;
    if (typeof value === 'boolean') return boolean(value);
    return json !== undefined && typeof value === 'object' ? json(value) : undefined;
  };
}

const part: ScriptPart = {
  name: 'reading',
  code: 'const reading=(words,[number,boolean,text,json])=>v=>{if(typeof v==="number")return v-v===0?number(v+0):undefined;if(typeof v==="string"){const t=v.trim();return t===""||words.has(t)?null:text(t)}if(v===null||v===undefined)return null;if(typeof v==="boolean")return boolean(v);return json!==undefined&&typeof v==="object"?json(v):undefined};',
};

/** Code of the function that `reader` gives: the same values to the bit. */
export function readerScript({ type, reads = {} }: ReadColumn, writer: ScriptWriter): string {
  const missing = reads.missing ?? [];
  const words = missing.length === 0 ? writer.constant('new Set') : writer.constant(`new Set(${writer.texts(missing)})`);
  return writer.constant(`${writer.use(part)}(${words},${TYPES[type].script(reads, words, writer)})`);
}
