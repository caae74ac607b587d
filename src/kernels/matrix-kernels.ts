import type { Memory } from './layout.js';

/**
 * The inner loops of neural networks over one memory, in single precision: every product and sum is rounded to 32 bits, each element
 * summed from the first term to the last. Arguments that end in `At`, and the strides of `a`, are in bytes.
 */
export interface MatrixKernels {
  /**
   * c = start + a b, with a of m x depth, b of depth x n and c of m x n, the last two row-major and n a multiple of 4. Element (i, p) of
   * a lies at `aAt + i * aRow + p * aStep`, so that it may be read transposed, or be one number again and again. `startAt` holds n values
   * that every row of c begins with; 0 is for zeros.
   */
  multiply(
    aAt: number,
    aRow: number,
    aStep: number,
    bAt: number,
    startAt: number,
    cAt: number,
    m: number,
    n: number,
    depth: number,
  ): void;
  /**
   * One step of Adam (Kingma and Ba 2015) over `count` parameters, a multiple of 4: the running means of the gradients and of their
   * squares are renewed, every parameter is multiplied by `shrink` and moved by rate x first / (sqrt(second) + epsilon).
   */
  adam(
    at: number,
    gradientAt: number,
    firstAt: number,
    secondAt: number,
    count: number,
    rate: number,
    shrink: number,
    beta1: number,
    beta2: number,
    epsilon: number,
  ): void;
}

/** The kernels in TypeScript: the specification of kernels/matrix.ts, and what runs where WebAssembly does not. */
export function plainMatrixKernels({ f32 }: Pick<Memory, 'f32'>): MatrixKernels {
  return {
    multiply(aAt, aRow, aStep, bAt, startAt, cAt, m, n, depth) {
      for (let i = 0; i < m; i++) {
        const c = (cAt >>> 2) + i * n;
        for (let k = 0; k < n; k++) f32[c + k] = startAt === 0 ? 0 : f32[(startAt >>> 2) + k];
        for (let p = 0, a = (aAt + i * aRow) >>> 2, b = bAt >>> 2; p < depth; p++, a += aStep >>> 2, b += n) {
          const x = f32[a];
          for (let k = 0; k < n; k++) f32[c + k] += Math.fround(x * f32[b + k]);
        }
      }
    },
    adam(at, gradientAt, firstAt, secondAt, count, rate, shrink, beta1, beta2, epsilon) {
      const round = Math.fround;
      const [keep1, keep2, least, step, kept] = [round(beta1), round(beta2), round(epsilon), round(rate), round(shrink)];
      const [take1, take2] = [round(1 - keep1), round(1 - keep2)];
      const [to, from, first, second] = [at >>> 2, gradientAt >>> 2, firstAt >>> 2, secondAt >>> 2];
      for (let i = 0; i < count; i++) {
        const g = f32[from + i];
        const m = round(round(keep1 * f32[first + i]) + round(take1 * g));
        const v = round(round(keep2 * f32[second + i]) + round(take2 * round(g * g)));
        f32[first + i] = m;
        f32[second + i] = v;
        const change = round(round(step * m) / round(round(Math.sqrt(v)) + least));
        f32[to + i] = round(round(kept * f32[to + i]) - change);
      }
    },
  };
}
