import type { ScriptPart } from '../base/script/script-part.js';
import type { ScriptWriter } from '../base/script/script-writer.js';
import type { DateForm } from './reading-plan.js';

/** A written form of dates: its pattern, and which of the first three groups are year, month and day. */
type Form = readonly [pattern: string, year: number, month: number, day: number];

const ZONE = '(Z|UTC|GMT|[+-]\\d{2}(?::?\\d{2})?)';
/** Groups 4 to 9: hour, minute, second, fraction, half of the day, zone. */
const TIME = `(?:[T ]\\s*(\\d{1,2}):(\\d{2})(?::(\\d{2})(?:[.,](\\d{1,9}))?)?(?:\\s?([ap]m))?(?:\\s?${ZONE})?)?`;
const MONTH =
  '(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\\.?';
const NUMERIC = `^(\\d{1,2})[-/.](\\d{1,2})[-/.](\\d{4}|\\d{2}),?${TIME}$`;

const ISO: Form = [`^(\\d{4}|[+-]\\d{4,6})(?:[-/](\\d{1,2})(?:[-/](\\d{1,2})${TIME})?)?$`, 1, 2, 3];
const NAMED: readonly Form[] = [
  [`^(\\d{1,2})[-/. ]\\s*${MONTH}[-/, ]\\s*(\\d{4}|\\d{2}),?${TIME}$`, 3, 2, 1],
  [`^${MONTH}[- ]\\s*(\\d{1,2})(?:,|[-, ])\\s*(\\d{4}|\\d{2}),?${TIME}$`, 3, 1, 2],
];

const FORMS: Readonly<Record<DateForm, readonly Form[]>> = {
  mdy: [[NUMERIC, 3, 1, 2], ...NAMED],
  dmy: [[NUMERIC, 3, 2, 1], ...NAMED],
  named: NAMED,
  compact: [[`^(\\d{4})(\\d{2})(\\d{2})(?:(?:T|(?=\\d{6}(?!\\d)))(\\d{2})(\\d{2})(\\d{2})?()()${ZONE}?)?$`, 1, 2, 3]],
};

export const DATE_FORMS = Object.keys(FORMS) as readonly DateForm[];

const formsOf = (dates: DateForm | undefined): readonly Form[] => (dates === undefined ? [ISO] : [ISO, ...FORMS[dates]]);

/** Epoch milliseconds in figures; fewer of them could be a year, a day or seconds. */
const FIGURES = '^-?\\d{11,16}(?:\\.\\d+)?$';

/** The last millisecond of the calendar, and the first with a minus. */
export const LAST_MOMENT = 8.64e15;

/**
 * Reads the text of a moment as epoch milliseconds, UTC where no zone is written, to the microsecond; NaN when it is none, as a day that
 * its month does not have. A year or a month alone is its first day.
 */
export function momentText(dates?: DateForm): (text: string) => number {
  const forms = formsOf(dates).map(([pattern, ...at]) => ({ pattern: new RegExp(pattern, 'i'), at }));
  const figures = new RegExp(FIGURES);
  return (text) => {
    for (const { pattern, at } of forms) {
      const match = pattern.exec(text);
      if (match) return momentOf(match, at);
    }
    return figures.test(text) ? within(Number(text)) : Number.NaN;
  };
}

/** A moment in the form that programs write, such as 2001-02-03T04:05:06.789Z, without a pattern; NaN for any other text. */
export function plainMoment(text: string): number {
  const { length } = text;
  if (length !== 24 && length !== 20 && length !== 19 && length !== 10) return Number.NaN;
  if (text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45) return Number.NaN;
  const year = pair(text, 0) * 100 + pair(text, 2);
  const month = pair(text, 5);
  const day = pair(text, 8);
  // Later days of a month, and what may be none, go the long way.
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= 28)) return Number.NaN;
  const midnight = daysOf(year, month, day) * 86_400_000;
  if (length === 10) return midnight;
  const between = text.charCodeAt(10);
  if ((between !== 84 && between !== 32) || text.charCodeAt(13) !== 58 || text.charCodeAt(16) !== 58) return Number.NaN;
  const hour = pair(text, 11);
  const minute = pair(text, 14);
  const second = pair(text, 17);
  if (!(hour < 24 && minute < 60 && second < 60)) return Number.NaN;
  const time = midnight + ((hour * 60 + minute) * 60 + second) * 1000;
  if (length === 19) return time;
  if (text.charCodeAt(length - 1) !== 90) return Number.NaN;
  if (length === 20) return time;
  return text.charCodeAt(19) === 46 ? time + pair(text, 20) * 10 + digit(text, 22) : Number.NaN;
}

const pair = (text: string, at: number): number => digit(text, at) * 10 + digit(text, at + 1);

/** NaN for any other character. */
function digit(text: string, at: number): number {
  const value = text.charCodeAt(at) - 48;
  return value >= 0 && value <= 9 ? value : Number.NaN;
}

