import type { Calibration, CalibrationRows, Calibrator } from './calibration.js';
import { isOf, normalise } from './shares.js';

type Isotonic = Extract<Calibration, { kind: 'isotonic' }>;

/**
 * Isotonic regression (Zadrozny and Elkan, 2002): the rising step function of least squares, by pooling adjacent violators, drawn as
 * lines between the middles of its steps; beyond the outermost steps it is constant. Several classes: one against the rest.
 */
export const isotonic: Calibrator<Isotonic> = {
  kind: 'isotonic',
  doc: 'a rising curve of any shape: for a thousand rows and more',
  fit: (rows) => ({ kind: 'isotonic', curves: Array.from({ length: rows.outputs }, (_, output) => curveOf(rows, output)) }),
  apply({ curves }, out, offset, outputs) {
    for (let k = 0; k < outputs; k++) out[offset + k] = along(curves[k].from, curves[k].to, out[offset + k]);
    normalise(out, offset, outputs);
  },
};

interface Block {
  /** Sums of weights, weighted predictions and weighted targets. */
  weight: number;
  from: number;
  to: number;
}

function curveOf({ outputs, predictions, target, weight }: CalibrationRows, output: number): { from: number[]; to: number[] } {
  const rows = [...target.keys()].filter((i) => !weight || weight[i] > 0);
  const at = (i: number): number => predictions[i * outputs + output];
  rows.sort((a, b) => at(a) - at(b) || a - b);
  const blocks: Block[] = [];
  let last = Number.NaN;
  for (const i of rows) {
    const w = weight ? weight[i] : 1;
    const y = w * isOf(target[i], output, outputs);
    const top = blocks.at(-1);
    if (top && at(i) === last) {
      // Rows of one prediction are one point whatever their order.
      top.weight += w;
      top.from += w * at(i);
      top.to += y;
    } else blocks.push({ weight: w, from: w * at(i), to: y });
    last = at(i);
  }
  return pooled(blocks);
}

function pooled(points: readonly Block[]): { from: number[]; to: number[] } {
  const stack: Block[] = [];
  for (const point of points) {
    let block = { ...point };
    for (let top = stack.at(-1); top && top.to / top.weight >= block.to / block.weight; top = stack.at(-1)) {
      block = { weight: top.weight + block.weight, from: top.from + block.from, to: top.to + block.to };
      stack.pop();
    }
    stack.push(block);
  }
  return { from: stack.map(({ from, weight }) => from / weight), to: stack.map(({ to, weight }) => to / weight) };
}

/** The value of a curve through points with rising `from`. */
function along(from: readonly number[], to: readonly number[], x: number): number {
  const last = from.length - 1;
  if (last < 0) return x;
  if (!(x > from[0])) return to[0];
  if (x >= from[last]) return to[last];
  let low = 0;
  let high = last;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (from[middle] <= x) low = middle;
    else high = middle;
  }
  return to[low] + ((to[high] - to[low]) * (x - from[low])) / (from[high] - from[low]);
}
