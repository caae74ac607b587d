// Gradients and hessians of a range of rows; their specification are the objectives in src/models/gbdt.

import { exp, exp2, log, sigmoid } from './math';

/** Log loss of two classes. `weightAt` 0 is weight one. The largest of each go to `largestAt` as two f64. */
export function binaryGradients(
  scoresAt: usize,
  targetAt: usize,
  weightAt: usize,
  from: i32,
  to: i32,
  pairsAt: usize,
  largestAt: usize,
): void {
  let largest: v128 = f32x4.splat(0);
  let i: usize = from;
  const one: v128 = f64x2.splat(1);
  for (; i + 1 < <usize>to; i += 2) {
    const p: v128 = f64x2.div(one, f64x2.add(one, exp2(f64x2.neg(v128.load(scoresAt + (i << 3))))));
    const w: v128 = weightAt ? v128.load(weightAt + (i << 3)) : one;
    const g: v128 = f32x4.demote_f64x2_zero(f64x2.mul(w, f64x2.sub(p, v128.load(targetAt + (i << 3)))));
    const h: v128 = f32x4.demote_f64x2_zero(f64x2.mul(f64x2.mul(w, p), f64x2.sub(one, p)));
    const pairs: v128 = v128.shuffle<f32>(g, h, 0, 4, 1, 5);
    v128.store(pairsAt + (i << 3), pairs);
    // As integers: the same order, quicker, and what is not a number is the largest.
    largest = i32x4.max_s(largest, f32x4.abs(pairs));
  }
  let gradient: f32 = max<f32>(f32x4.extract_lane(largest, 0), f32x4.extract_lane(largest, 2));
  let hessian: f32 = max<f32>(f32x4.extract_lane(largest, 1), f32x4.extract_lane(largest, 3));
  if (i < <usize>to) {
    const p: f64 = sigmoid(load<f64>(scoresAt + (i << 3)));
    const w: f64 = weightAt ? load<f64>(weightAt + (i << 3)) : 1;
    const g: f32 = <f32>(w * (p - load<f64>(targetAt + (i << 3))));
    const h: f32 = <f32>(w * p * (1 - p));
    store<f32>(pairsAt + (i << 3), g);
    store<f32>(pairsAt + (i << 3), h, 4);
    gradient = max<f32>(gradient, abs<f32>(g));
    hessian = max<f32>(hessian, h);
  }
  store<f64>(largestAt, <f64>gradient);
  store<f64>(largestAt, <f64>hessian, 8);
}

/** Squared error. */
export function squaredGradients(
  scoresAt: usize,
  targetAt: usize,
  weightAt: usize,
  from: i32,
  to: i32,
  pairsAt: usize,
  largestAt: usize,
): void {
  let gradient: f32 = 0;
  let hessian: f32 = 0;
  for (let i: usize = from; i < <usize>to; i++) {
    const w: f64 = weightAt ? load<f64>(weightAt + (i << 3)) : 1;
    const g: f32 = <f32>(w * (load<f64>(scoresAt + (i << 3)) - load<f64>(targetAt + (i << 3))));
    const h: f32 = <f32>w;
    store<f32>(pairsAt + (i << 3), g);
    store<f32>(pairsAt + (i << 3), h, 4);
    gradient = max<f32>(gradient, abs<f32>(g));
    hessian = max<f32>(hessian, h);
  }
  store<f64>(largestAt, <f64>gradient);
  store<f64>(largestAt, <f64>hessian, 8);
}

