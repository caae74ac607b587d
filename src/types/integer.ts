import type { ScriptPart } from '../base/script/script-part.js';
import type { ColumnTypeKind } from './column-type.js';
import { missingNumbers, missingNumbersScript, numberText, numberTextScript } from './number-text.js';

const part: ScriptPart = {
  name: 'asInteger',
  code: 'const asInteger=(no,parse)=>{const n=v=>Number.isSafeInteger(v)?no.has(v)?null:v:undefined;return[n,v=>n(v?1:0),t=>n(parse(t)+0)]};',
};

/** A number without fraction that a double holds exactly, however it is written: 5.0 is 5. True is 1 and false 0. */
export const integerType: ColumnTypeKind = {
  kind: 'number',
  wanted: 'a whole number',
  typescript: 'number',
  reads: ['missing', 'decimal', 'group', 'unit'],
  schema: () => ({ type: ['integer', 'string', 'boolean'], description: 'A whole number or its text; true is 1.' }),
  compile(reads) {
    const parse = numberText(reads);
    const missing = missingNumbers(reads);
    const number = (value: number) => (Number.isSafeInteger(value) ? (missing.has(value) ? null : value) : undefined);
    return { number, boolean: (value) => number(value ? 1 : 0), text: (text) => number(parse(text) + 0) };
  },
  quick: (general) => (value) => (Number.isSafeInteger(value) ? (value as number) + 0 : general(value)),
  script: (reads, _, writer) =>
    `${writer.use(part)}(${missingNumbersScript(reads, writer)},${numberTextScript(reads, writer)})`,
};
