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

export function sigmoid(x: f64): f64 {
  return 1 / (1 + exp(-x));
}
