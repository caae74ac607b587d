import { engineLogScript } from '../base/script/engine-log.js';
import type { ScriptPart } from '../base/script/script-part.js';
import type { ScriptWriter } from '../base/script/script-writer.js';
import type { JavaScriptEmitter } from './emit-javascript.js';
import { CALENDAR_LIMIT, NUMBER_PATTERN } from './scalar-functions.js';

const calendar: ScriptPart = {
  name: 'within',
  code: `const within=t=>t>=${-CALENDAR_LIMIT}&&t<=${CALENDAR_LIMIT},daysOf=t=>Math.floor(Math.floor(t)/864e5);`,
};
const marchDay: ScriptPart = {
  name: 'marchDay',
  needs: [calendar],
  code: 'const marchDay=t=>{const s=daysOf(t)+719468,e=Math.floor(s/146097),d=s-e*146097,y=Math.floor((d-Math.floor(d/1460)+Math.floor(d/36524)-Math.floor(d/146096))/365);return d-(365*y+Math.floor(y/4)-Math.floor(y/100))};',
};

/** The functions of `scalar-functions.ts` that expressions call, as script. */
export const SCALAR_SCRIPTS: readonly ScriptPart[] = [
  {
    name: 'hourOf',
    needs: [calendar],
    code: 'const hourOf=t=>{if(!within(t))return NaN;const h=Math.floor(Math.floor(t)/36e5);return h-Math.floor(h/24)*24};',
  },
  {
    name: 'weekdayOf',
    needs: [calendar],
    code: 'const weekdayOf=t=>{if(!within(t))return NaN;const d=daysOf(t)+4;return d-Math.floor(d/7)*7};',
  },
  {
    name: 'dayOf',
    needs: [marchDay],
    code: 'const dayOf=t=>{if(!within(t))return NaN;const d=marchDay(t),m=Math.floor((5*d+2)/153);return d-Math.floor((153*m+2)/5)+1};',
  },
  {
    name: 'monthOf',
    needs: [marchDay],
    code: 'const monthOf=t=>{if(!within(t))return NaN;const m=Math.floor((5*marchDay(t)+2)/153);return m<10?m+3:m-9};',
  },
  {
    name: 'compareText',
    code: 'const compareText=(a,b)=>{const w=u=>u>=55296&&u<=57343?u+65536:u;for(let i=0;i<Math.min(a.length,b.length);i++){const x=a.charCodeAt(i),y=b.charCodeAt(i);if(x!==y)return w(x)-w(y)}return a.length-b.length};',
  },
  {
    name: 'lowerText',
    code: 'const lowerText=s=>{if(/^[\\0-\\x7f]*$/.test(s))return s.toLowerCase();let o="";for(const c of s)o+=c==="\\u0130"?"i":c.toLowerCase();return o};',
  },
  {
    name: 'textLength',
    code: 'const textLength=s=>{let n=0;for(const c of s)n++;return n};',
  },
  {
    name: 'parseNumber',
    code: `const parseNumber=s=>{if(!/^${NUMBER_PATTERN}$/.test(s))return NaN;const v=Number(s);return v-v===0?v:NaN};`,
  },
];

/** Declarations of what the statements of an emitter use by the names `fn` and `sets`. */
export function environmentScript(emitter: JavaScriptEmitter, writer: ScriptWriter): string {
  const used = SCALAR_SCRIPTS.filter(({ name }) => emitter.statements.includes(`fn.${name}(`));
  const sets = emitter.environment.sets.map((set) => writer.constant(`new Set(${writer.texts([...set])})`));
  // The logarithm must not depend on the engine, so the statements see another `Math` with all that they call of it.
  const math = emitter.statements.includes('Math.log(')
    ? `const Math=${writer.constant(`{abs:Math.abs,sqrt:Math.sqrt,floor:Math.floor,log:${writer.use(engineLogScript)}}`)};`
    : '';
  return (
    math +
    (used.length > 0 ? `const fn=${writer.constant(`{${used.map((part) => writer.use(part)).join()}}`)};` : '') +
    (sets.length > 0 ? `const sets=${writer.constant(`[${sets.join()}]`)};` : '')
  );
}
