import type { Random } from '../../base/random.js';
import type { SpacePlan } from '../../define/plan.js';
import { exp, log } from '../../kernels/math.js';
import { fromScale, type ParamValue, type RangePlan, scaledEnds, toScale } from '../search-space.js';

/** A density over the values of one space. */
export interface Density {
  draw(source: Random): ParamValue;
  /** Logarithm of the density at a value; densities of one space can be compared. */
  logAt(value: ParamValue): number;
}

/**
 * The density of some observed values (Parzen estimator as in Bergstra et al. 2011): around each a normal curve as wide as the distance
 * to its farther neighbour, cut at the ends of the space, and one as wide as the space that stands for not knowing. Of choices, how often
 * each was seen, once more for each to begin with.
 */
export function densityOf(space: SpacePlan, values: readonly ParamValue[]): Density {
  return space.kind === 'choiceSpace' ? choiceDensity(space.choices, values) : rangeDensity(space, values as readonly number[]);
}

function choiceDensity(choices: readonly ParamValue[], values: readonly ParamValue[]): Density {
  // One observation's weight is spread over all choices in advance.
  const weights = choices.map((choice) => 1 / choices.length + values.filter((value) => value === choice).length);
  const total = values.length + 1;
  return {
    draw(source) {
      let rest = source.next() * total;
      const found = weights.findIndex((weight) => {
        rest -= weight;
        return rest < 0;
      });
      return choices[found < 0 ? choices.length - 1 : found] as ParamValue;
    },
    logAt: (value) => log((weights[choices.indexOf(value)] ?? 0) / total),
  };
}

interface Curve {
  readonly centre: number;
  readonly width: number;
  /** Share of the whole normal curve that lies within the space. */
  readonly within: number;
}

function rangeDensity(space: RangePlan, values: readonly number[]): Density {
  const [low, high] = scaledEnds(space);
  const curves = curvesOf(
    values.map((value) => toScale(space, value)),
    low,
    high,
  );
  return {
    draw(source) {
      const { centre, width } = curves[source.below(curves.length)] as Curve;
      for (let attempt = 0; attempt < 100; attempt++) {
        const at = centre + width * source.normal();
        if (at >= low && at <= high) return fromScale(space, at);
      }
      return fromScale(space, centre);
    },
    logAt(value) {
      const at = toScale(space, value as number);
      let sum = 0;
      for (const { centre, width, within } of curves) {
        const z = (at - centre) / width;
        sum += exp(-0.5 * z * z) / (width * within);
      }
      return log(sum / curves.length);
    },
  };
}

function curvesOf(observed: readonly number[], low: number, high: number): readonly Curve[] {
  const middle = (low + high) / 2;
  const sorted = [...observed, middle].sort((a, b) => a - b);
  const narrowest = (high - low) / Math.min(100, observed.length + 1);
  const curve = (centre: number, width: number): Curve => ({
    centre,
    width,
    within: normalShare((high - centre) / width) - normalShare((low - centre) / width),
  });
  const prior = sorted.indexOf(middle);
  return sorted.map((centre, k) => {
    if (k === prior) return curve(middle, high - low);
    const gap = Math.max(centre - (sorted[k - 1] ?? low), (sorted[k + 1] ?? high) - centre);
    return curve(centre, Math.min(high - low, Math.max(narrowest, gap)));
  });
}

/** P(Z <= z) of the standard normal to seven digits (Abramowitz and Stegun 26.2.17), the same bits on every machine. */
export function normalShare(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const tail =
    0.3989422804014327 *
    exp(-0.5 * z * z) *
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return z > 0 ? 1 - tail : tail;
}
