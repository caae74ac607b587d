import { numberLiteral } from './literal.js';
import type { ScriptPart } from './script-part.js';

/** Base64 of bytes, without padding, as bytes again: `atob` is not in every place that runs scripts. */
const bytesPart: ScriptPart = {
  name: 'bytes',
  code: 'const bytes=s=>{const n=s.length,o=new Uint8Array(n*3>>2);for(let i=0,j=0,b=0,k=0;i<n;i++){const c=s.charCodeAt(i);b=(b<<6|(c>96?c-71:c>64?c-65:c>47?c+4:c>46?63:62))&65535;k+=6;if(k>7){k-=8;o[j++]=b>>k}}return o};',
};

/** Whole numbers of `w` digits of base 90 each, in characters that need no escape in a text. */
const digitsPart: ScriptPart = {
  name: 'digits',
  code: 'const digits=(w,s)=>Float64Array.from({length:s.length/w},(_,i)=>{let v=0;for(let k=0;k<w;k++){const c=s.charCodeAt(i*w+k);v=v*90+c-35-(c>60)-(c>92)}return v});',
};

/** Numbers of 1 or 2 bytes (whole), 4 or 8 (floats). */
const numbersPart: ScriptPart = {
  name: 'nums',
  needs: [bytesPart],
  code: 'const nums=(w,s)=>{const b=bytes(s),v=new DataView(b.buffer);return Float64Array.from({length:b.length/w|0},(_,i)=>w<2?b[i]:w<3?v.getUint16(i*2,!0):w<5?v.getFloat32(i*4,!0):v.getFloat64(i*8,!0))};',
};

/** Whole numbers as decimals: running sums if `sums`, then plus `add`, then by `by`. */
const decimalsPart: ScriptPart = {
  name: 'decs',
  code: 'const decs=(list,by,add=0,sums=0)=>{let a=0;return list.map(x=>((sums?a+=x:x)+add)/by)};',
};

/** Decimals that are off by at most one unit in the last place, as means of two decimals are: each times 3, plus 0, 1 or 2. */
const nearPart: ScriptPart = {
  name: 'near',
  code: 'const near=(list,by,add=0,sums=0)=>{let a=0;const f=new Float64Array(1),b=new BigInt64Array(f.buffer);return list.map(x=>{const q=sums?a+=x:x;f[0]=(Math.floor(q/3)+add)/by;const c=q%3-1;if(f[0]===0&&c<0)return-5e-324;b[0]+=BigInt(c);return f[0]})};',
};

/** Numbers that repeat: places in a list of the different ones. */
const repeatedPart: ScriptPart = {
  name: 'rep',
  code: 'const rep=(list,at)=>at.map(i=>list[i]);',
};

/** A JavaScript expression and the parts that it needs. */
export interface Packed {
  readonly code: string;
  readonly needs: readonly ScriptPart[];
}

/** Largest power of ten that decimals are tried with. */
const MOST_DECIMALS = 9;
const FEW = 40;

/**
 * An expression for a list of numbers, the shortest of several forms that give every bit back: written out, whole numbers, decimals as
 * whole numbers, their differences when they rise, 4-byte floats, 8-byte floats, and places in a list of the different ones.
 */
export function packNumbers(values: ArrayLike<number>): Packed {
  const direct = packDirect(values);
  const distinct = [...new Set(Array.from(values))];
  // -0 and 0 are one member of a set.
  if (distinct.length * 2 > values.length || Array.from(values).some((value) => Object.is(value, -0))) return direct;
  const place = new Map(distinct.sort((a, b) => a - b).map((value, i) => [value, i]));
  const list = packDirect(distinct);
  const at = packDirect(Array.from(values, (value) => place.get(value) ?? 0));
  const code = `rep(${list.code},${at.code})`;
  return code.length < direct.code.length ? { code, needs: [repeatedPart, ...list.needs, ...at.needs] } : direct;
}

function packDirect(values: ArrayLike<number>): Packed {
  const plain = values.length <= FEW ? `[${Array.from(values, numberLiteral).join()}]` : null;
  const packed = packWhole(values) ?? packFloats(values);
  return plain !== null && plain.length <= packed.code.length ? { code: plain, needs: [] } : packed;
}

