import { numberLiteral } from './literal.js';
import type { ScriptPart } from './script-part.js';

/** Base64 of bytes, without padding, as bytes again: `atob` is not in every place that runs scripts. */
const bytesPart: ScriptPart = {
  name: 'bytes',
  code: 'const bytes=s=>{const n=s.length,o=new Uint8Array(n*3>>2);for(let i=0,j=0,b=0,k=0;i<n;i++){const c=s.charCodeAt(i);b=(b<<6|(c>96?c-71:c>64?c-65:c>47?c+4:c>46?63:62))&65535;k+=6;if(k>7){k-=8;o[j++]=b>>k}}return o};',
};

/** `kind` 0-2: whole numbers of 1, 2, 4 bytes, 3-4: floats of 4, 8. Whole numbers: running sums if `sums`, then plus `add`, then by `by`. */
const numbersPart: ScriptPart = {
  name: 'nums',
  needs: [bytesPart],
  code: 'const nums=(kind,s,by=1,add=0,sums=0)=>{const b=bytes(s),v=new DataView(b.buffer),w=[1,2,4,4,8][kind],o=new Float64Array(b.length/w|0);for(let i=0,a=0;i<o.length;i++){const p=i*w,x=kind<1?b[p]:kind<2?v.getUint16(p,!0):kind<3?v.getUint32(p,!0):kind<4?v.getFloat32(p,!0):v.getFloat64(p,!0);o[i]=kind>2?x:((sums?a+=x:x)+add)/by}return o};',
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
  return plain !== null && plain.length <= packed.length ? { code: plain, needs: [] } : { code: packed, needs: [numbersPart] };
}

function packFloats(values: ArrayLike<number>): string {
  let single = true;
  for (let i = 0; single && i < values.length; i++) single = Object.is(Math.fround(values[i]), values[i]);
  const bytes = Buffer.alloc(values.length * (single ? 4 : 8));
  for (let i = 0; i < values.length; i++)
    if (single) bytes.writeFloatLE(values[i], i * 4);
    else bytes.writeDoubleLE(values[i], i * 8);
  return `nums(${single ? 3 : 4},"${base64(bytes)}")`;
}

/** Whole numbers, or decimals that are whole numbers over a power of ten; null when they are neither. */
function packWhole(values: ArrayLike<number>): string | null {
  for (let decimals = 0, by = 1; decimals <= MOST_DECIMALS; decimals++, by *= 10) {
    const whole = wholeNumbers(values, by);
    if (whole) return shortest(whole, by);
  }
  return null;
}

function wholeNumbers(values: ArrayLike<number>, by: number): Float64Array | null {
  const out = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const whole = Math.round(values[i] * by);
    if (!(Math.abs(whole) < 2 ** 31) || !Object.is((whole + 0) / by, values[i])) return null;
    out[i] = whole;
  }
  return out;
}

function shortest(whole: Float64Array, by: number): string {
  const low = whole.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const add = whole.length === 0 ? 0 : low;
  const plain = writeWhole(
    whole.map((value) => value - add),
    by,
    add,
    false,
  );
  if (!whole.every((value, i) => i === 0 || value >= whole[i - 1])) return plain;
  const steps = whole.map((value, i) => (i === 0 ? 0 : value - whole[i - 1]));
  const rising = writeWhole(steps, by, add, true);
  return rising.length < plain.length ? rising : plain;
}

function writeWhole(values: Float64Array, by: number, add: number, sums: boolean): string {
  const most = values.reduce((largest, value) => Math.max(largest, value), 0);
  const kind = most < 256 ? 0 : most < 65_536 ? 1 : 2;
  const width = [1, 2, 4][kind];
  const bytes = Buffer.alloc(values.length * width);
  values.forEach((value, i) => bytes.writeUIntLE(value, i * width, width));
  const rest = [numberLiteral(by), numberLiteral(add), '1'].slice(0, sums ? 3 : add !== 0 ? 2 : by !== 1 ? 1 : 0);
  return `nums(${[kind, `"${base64(bytes)}"`, ...rest].join()})`;
}

const base64 = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');
