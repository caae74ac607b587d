// Inner loops of neural networks, compiled by AssemblyScript. Their specification is plainMatrixKernels in src/kernels/matrix-kernels.ts:
// each element is summed in the same order in single precision, so the same bits. Arguments that end in At are byte offsets.

/** Element (i, p) of a is at aAt + i * aRow + p * aStep bytes; b and c are row-major with n columns, a multiple of 4. */
export function multiply(
  aAt: usize,
  aRow: usize,
  aStep: usize,
  bAt: usize,
  startAt: usize,
  cAt: usize,
  m: i32,
  n: i32,
  depth: i32,
): void {
  const stride: usize = (<usize>n) << 2;
  let i: i32 = 0;
  for (; i + 4 <= m; i += 4) {
    const a: usize = aAt + <usize>i * aRow;
    const c: usize = cAt + <usize>i * stride;
    let k: usize = 0;
    for (; k + 32 <= stride; k += 32) four8(a, aRow, aStep, bAt + k, startAt == 0 ? 0 : startAt + k, c + k, stride, depth);
    if (k < stride) four4(a, aRow, aStep, bAt + k, startAt == 0 ? 0 : startAt + k, c + k, stride, depth);
  }
  for (; i < m; i++)
    for (let k: usize = 0; k < stride; k += 16)
      one4(aAt + <usize>i * aRow, aStep, bAt + k, startAt == 0 ? 0 : startAt + k, cAt + <usize>i * stride + k, stride, depth);
}

/** Four rows by eight columns: eight running sums, so that each value loaded is used several times. */
function four8(a: usize, aRow: usize, aStep: usize, b: usize, start: usize, c: usize, stride: usize, depth: i32): void {
  let s00: v128 = start == 0 ? f32x4.splat(0) : v128.load(start);
  let s01: v128 = start == 0 ? f32x4.splat(0) : v128.load(start, 16);
  let s10: v128 = s00;
  let s11: v128 = s01;
  let s20: v128 = s00;
  let s21: v128 = s01;
  let s30: v128 = s00;
  let s31: v128 = s01;
  let a0: usize = a;
  let a1: usize = a + aRow;
  let a2: usize = a1 + aRow;
  let a3: usize = a2 + aRow;
  for (let p: i32 = 0; p < depth; p++) {
    const b0: v128 = v128.load(b);
    const b1: v128 = v128.load(b, 16);
    let x: v128 = v128.load32_splat(a0);
    s00 = f32x4.add(s00, f32x4.mul(x, b0));
    s01 = f32x4.add(s01, f32x4.mul(x, b1));
    x = v128.load32_splat(a1);
    s10 = f32x4.add(s10, f32x4.mul(x, b0));
    s11 = f32x4.add(s11, f32x4.mul(x, b1));
    x = v128.load32_splat(a2);
    s20 = f32x4.add(s20, f32x4.mul(x, b0));
    s21 = f32x4.add(s21, f32x4.mul(x, b1));
    x = v128.load32_splat(a3);
    s30 = f32x4.add(s30, f32x4.mul(x, b0));
    s31 = f32x4.add(s31, f32x4.mul(x, b1));
    a0 += aStep;
    a1 += aStep;
    a2 += aStep;
    a3 += aStep;
    b += stride;
  }
  v128.store(c, s00);
  v128.store(c, s01, 16);
  c += stride;
  v128.store(c, s10);
  v128.store(c, s11, 16);
  c += stride;
  v128.store(c, s20);
  v128.store(c, s21, 16);
  c += stride;
  v128.store(c, s30);
  v128.store(c, s31, 16);
}

function four4(a: usize, aRow: usize, aStep: usize, b: usize, start: usize, c: usize, stride: usize, depth: i32): void {
  let s0: v128 = start == 0 ? f32x4.splat(0) : v128.load(start);
  let s1: v128 = s0;
  let s2: v128 = s0;
  let s3: v128 = s0;
  const a1: usize = aRow;
  const a2: usize = 2 * aRow;
  const a3: usize = 3 * aRow;
  for (let p: i32 = 0; p < depth; p++) {
    const y: v128 = v128.load(b);
    s0 = f32x4.add(s0, f32x4.mul(v128.load32_splat(a), y));
    s1 = f32x4.add(s1, f32x4.mul(v128.load32_splat(a + a1), y));
    s2 = f32x4.add(s2, f32x4.mul(v128.load32_splat(a + a2), y));
    s3 = f32x4.add(s3, f32x4.mul(v128.load32_splat(a + a3), y));
    a += aStep;
    b += stride;
  }
  v128.store(c, s0);
  v128.store(c + stride, s1);
  v128.store(c + 2 * stride, s2);
  v128.store(c + 3 * stride, s3);
}

function one4(a: usize, aStep: usize, b: usize, start: usize, c: usize, stride: usize, depth: i32): void {
  let s: v128 = start == 0 ? f32x4.splat(0) : v128.load(start);
  for (let p: i32 = 0; p < depth; p++) {
    s = f32x4.add(s, f32x4.mul(v128.load32_splat(a), v128.load(b)));
    a += aStep;
    b += stride;
  }
  v128.store(c, s);
}

/** One step of Adam over `count` parameters, a multiple of 4; `shrink` is what each keeps of itself. */
export function adam(
  at: usize,
  gradientAt: usize,
  firstAt: usize,
  secondAt: usize,
  count: i32,
  rate: f32,
  shrink: f32,
  beta1: f32,
  beta2: f32,
  epsilon: f32,
): void {
  const keep1: v128 = f32x4.splat(beta1);
  const take1: v128 = f32x4.splat(1 - beta1);
  const keep2: v128 = f32x4.splat(beta2);
  const take2: v128 = f32x4.splat(1 - beta2);
  const least: v128 = f32x4.splat(epsilon);
  const step: v128 = f32x4.splat(rate);
  const kept: v128 = f32x4.splat(shrink);
  const end: usize = (<usize>count) << 2;
  for (let i: usize = 0; i < end; i += 16) {
    const g: v128 = v128.load(gradientAt + i);
    const m: v128 = f32x4.add(f32x4.mul(keep1, v128.load(firstAt + i)), f32x4.mul(take1, g));
    const v: v128 = f32x4.add(f32x4.mul(keep2, v128.load(secondAt + i)), f32x4.mul(take2, f32x4.mul(g, g)));
    v128.store(firstAt + i, m);
    v128.store(secondAt + i, v);
    const change: v128 = f32x4.div(f32x4.mul(step, m), f32x4.add(f32x4.sqrt(v), least));
    v128.store(at + i, f32x4.sub(f32x4.mul(kept, v128.load(at + i)), change));
  }
}
