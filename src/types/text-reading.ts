import type { ScriptPart } from '../base/script/script-part.js';
import type { ColumnTypeKind } from './column-type.js';

/** What much that reads texts later ends or breaks at: NUL, and halves of characters. */
const DAMAGED = '[\\0\\ud800-\\udfff]';

/** Whether a text is sure to have none of that; the engine knows it of most texts without looking at their characters. */
const isWhole = (text: string): boolean =>
  !text.includes('\0') && (text as string & { isWellFormed(): boolean }).isWellFormed();

/** Levels of lists and objects in one value. */
export const DEEPEST = 99;

/** Whether a value has more than so many levels. */
export const isDeeper = (value: object, levels: number): boolean =>
  levels === 0 ||
  Object.values(value).some((inner) => typeof inner === 'object' && inner !== null && isDeeper(inner as object, levels - 1));

/** The text of a list or an object as JSON carries it; undefined for anything else and for what is nested too deeply. */
function jsonText(value: object): string | undefined {
  const kind = Object.prototype.toString.call(value);
  if ((kind !== '[object Array]' && kind !== '[object Object]') || isDeeper(value, DEEPEST)) return undefined;
  try {
    return JSON.stringify(value) as string | undefined;
  } catch {
    return undefined;
  }
}

const part: ScriptPart = {
  name: 'asText',
  code: `const asText=no=>{const t=v=>no.has(v)?null:v,deep=(v,n)=>n===0||Object.values(v).some(w=>typeof w==="object"&&w!==null&&deep(w,n-1));return[v=>Number.isInteger(v)&&!Number.isSafeInteger(v)?undefined:t(String(v)),v=>t(String(v)),v=>/${DAMAGED}/u.test(v)?undefined:v,v=>{const k=Object.prototype.toString.call(v);if(k!=="[object Array]"&&k!=="[object Object]"||deep(v,${DEEPEST}))return undefined;try{const s=JSON.stringify(v);return typeof s==="string"?t(s):undefined}catch{return undefined}}]};`,
};

/**
 * How a name, a category and natural language are read: as they stand, white space around them taken off, in whatever form of Unicode they
 * come. A number or truth value is its JavaScript text, a list or an object its JSON text; a whole number that a double does not hold
 * exactly has lost digits and is none.
 */
export const textReading: Pick<ColumnTypeKind, 'kind' | 'wanted' | 'typescript' | 'reads' | 'compile' | 'quick' | 'script'> = {
  kind: 'string',
  wanted: 'a text',
  typescript: 'string',
  reads: ['missing'],
  compile(_, words) {
    const damaged = new RegExp(DAMAGED, 'u');
    const plain = (text: string) => (words.has(text) ? null : text);
    return {
      number: (value) => (Number.isInteger(value) && !Number.isSafeInteger(value) ? undefined : plain(String(value))),
      boolean: (value) => plain(String(value)),
      text: (text) => (damaged.test(text) ? undefined : text),
      json(value) {
        const text = jsonText(value);
        return text === undefined ? undefined : plain(text);
      },
    };
  },
  quick: (general) => (value) => {
    if (typeof value !== 'string') return general(value);
    const text = value.trim();
    return text !== '' && isWhole(text) ? text : general(value);
  },
  script: (_, words, writer) => `${writer.use(part)}(${words})`,
};
