import type { TrainingData } from '../../src/models/estimator.js';
import type { Figure } from '../benchmark.js';
import { compareFits, fitParams, fitRow } from './compare-fits.js';

/** How much less AUC than the peer's still counts as the same quality. */
const SAME_AUC = 0.002;

/** Our time to fit against LightGBM's, XGBoost in the table. */
export async function fitFigure(
  make: () => { readonly train: TrainingData; readonly test: TrainingData },
  leaves: number,
  runs: number,
): Promise<Figure> {
  const results = await compareFits(make, fitParams(leaves), ['ours', 'lightgbm', 'xgboost'], runs);
  const [ours, lightgbm] = results;
  if (typeof ours === 'string') throw new Error(ours);
  const sound = results.filter((result) => typeof result !== 'string');
  const missing = results.filter((result) => typeof result === 'string');
  const worse = typeof lightgbm === 'string' ? 0 : lightgbm.auc - ours.auc;
  const note = [...(worse > SAME_AUC ? [`AUC is ${worse.toFixed(4)} below LightGBM's`] : []), ...missing].join('; ');
  return {
    value: ours.seconds,
    unit: 's',
    peer: 'LightGBM',
    peerValue: typeof lightgbm === 'string' ? null : lightgbm.seconds,
    must: { of: 'ratio', atMost: 1 },
    table: sound.map(fitRow),
    ...(note === '' ? {} : { note }),
  };
}
