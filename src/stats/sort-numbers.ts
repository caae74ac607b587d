/** Below this, the built-in sort is faster. */
const FEW = 500;
const DIGITS: readonly { readonly half: 0 | 1; readonly shift: number; readonly mask: number }[] = [
  { half: 0, shift: 0, mask: 2047 },
  { half: 0, shift: 11, mask: 2047 },
  { half: 0, shift: 22, mask: 1023 },
  { half: 1, shift: 0, mask: 2047 },
  { half: 1, shift: 11, mask: 2047 },
  { half: 1, shift: 22, mask: 1023 },
];

/** Sorts numbers ascending, in place, and returns them: -0 before 0; NaN is not allowed. Radix sort of their bits. */
export function sortNumbers(values: Float64Array): Float64Array {
  const n = values.length;
  if (n < FEW) return values.sort();
  const bits = new Uint32Array(values.buffer, values.byteOffset, 2 * n);
  flip(bits, true);
  let from: Uint32Array = bits;
  let to: Uint32Array = new Uint32Array(2 * n);
  const starts = new Uint32Array(2048);
  for (const { half, shift, mask } of DIGITS) {
    starts.fill(0);
    for (let i = half; i < 2 * n; i += 2) starts[(from[i] >>> shift) & mask]++;
    if (starts[(from[half] >>> shift) & mask] === n) continue;
    let sum = 0;
    for (let digit = 0; digit <= mask; digit++) {
      const count = starts[digit];
      starts[digit] = sum;
      sum += count;
    }
    for (let i = 0; i < 2 * n; i += 2) {
      const at = 2 * starts[(from[i + half] >>> shift) & mask]++;
      to[at] = from[i];
      to[at + 1] = from[i + 1];
    }
    [from, to] = [to, from];
  }
  if (from !== bits) bits.set(from);
  flip(bits, false);
  return values;
}

/** Makes the bits of numbers ascend as unsigned integers, or turns them back (the high half is the odd one on every machine Node runs on). */
function flip(bits: Uint32Array, there: boolean): void {
  for (let i = 1; i < bits.length; i += 2) {
    const negative = bits[i] >>> 31 === (there ? 1 : 0);
    if (negative) bits[i - 1] = ~bits[i - 1];
    bits[i] = negative ? ~bits[i] : bits[i] ^ 0x80000000;
  }
}
