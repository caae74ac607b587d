import { populationStabilityIndex, psiNullQuantile, sum } from './psi.js';
import { type Judgement, MINIMUM_ROWS, short } from './signal-result.js';

/**
 * Drift of one distribution against the reference: fires when PSI is above the owner's floor and above what chance gives at these
 * numbers of rows and bins. Both are needed: the floor alone fires on small windows, the quantile alone on large ones.
 */
export function judgeDrift(
  name: string,
  of: string,
  floor: number,
  reference: ArrayLike<number>,
  live: ArrayLike<number>,
): Judgement {
  const referenceRows = sum(reference);
  const rows = sum(live);
  if (rows < MINIMUM_ROWS || referenceRows < MINIMUM_ROWS) {
    const side = rows < MINIMUM_ROWS ? `${rows} live rows` : `${referenceRows} reference rows`;
    const sentence = `Insufficient data to judge drift of ${of}: ${side}, ${MINIMUM_ROWS} are needed.`;
    return { name, state: 'insufficient', figure: null, bound: floor, rows, sentence };
  }
  const figure = populationStabilityIndex(reference, live);
  const chance = psiNullQuantile(referenceRows, rows, filledBins(reference, live));
  const bound = Math.max(floor, chance);
  const fired = figure > bound;
  const why = chance > floor ? `what chance gives with ${rows} rows` : 'the bound';
  const sentence = `PSI of ${of} over ${rows} rows is ${short(figure)}, ${fired ? 'above' : 'not above'} ${why} (${short(bound)}).`;
  return { name, state: fired ? 'fired' : 'quiet', figure, bound, rows, sentence };
}

function filledBins(reference: ArrayLike<number>, live: ArrayLike<number>): number {
  let filled = 0;
  for (let b = 0; b < reference.length; b++) if ((reference[b] as number) + (live[b] as number) > 0) filled++;
  return filled;
}
