import { numberLiteral } from '../base/script/literal.js';
import type { ScriptPart } from '../base/script/script-part.js';
import type { ColumnTypeKind } from './column-type.js';
import { LAST_MOMENT, momentText, momentTextScript, plainMoment } from './moment.js';
import { missingNumbers } from './number-text.js';
import type { ReadingPlan } from './reading-plan.js';

const part: ScriptPart = {
  name: 'asMoment',
  code: 'const asMoment=(no,parse,compact)=>{const t=s=>{const v=parse(s);return v===v?no.has(v)?null:v:undefined};return[v=>{if(compact){const s=String(v);if(/^(\\d{8}|\\d{14})$/.test(s)){const w=t(s);if(w!==undefined)return w}}return Math.abs(v)<=864e13?no.has(v)?null:v:undefined},()=>undefined,t]};',
};

/** Compact dates that a number can be; others are epoch milliseconds. */
const COMPACT = /^(?:\d{8}|\d{14})$/;

/** The moments that missing words stand for, as dates or as numbers: one is missing however it is written. */
function missingMoments(reads: ReadingPlan): ReadonlySet<number> {
  const parse = momentText(reads.dates);
  const dates = (reads.missing ?? []).map(parse).filter((at) => at === at);
  return new Set([...missingNumbers(reads), ...dates]);
}

/** A moment: epoch milliseconds as a number, or its text. */
export const timestampType: ColumnTypeKind = {
  kind: 'timestamp',
  wanted: 'an ISO 8601 moment or epoch milliseconds',
  typescript: 'string | number',
  reads: ['missing', 'dates'],
  schema: () => ({
    description: 'ISO 8601 text, or epoch milliseconds (UTC).',
    anyOf: [{ type: 'string' }, { type: 'number' }],
  }),
  compile(reads) {
    const parse = momentText(reads.dates);
    const missing = missingMoments(reads);
    const text = (given: string) => {
      const at = parse(given);
      return at === at ? (missing.has(at) ? null : at) : undefined;
    };
    const epoch = (value: number) => (Math.abs(value) <= LAST_MOMENT ? (missing.has(value) ? null : value) : undefined);
    const compact = (value: number) => {
      const figures = String(value);
      const date = COMPACT.test(figures) ? text(figures) : undefined;
      return date === undefined ? epoch(value) : date;
    };
    return { number: reads.dates === 'compact' ? compact : epoch, boolean: () => undefined, text };
  },
  quick: (general) => (value) => {
    const at = typeof value === 'string' ? plainMoment(value) : Number.NaN;
    return at === at ? at : general(value);
  },
  script(reads, _, writer) {
    const missing = `new Set([${[...missingMoments(reads)].map(numberLiteral).join()}])`;
    return `${writer.use(part)}(${missing},${momentTextScript(reads.dates, writer)},${reads.dates === 'compact'})`;
  },
};
