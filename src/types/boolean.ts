import type { ScriptPart } from '../base/script/script-part.js';
import type { ColumnTypeKind } from './column-type.js';
import { missingNumbers, missingNumbersScript } from './number-text.js';

const WORDS: ReadonlyMap<string, boolean> = new Map([
  ...['true', 't', 'yes', 'y', '1'].map((word) => [word, true] as const),
  ...['false', 'f', 'no', 'n', '0'].map((word) => [word, false] as const),
]);

/** The truth values that missing words stand for: one is missing however it is written. */
const missingOf = (words: Iterable<string>): ReadonlySet<boolean | undefined> =>
  new Set([...words].map((word) => WORDS.get(word.toLowerCase())).filter((value) => value !== undefined));

const part: ScriptPart = {
  name: 'asBoolean',
  code: 'const asBoolean=(()=>{const words=new Map([..."true t yes y 1".split(" ").map(w=>[w,true]),..."false f no n 0".split(" ").map(w=>[w,false])]);return(numbers,...no)=>{const b=v=>no.includes(v)?null:v;return[v=>numbers.has(v)?null:v===1?b(true):v===0?b(false):undefined,b,t=>b(words.get(t.toLowerCase()))]}})();',
};

/** True or false: also 1 and 0, and yes, no, y, n, t, f in any case. */
export const booleanType: ColumnTypeKind = {
  kind: 'boolean',
  wanted: 'true or false',
  typescript: 'boolean',
  reads: ['missing'],
  schema: () => ({ type: ['boolean', 'string', 'integer'], description: 'True or false; 1 and 0, yes and no are read too.' }),
  compile(reads, words) {
    const numbers = missingNumbers(reads);
    const missing = missingOf(words);
    const given = (value: boolean | undefined) => (missing.has(value) ? null : value);
    return {
      number: (value) => (numbers.has(value) ? null : value === 1 ? given(true) : value === 0 ? given(false) : undefined),
      boolean: given,
      text: (text) => given(WORDS.get(text.toLowerCase())),
    };
  },
  quick: (general) => (value) => (value === true || value === false ? value : general(value)),
  script: (reads, _, writer) =>
    `${writer.use(part)}(${[missingNumbersScript(reads, writer), ...missingOf(reads.missing ?? [])].join()})`,
};
