const POWERS = Array.from({ length: 23 }, (_, i) => 10 ** i);
const MINUS = 45;
const POINT = 46;
const ZERO = 48;
const NINE = 57;
const LONGEST = 26;

const asciiText = (bytes: Uint8Array, from: number, to: number): string => String.fromCharCode(...bytes.subarray(from, to));

/**
 * Reads numbers that are written in the plainest way: digits with at most one point between them, no zero in front, no exponent. Few
 * digits are one exact fraction of integers, and so the nearest double.
 */
export class PlainNumbers {
  /** Whether one of those that were read had a point. */
  pointed = false;

  /** NaN for anything else, which is looked at as a text. */
  read(bytes: Uint8Array, from: number, to: number): number {
    let at = from;
    const negative = bytes[at] === MINUS;
    if (negative) at++;
    const begin = at;
    if (to - begin > LONGEST) return Number.NaN;
    let value = 0;
    let point = -1;
    for (; at < to; at++) {
      const c = bytes[at] as number;
      if (c >= ZERO && c <= NINE) value = value * 10 + (c - ZERO);
      else if (c === POINT && point < 0) point = at;
      else return Number.NaN;
    }
    const digits = to - begin - (point < 0 ? 0 : 1);
    // A leading zero makes a code of digits; a number ends and begins with a digit.
    if (digits === 0 || point === begin || point === to - 1 || (digits > 15 && point < 0)) return Number.NaN;
    const whole = (point < 0 ? to : point) - begin;
    if (whole > 1 && bytes[begin] === ZERO) return Number.NaN;
    if (point >= 0) {
      this.pointed = true;
      // More digits than an integer holds exactly: as slow and as exact as any other text.
      if (digits > 15) return Number(asciiText(bytes, from, to));
      value /= POWERS[to - point - 1] as number;
    }
    return negative && value !== 0 ? -value : value;
  }
}