const within = (ms: number): number => (Math.abs(ms) <= LAST_MOMENT ? ms + 0 : Number.NaN);
const LENGTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const NAMES = 'janfebmaraprmayjunjulaugsepoctnovdec';

function momentOf(match: RegExpExecArray, [yearAt, monthAt, dayAt]: readonly [number, number, number]): number {
  const year = yearOf(match[yearAt] as string);
  const month = monthOf(match[monthAt] ?? '1');
  const day = Number(match[dayAt] ?? 1);
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  if (month < 1 || month > 12 || day < 1 || day > (month === 2 && !leap ? 28 : (LENGTHS[month - 1] as number)))
    return Number.NaN;
  const hour = hourOf(Number(match[4] ?? 0), match[8]);
  const [minute, second] = [Number(match[5] ?? 0), Number(match[6] ?? 0)];
  const micros = Number(`${match[7] ?? ''}000000`.slice(0, 6));
  if (minute > 59 || second > 60 || !(hour < 24 || (hour === 24 && minute + second + micros === 0))) return Number.NaN;
  const seconds = daysOf(year, month, day) * 86_400 + (hour * 60 + minute) * 60 + second - offsetOf(match[9]);
  const exact = seconds * 1e6 + micros;
  return within(Number.isSafeInteger(exact) ? exact / 1000 : seconds * 1000 + micros / 1000);
}

function yearOf(text: string): number {
  const year = Number(text);
  return text.length === 2 ? year + (year < 69 ? 2000 : 1900) : year;
}

function monthOf(text: string): number {
  const named = NAMES.indexOf(text.slice(0, 3).toLowerCase());
  return named < 0 ? Number(text) : named / 3 + 1;
}

/** NaN for an hour that a clock of twelve does not have. */
function hourOf(hour: number, half: string | undefined): number {
  if (half === undefined || half === '') return hour;
  return hour < 1 || hour > 12 ? Number.NaN : (hour % 12) + (half[0] === 'p' || half[0] === 'P' ? 12 : 0);
}

/** Seconds east of UTC; NaN for more than a day has. */
function offsetOf(zone: string | undefined): number {
  if (zone === undefined || !/\d/.test(zone)) return 0;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(3).replace(':', '') || 0)];
  if (hours > 23 || minutes > 59) return Number.NaN;
  return (zone.startsWith('-') ? -60 : 60) * (hours * 60 + minutes);
}

/** Days since 1970-01-01 in the calendar of today, whatever the year. */
function daysOf(year: number, month: number, day: number): number {
  const from = month > 2 ? year : year - 1;
  const era = Math.floor(from / 400);
  const inEra = from - era * 400;
  const inYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  return era * 146_097 + inEra * 365 + Math.floor(inEra / 4) - Math.floor(inEra / 100) + inYear - 719_468;
}

const part: ScriptPart = {
  name: 'momentText',
  code:
    'const momentText=(()=>{const within=t=>Math.abs(t)<=864e13?t+0:NaN,momentOf=(m,Y,M,D)=>{' +
    'const T=m[Y],y=+T+(T.length===2?T<69?2000:1900:0),N=m[M]??"1",k="janfebmaraprmayjunjulaugsepoctnovdec".indexOf(N.slice(0,3).toLowerCase()),o=k<0?+N:k/3+1,d=+(m[D]??1),leap=y%4===0&&(y%100!==0||y%400===0);' +
    'if(o<1||o>12||d<1||d>(o===2&&!leap?28:[31,29,31,30,31,30,31,31,30,31,30,31][o-1]))return NaN;' +
    'let h=+(m[4]??0);if(m[8])h=h<1||h>12?NaN:h%12+(/p/i.test(m[8])?12:0);' +
    'const i=+(m[5]??0),s=+(m[6]??0),u=+((m[7]??"")+"000000").slice(0,6),z=m[9];if(i>59||s>60||!(h<24||h===24&&i+s+u===0))return NaN;' +
    'let f=0;if(z&&/\\d/.test(z)){const a=+z.slice(1,3),b=+z.slice(3).replace(":","");if(a>23||b>59)return NaN;f=(z[0]==="-"?-60:60)*(a*60+b)}' +
    'const r=o>2?y:y-1,e=Math.floor(r/400),g=r-e*400,c=Math.floor((153*(o>2?o-3:o+9)+2)/5)+d-1,n=e*146097+g*365+Math.floor(g/4)-Math.floor(g/100)+c-719468,' +
    'q=n*86400+(h*60+i)*60+s-f,x=q*1e6+u;return within(Number.isSafeInteger(x)?x/1e3:q*1e3+u/1e3)};' +
    `return F=>{const R=F.map(([p,...at])=>[new RegExp(p,"i"),at]);return t=>{for(const[p,at]of R){const m=p.exec(t);if(m)return momentOf(m,...at)}return/${FIGURES}/.test(t)?within(+t):NaN}}})();`,
};

/** Code of the function that `momentText` gives. */
export const momentTextScript = (dates: DateForm | undefined, writer: ScriptWriter): string =>
  writer.constant(`${writer.use(part)}(${JSON.stringify(formsOf(dates))})`);
