import type { ScriptPart } from '../base/script/script-part.js';
import type { ColumnTypeKind } from './column-type.js';

/** What much that reads texts later ends or breaks at: NUL, and halves of characters. */
const DAMAGED = '[\\0\\ud800-\\udfff]';

const part: ScriptPart = {
  name: 'asText',
  code: `const asText=no=>{const t=v=>no.has(v)?null:v;return[v=>Number.isInteger(v)&&!Number.isSafeInteger(v)?undefined:t(String(v)),v=>t(String(v)),v=>/${DAMAGED}/u.test(v)?undefined:v]};`,
};

/**
 * How a name, a category and natural language are read: as they stand, white space around them taken off, in whatever form of Unicode they
 * come. A number or truth value is its JavaScript text; a whole number that a double does not hold exactly has lost digits and is none.
 */
export const textReading: Pick<ColumnTypeKind, 'kind' | 'wanted' | 'typescript' | 'reads' | 'compile' | 'script'> = {
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
    };
  },
  script: (_, words, writer) => `${writer.use(part)}(${words})`,
};
