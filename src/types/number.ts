import type { ScriptPart } from '../base/script/script-part.js';
import type { ColumnTypeKind } from './column-type.js';
import { missingNumbers, missingNumbersScript, numberText, numberTextScript } from './number-text.js';

const part: ScriptPart = {
  name: 'asNumber',
  code: 'const asNumber=(no,parse)=>{const n=v=>no.has(v)?null:v;return[n,v=>n(v?1:0),t=>{const v=parse(t);return v-v===0?n(v+0):undefined}]};',
};

/** A finite real number; true is 1 and false 0. */
export const numberType: ColumnTypeKind = {
  kind: 'number',
  wanted: 'a number',
  typescript: 'number',
  reads: ['missing', 'decimal', 'group', 'unit'],
  schema: () => ({ type: ['number', 'string', 'boolean'], description: 'A number or its text; true is 1.' }),
  compile(reads) {
    const parse = numberText(reads);
    const missing = missingNumbers(reads);
    const number = missing.size === 0 ? (value: number) => value : (value: number) => (missing.has(value) ? null : value);
    return {
      number,
      boolean: (value) => number(value ? 1 : 0),
      text(text) {
        const value = parse(text);
        return value - value === 0 ? number(value + 0) : undefined;
      },
    };
  },
  quick: (general) => (value) => (typeof value === 'number' && value - value === 0 ? value + 0 : general(value)),
  script: (reads, _, writer) =>
    `${writer.use(part)}(${missingNumbersScript(reads, writer)},${numberTextScript(reads, writer)})`,
};
