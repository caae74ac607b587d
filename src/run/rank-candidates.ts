import { isBetter } from '../train/score.js';
import type { TrainOutcome } from './train-system.js';

type Candidate = TrainOutcome['candidates'][number];

export interface RankedCandidates {
  /** The metric they are ranked by. */
  readonly by: string;
  /** The best first. */
  readonly candidates: readonly Candidate[];
}

/** The trials of a training by the metric that the search went by. */
export function rankCandidates(outcome: Pick<TrainOutcome, 'candidates'>, by: string): RankedCandidates {
  const figure = ({ validation }: Candidate) => validation[by] ?? Number.NaN;
  const candidates = outcome.candidates.toSorted((a, b) =>
    isBetter(by, figure(a), figure(b)) ? -1 : isBetter(by, figure(b), figure(a)) ? 1 : 0,
  );
  return { by, candidates };
}