/** Counts: the score is the logarithm of the mean; `caution` is the hessian's factor. */
export function poissonGradients(
  scoresAt: usize,
  targetAt: usize,
  weightAt: usize,
  from: i32,
  to: i32,
  pairsAt: usize,
  largestAt: usize,
  caution: f64,
): void {
  let largest: v128 = f32x4.splat(0);
  let i: usize = from;
  const one: v128 = f64x2.splat(1);
  const cautions: v128 = f64x2.splat(caution);
  for (; i + 1 < <usize>to; i += 2) {
    const mean: v128 = exp2(v128.load(scoresAt + (i << 3)));
    const w: v128 = weightAt ? v128.load(weightAt + (i << 3)) : one;
    const g: v128 = f32x4.demote_f64x2_zero(f64x2.mul(w, f64x2.sub(mean, v128.load(targetAt + (i << 3)))));
    const h: v128 = f32x4.demote_f64x2_zero(f64x2.mul(w, f64x2.mul(mean, cautions)));
    const pairs: v128 = v128.shuffle<f32>(g, h, 0, 4, 1, 5);
    v128.store(pairsAt + (i << 3), pairs);
    largest = i32x4.max_s(largest, f32x4.abs(pairs));
  }
  let gradient: f32 = max<f32>(f32x4.extract_lane(largest, 0), f32x4.extract_lane(largest, 2));
  let hessian: f32 = max<f32>(f32x4.extract_lane(largest, 1), f32x4.extract_lane(largest, 3));
  if (i < <usize>to) {
    const mean: f64 = exp(load<f64>(scoresAt + (i << 3)));
    const w: f64 = weightAt ? load<f64>(weightAt + (i << 3)) : 1;
    const g: f32 = <f32>(w * (mean - load<f64>(targetAt + (i << 3))));
    const h: f32 = <f32>(w * (mean * caution));
    store<f32>(pairsAt + (i << 3), g);
    store<f32>(pairsAt + (i << 3), h, 4);
    gradient = max<f32>(gradient, abs<f32>(g));
    hessian = max<f32>(hessian, h);
  }
  store<f64>(largestAt, <f64>gradient);
  store<f64>(largestAt, <f64>hessian, 8);
}

/** Probabilities of the classes of a range of rows: e^(score - log of the sum of e^score), in the order of the classes. */
export function softmaxShares(scoresAt: usize, sharesAt: usize, from: i32, to: i32, classes: i32): void {
  const bytes: usize = (<usize>classes) << 3;
  for (let row: usize = from; row < <usize>to; row++) {
    const first: usize = scoresAt + row * bytes;
    const end: usize = first + bytes;
    let most: f64 = -Infinity;
    for (let at: usize = first; at < end; at += 8) most = max<f64>(most, load<f64>(at));
    let sum: f64 = 0;
    let at: usize = first;
    const mosts: v128 = f64x2.splat(most);
    for (; at + 8 < end; at += 16) {
      const e: v128 = exp2(f64x2.sub(v128.load(at), mosts));
      sum += f64x2.extract_lane(e, 0);
      sum += f64x2.extract_lane(e, 1);
    }
    if (at < end) sum += exp(load<f64>(at) - most);
    const whole: f64 = most + log(sum);
    const wholes: v128 = f64x2.splat(whole);
    let out: usize = sharesAt + row * bytes;
    at = first;
    for (; at + 8 < end; at += 16, out += 16) v128.store(out, exp2(f64x2.sub(v128.load(at), wholes)));
    if (at < end) store<f64>(out, exp(load<f64>(at) - whole));
  }
}

/** Log loss of several classes, for one of them, by the probabilities; `factor` is the hessian's. */
export function softmaxGradients(
  sharesAt: usize,
  targetAt: usize,
  weightAt: usize,
  from: i32,
  to: i32,
  pairsAt: usize,
  largestAt: usize,
  factor: f64,
  classes: i32,
  output: i32,
): void {
  let gradient: f32 = 0;
  let hessian: f32 = 0;
  const bytes: usize = (<usize>classes) << 3;
  let shareAt: usize = sharesAt + <usize>from * bytes + ((<usize>output) << 3);
  for (let i: usize = from; i < <usize>to; i++, shareAt += bytes) {
    const p: f64 = load<f64>(shareAt);
    const w: f64 = weightAt ? load<f64>(weightAt + (i << 3)) : 1;
    const y: f64 = load<f64>(targetAt + (i << 3)) == <f64>output ? 1 : 0;
    const g: f32 = <f32>(w * (p - y));
    const h: f32 = <f32>(w * factor * p * (1 - p));
    store<f32>(pairsAt + (i << 3), g);
    store<f32>(pairsAt + (i << 3), h, 4);
    gradient = max<f32>(gradient, abs<f32>(g));
    hessian = max<f32>(hessian, h);
  }
  store<f64>(largestAt, <f64>gradient);
  store<f64>(largestAt, <f64>hessian, 8);
}
