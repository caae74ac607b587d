import { random } from '../../base/random.js';
import type { CandidatePlan, SpacePlan } from '../../define/plan.js';
import { filledParams, fromScale, type ParamValue, scaledEnds, spacesOf } from '../search-space.js';
import type { Strategy } from './strategy.js';

/** (sqrt(5) - 1) / 2 in 64 bits: steps of this share of a circle spread out evenly, however many there are. */
const GOLDEN = 0x9e3779b97f4a7c15n;

/**
 * Grid search, the candidates in turn. A grid is gone through in golden-section steps rather than line by line, so that the part of a
 * large one that there are trials for is spread over all of it. Points are counted off, never listed: their number does not matter.
 */
export const grid: Strategy = ({ candidates, proposed, isTried, seed }, { points }) => {
  const grids = candidates.flatMap((candidate, place) => {
    const axes = spacesOf(candidate).map(([name, space]) => ({ name, values: axis(space, points as number) }));
    return axes.length === 0
      ? []
      : [{ candidate, place, axes, size: axes.reduce((n, { values }) => n * BigInt(values.length), 1n) }];
  });
  // At most all the proposals before stand in the way of a new one.
  const longest = grids.reduce((most, { size }) => (size > most ? size : most), 0n);
  const rest = BigInt(proposed.length + 1);
  const turns = longest < rest ? longest : rest;
  // A turn gives a proposal a grid at most, so that many turns have passed.
  const passed = Math.floor((proposed.length - candidates.length) / Math.max(1, grids.length)) - 1;
  for (let turn = BigInt(Math.max(0, passed)); turn < turns; turn++)
    for (const { candidate, place, axes, size } of grids) {
      if (turn >= size) continue;
      const offset = BigInt(random(seed).fork('grid').fork(place).uint32()) % size;
      const params = pointAt(candidate, axes, (offset + turn * strideOf(size)) % size);
      const proposal = { candidate: place, estimator: candidate.estimator, params, share: 1 };
      if (!isTried(proposal)) return proposal;
    }
  return null;
};

interface Axis {
  readonly name: string;
  readonly values: readonly ParamValue[];
}

function pointAt(candidate: CandidatePlan, axes: readonly Axis[], index: bigint) {
  const values: Record<string, ParamValue> = {};
  let rest = index;
  for (const { name, values: choices } of axes) {
    values[name] = choices[Number(rest % BigInt(choices.length))] as ParamValue;
    rest /= BigInt(choices.length);
  }
  return filledParams(candidate, values);
}

/** The values that stand for a space: each choice; of a range so many points at equal distances, the ends among them. */
function axis(space: SpacePlan, points: number): readonly ParamValue[] {
  if (space.kind === 'choiceSpace') return [...new Set(space.choices)];
  const count = space.kind === 'intSpace' ? Math.min(points, space.high - space.low + 1) : points;
  const [low, high] = space.kind === 'intSpace' ? [space.low, space.high] : scaledEnds(space);
  return [
    ...new Set(Array.from({ length: count }, (_, k) => fromScale(space, low + ((high - low) * k) / Math.max(1, count - 1)))),
  ];
}

/** A step near the golden section of the size that visits every point before one comes again. */
function strideOf(size: bigint): bigint {
  let stride = (size * GOLDEN) >> 64n;
  while (divisor(stride, size) !== 1n) stride++;
  return stride;
}

function divisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : divisor(b, a % b);
}
