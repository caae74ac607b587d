// Gradients and hessians of a range of rows; their specification are the objectives in src/models/gbdt.

import { sigmoid } from './math';

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
  let gradient: f32 = 0;
  let hessian: f32 = 0;
  for (let i: usize = from; i < <usize>to; i++) {
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
