// The functions of src/kernels/math.ts: the same operations in the same order, so the same bits.

export function exp(x: f64): f64 {
  if (x != x) return x;
  if (x > 709.782712893384) return Infinity;
  if (x < -745.1332191019411) return 0;
  const k: f64 = floor(x * 1.442695040888963387 + 0.5);
  const hi: f64 = x - k * 6.9314718036912381649e-1;
  const lo: f64 = k * 1.90821492927058770002e-10;
  const r: f64 = hi - lo;
  const t: f64 = r * r;
  const c: f64 =
    r -
    t *
      (1.66666666666666019037e-1 +
        t *
          (-2.77777777770155933842e-3 +
            t * (6.61375632143793436117e-5 + t * (-1.6533902205465251539e-6 + t * 4.13813679705723846039e-8))));
  const y: f64 = 1 - (lo - (r * c) / (2 - c) - hi);
  if (k >= 1024) return y * 2 * power(1023);
  if (k >= -1022) return y * power(<i64>k);
  return y * power(<i64>k + 54) * 5.551115123125783e-17;
}

/** 2^k of a normal number. */
function power(k: i64): f64 {
  return reinterpret<f64>((k + 1023) << 52);
}

/** Natural logarithm. */
export function log(x: f64): f64 {
  if (!(x > 0)) return x == 0 ? -Infinity : NaN;
  if (x == Infinity) return x;
  let k: i32 = 0;
  let value: f64 = x;
  if (value < 2.2250738585072014e-308) {
    value *= 18014398509481984;
    k = -54;
  }
  const bits: u64 = reinterpret<u64>(value);
  k += <i32>(bits >> 52) - 1023;
  let m: f64 = reinterpret<f64>((bits & 0xfffffffffffff) | 0x3ff0000000000000);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    k += 1;
  }
  const f: f64 = m - 1;
  const s: f64 = f / (2 + f);
  const z: f64 = s * s;
  const w: f64 = z * z;
  const t1: f64 = w * (3.999999999940941908e-1 + w * (2.222219843214978396e-1 + w * 1.531383769920937332e-1));
  const t2: f64 =
    z * (6.66666666666673513e-1 + w * (2.857142874366239149e-1 + w * (1.818357216161805012e-1 + w * 1.479819860511658591e-1)));
  const half: f64 = 0.5 * f * f;
  return <f64>k * 6.9314718036912381649e-1 - (half - (s * (half + t1 + t2) + <f64>k * 1.90821492927058770002e-10) - f);
}

export function sigmoid(x: f64): f64 {
  return 1 / (1 + exp(-x));
}

/** exp of two numbers at once, the same bits. */
export function exp2(x: v128): v128 {
  const near: v128 = f64x2.le(f64x2.abs(x), f64x2.splat(700));
  if (!i64x2.all_true(near)) {
    // Without an effect here the optimizer computes this branch always and chooses afterwards, at twice the cost of all the rest.
    atomic.load<i32>(0);
    return f64x2.replace_lane(f64x2.splat(exp(f64x2.extract_lane(x, 0))), 1, exp(f64x2.extract_lane(x, 1)));
  }
  const k: v128 = f64x2.floor(f64x2.add(f64x2.mul(x, f64x2.splat(1.442695040888963387)), f64x2.splat(0.5)));
  const hi: v128 = f64x2.sub(x, f64x2.mul(k, f64x2.splat(6.9314718036912381649e-1)));
  const lo: v128 = f64x2.mul(k, f64x2.splat(1.90821492927058770002e-10));
  const r: v128 = f64x2.sub(hi, lo);
  const t: v128 = f64x2.mul(r, r);
  let c: v128 = f64x2.mul(t, f64x2.splat(4.13813679705723846039e-8));
  c = f64x2.mul(t, f64x2.add(f64x2.splat(-1.6533902205465251539e-6), c));
  c = f64x2.mul(t, f64x2.add(f64x2.splat(6.61375632143793436117e-5), c));
  c = f64x2.mul(t, f64x2.add(f64x2.splat(-2.77777777770155933842e-3), c));
  c = f64x2.mul(t, f64x2.add(f64x2.splat(1.66666666666666019037e-1), c));
  c = f64x2.sub(r, c);
  const q: v128 = f64x2.div(f64x2.mul(r, c), f64x2.sub(f64x2.splat(2), c));
  const y: v128 = f64x2.sub(f64x2.splat(1), f64x2.sub(f64x2.sub(lo, q), hi));
  const exponent: v128 = i32x4.add(i32x4.trunc_sat_f64x2_s_zero(k), i32x4.splat(1023));
  return f64x2.mul(y, i64x2.shl(i64x2.extend_low_i32x4_s(exponent), 52));
}
