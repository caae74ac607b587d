/** Functions of one value that expressions compile to, where a JavaScript operator does not have our semantics. */

/** Beyond this many ms from 1970 there is no calendar date. */
export const CALENDAR_LIMIT = 8.64e15;
const HOUR = 3_600_000;
const DAY = 86_400_000;

const inCalendar = (moment: number) => moment >= -CALENDAR_LIMIT && moment <= CALENDAR_LIMIT;

export function hourOf(moment: number): number {
  if (!inCalendar(moment)) return Number.NaN;
  const hours = Math.floor(Math.floor(moment) / HOUR);
  return hours - Math.floor(hours / 24) * 24;
}

export function weekdayOf(moment: number): number {
  if (!inCalendar(moment)) return Number.NaN;
  const days = Math.floor(Math.floor(moment) / DAY) + 4;
  return days - Math.floor(days / 7) * 7;
}

/** Day of the month, 1-31 (proleptic Gregorian; days to civil by Hinnant's algorithm). */
export function dayOf(moment: number): number {
  if (!inCalendar(moment)) return Number.NaN;
  const dayOfYear = marchDayOfYear(moment);
  const month = Math.floor((5 * dayOfYear + 2) / 153);
  return dayOfYear - Math.floor((153 * month + 2) / 5) + 1;
}

/** Month, 1-12. */
export function monthOf(moment: number): number {
  if (!inCalendar(moment)) return Number.NaN;
  const month = Math.floor((5 * marchDayOfYear(moment) + 2) / 153);
  return month < 10 ? month + 3 : month - 9;
}

/** Days since the first of March that went before, 0-365. */
function marchDayOfYear(moment: number): number {
  const shifted = Math.floor(Math.floor(moment) / DAY) + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  return dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
}

/** Order of code points, as SQL engines compare UTF-8 bytes: negative, 0 or positive. */
export function compareText(a: string, b: string): number {
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return weight(x) - weight(y);
  }
  return a.length - b.length;
}
/** Surrogates stand for code points above all others of 16 bits. */
const weight = (unit: number) => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit);

/** Each code point in lower case by itself (no context, no expansion). */
export function lowerText(text: string): string {
  let plain = true;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) plain = false;
  if (plain) return text.toLowerCase();
  let out = '';
  for (const character of text) out += character === '\u0130' ? 'i' : character.toLowerCase();
  return out;
}

/** Number of code points. */
export function textLength(text: string): number {
  let count = text.length;
  for (let i = 0; i + 1 < text.length; i++) {
    if ((text.charCodeAt(i) & 0xfc00) === 0xd800 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) {
      count--;
      i++;
    }
  }
  return count;
}

/** A decimal number, maybe with an exponent; the SQL emitters use the same pattern. */
export const NUMBER_PATTERN = '[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]+)?';
const NUMBER = new RegExp(`^${NUMBER_PATTERN}$`);

/** The number that a text spells; NaN when it spells none or one beyond the range. */
export function parseNumber(text: string): number {
  if (!NUMBER.test(text)) return Number.NaN;
  const value = Number(text);
  return Number.isFinite(value) ? value : Number.NaN;
}
