import { judgePsi, LEAST_ROWS } from '../stats/distances/judge-psi.js';
import { type Judgement, short } from './signal-result.js';

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
  const verdict = judgePsi(reference, live, floor);
  const [referenceRows, rows] = verdict.rows;
  const { psi: figure, chance } = verdict;
  if (figure === null || chance === null) {
    const side = rows < LEAST_ROWS ? `${rows} live rows` : `${referenceRows} reference rows`;
    const sentence = `Insufficient data to judge drift of ${of}: ${side}, ${LEAST_ROWS} are needed.`;
    return { name, state: 'insufficient', figure: null, bound: floor, rows, sentence };
  }
  const bound = Math.max(floor, chance);
  const fired = verdict.state === 'drift';
  const why = chance > floor ? `what chance gives with ${rows} rows` : 'the bound';
  const sentence = `PSI of ${of} over ${rows} rows is ${short(figure)}, ${fired ? 'above' : 'not above'} ${why} (${short(bound)}).`;
  return { name, state: fired ? 'fired' : 'quiet', figure, bound, rows, sentence };
}
