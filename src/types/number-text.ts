import { dataLiteral, numberLiteral } from '../base/script/literal.js';
import type { ScriptPart } from '../base/script/script-part.js';
import type { ScriptWriter } from '../base/script/script-writer.js';
import type { ReadingPlan } from './reading-plan.js';

/** A decimal as people and programs write it: leading zeros are digits, an exponent is read, other bases and `_` are not. */
const PLAIN = '^[+-]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?$';

const GROUPS: Readonly<Record<NonNullable<ReadingPlan['group']>, string>> = {
  ',': ',',
  '.': '\\.',
  ' ': '[ \\u00a0\\u2009\\u202f]',
  "'": "['\\u2019]",
};

/** Group 1 or 2 is the sign, group 3 the digits. */
function declaredPattern({ decimal, group, unit }: ReadingPlan): string {
  const point = decimal ?? '\\.';
  const whole = group === undefined ? '\\d+' : `(?:\\d{1,3}(?:${GROUPS[group]}\\d{3})+|\\d+)`;
  const digits = `((?:${whole}(?:${point}\\d*)?|${point}\\d+)(?:[eE][+-]?\\d+)?)`;
  if (unit === undefined) return `^([+-]?)()${digits}$`;
  const sign = unit.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
  return `^(?:([+-]?)(?:${sign}\\s*)?|${sign}\\s*([+-]))${digits}(?:\\s*${sign})?$`;
}

const groupPattern = ({ group }: ReadingPlan): string => (group === undefined ? '[]' : GROUPS[group]);

const isPlain = ({ decimal, group, unit }: ReadingPlan): boolean =>
  decimal === undefined && group === undefined && unit === undefined;

/** Reads the text of a number, NaN when it is none; an infinite one is none for whoever asks. */
export function numberText(reads: ReadingPlan): (text: string) => number {
  if (isPlain(reads)) {
    const plain = new RegExp(PLAIN);
    return (text) => (plain.test(text) ? Number(text) : Number.NaN);
  }
  const pattern = new RegExp(declaredPattern(reads));
  const groups = new RegExp(groupPattern(reads), 'g');
  return (text) => {
    const match = pattern.exec(text);
    if (!match) return Number.NaN;
    const digits = (match[3] as string).replace(groups, '').replace(',', '.');
    return Number(`${match[1] ?? ''}${match[2] ?? ''}${digits}`);
  };
}

const plainPart: ScriptPart = { name: 'plainNumber', code: `const plainNumber=t=>/${PLAIN}/.test(t)?Number(t):NaN;` };
const declaredPart: ScriptPart = {
  name: 'declaredNumber',
  code: 'const declaredNumber=(p,g)=>t=>{const m=p.exec(t);return m?Number((m[1]??"")+(m[2]??"")+m[3].replace(g,"").replace(",",".")):NaN};',
};

/** Code of the function that `numberText` gives. */
export function numberTextScript(reads: ReadingPlan, writer: ScriptWriter): string {
  if (isPlain(reads)) return writer.use(plainPart);
  const pattern = `new RegExp(${dataLiteral(declaredPattern(reads))})`;
  const groups = `new RegExp(${dataLiteral(groupPattern(reads))},"g")`;
  return writer.constant(`${writer.use(declaredPart)}(${pattern},${groups})`);
}

/** The missing words that are numbers: a number that is one of them is missing however it is written. */
export function missingNumbers(reads: ReadingPlan): ReadonlySet<number> {
  const own = numberText(reads);
  const plain = numberText({});
  const words = reads.missing ?? [];
  return new Set(words.flatMap((word) => [own(word), plain(word)]).filter((value) => value - value === 0));
}

/** Code of the set of missing numbers. */
export const missingNumbersScript = (reads: ReadingPlan, writer: ScriptWriter): string =>
  writer.constant(`new Set([${[...missingNumbers(reads)].map(numberLiteral).join()}])`);
