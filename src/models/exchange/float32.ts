/** Neighbours among the numbers of 32 bits, which formats other than LightGBM's are limited to. */

const value = new Float32Array(1);
const bits = new Int32Array(value.buffer);

/** Largest finite number of 32 bits. */
export const LARGEST_FLOAT = Math.fround(3.4028234663852886e38);

/** The next float32 above a float32; Infinity stays. */
export function nextFloat(x: number): number {
  if (x === Infinity) return x;
  value[0] = x === 0 ? 0 : x;
  bits[0] += (value[0] as number) >= 0 ? 1 : -1;
  return value[0] as number;
}

/** The next float32 below a float32; -Infinity stays. */
export const previousFloat = (x: number): number => -nextFloat(-x);

/** The largest float32 that is not above `x`: of float32 inputs exactly those at most `x` are at most it. */
export function floorFloat(x: number): number {
  const nearest = Math.fround(x);
  return nearest <= x ? nearest : previousFloat(nearest);
}