function packFloats(values: ArrayLike<number>): Packed {
  let single = true;
  for (let i = 0; single && i < values.length; i++) single = Object.is(Math.fround(values[i]), values[i]);
  const bytes = Buffer.alloc(values.length * (single ? 4 : 8));
  for (let i = 0; i < values.length; i++)
    if (single) bytes.writeFloatLE(values[i], i * 4);
    else bytes.writeDoubleLE(values[i], i * 8);
  return { code: `nums(${single ? 4 : 8},"${base64(bytes)}")`, needs: [numbersPart] };
}

/** Whole numbers, or decimals that are whole numbers over a power of ten or next to one; null when they are neither. */
function packWhole(values: ArrayLike<number>): Packed | null {
  for (let decimals = 0, by = 1; decimals <= MOST_DECIMALS; decimals++, by *= 10) {
    const { whole, off } = wholeNumbers(values, by);
    if (whole && off.every((units) => units === 0)) return shortest(whole, by, null);
    if (whole) return shortest(whole, by, off);
  }
  return null;
}

const float = new Float64Array(1);
const bits = new BigInt64Array(float.buffer);

/** Each value times `by` as a whole number, and by how many units in the last place the value is off it; null when by more than one. */
function wholeNumbers(values: ArrayLike<number>, by: number): { whole: Float64Array | null; off: Int8Array } {
  const whole = new Float64Array(values.length);
  const off = new Int8Array(values.length);
  for (let i = 0; i < values.length; i++) {
    whole[i] = Math.round(values[i] * by) + 0;
    if (!(Math.abs(whole[i]) < 2 ** 31)) return { whole: null, off };
    float[0] = values[i];
    const wanted = bits[0];
    float[0] = whole[i] / by;
    // Below zero the bits count the other way.
    const units = whole[i] === 0 && values[i] === -Number.MIN_VALUE ? -1n : wanted - bits[0];
    if (units < -1n || units > 1n) return { whole: null, off };
    off[i] = Number(units);
  }
  return { whole, off };
}

function shortest(whole: Float64Array, by: number, off: Int8Array | null): Packed {
  const low = whole.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  // What is small enough as it is needs no arithmetic.
  const add = whole.length === 0 || (by === 1 && off === null && low >= 0 && low < BASE) ? 0 : low;
  const from = whole.map((value, i) => (off ? 3 * (value - add) + off[i] + 1 : value - add));
  const plain = decimals(from, by, add, false, off !== null);
  if (!from.every((value, i) => i === 0 || value >= from[i - 1])) return plain;
  const steps = from.map((value, i) => (i === 0 ? value : value - from[i - 1]));
  const rising = decimals(steps, by, add, true, off !== null);
  return rising.code.length < plain.code.length ? rising : plain;
}

function decimals(values: Float64Array, by: number, add: number, sums: boolean, near: boolean): Packed {
  const { code, needs } = writeWhole(values);
  if (by === 1 && add === 0 && !sums && !near) return { code, needs };
  const rest = [numberLiteral(by), numberLiteral(add), '1'].slice(0, sums ? 3 : add !== 0 ? 2 : 1);
  const part = near ? nearPart : decimalsPart;
  return { code: `${part.name}(${[code, ...rest].join()})`, needs: [part, ...needs] };
}

const BASE = 90;

/** Whole numbers from 0 on, in the fewest characters: 4/3 or 8/3 of base64, or as many as there are digits. */
function writeWhole(values: Float64Array): Packed {
  const most = values.reduce((largest, value) => Math.max(largest, value), 0);
  const digits = Math.max(1, Array.from({ length: 6 }, (_, k) => BASE ** (k + 1)).filter((limit) => most >= limit).length + 1);
  const width = most < 256 && digits > 1 ? 1 : most < 65_536 && digits > 2 ? 2 : 0;
  if (width === 0) {
    const text = Array.from(values, (value) => {
      let own = '';
      for (let k = 0, rest = value; k < digits; k++, rest = Math.floor(rest / BASE)) own = digit(rest % BASE) + own;
      return own;
    }).join('');
    return { code: `digits(${digits},"${text}")`, needs: [digitsPart] };
  }
  const bytes = Buffer.alloc(values.length * width);
  values.forEach((value, i) => bytes.writeUIntLE(value, i * width, width));
  return { code: `nums(${width},"${base64(bytes)}")`, needs: [numbersPart] };
}

/** Printable characters but the quote, '<' and the backslash. */
const digit = (value: number): string => String.fromCharCode(35 + value + (value >= 25 ? 1 : 0) + (value >= 56 ? 1 : 0));

const base64 = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');
