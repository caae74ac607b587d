import { formatDuration } from '../base/duration.js';
import type { TrainPlan } from '../define/plan.js';
import type { Trial } from '../train/trial.js';

/** What is to be said about the trials of a search: those that failed, and candidates for which there was no time or no trial. */
export function trialWarnings({ candidates, search }: TrainPlan, trials: readonly Trial[]): string[] {
  const warnings: string[] = [];
  const failed = trials.filter(({ failure }) => failure !== undefined);
  const [first] = failed;
  if (first)
    warnings.push(
      `${failed.length} of ${trials.length} trials failed; trial ${first.number} (${first.estimator}): ${first.failure}`,
    );
  const untried = candidates.filter((_, place) => !trials.some(({ candidate }) => candidate === place));
  if (untried.length > 0) {
    const why =
      trials.length < search.trials && search.timeBudget !== null
        ? `the time budget of ${formatDuration(search.timeBudget)} was over before`
        : `${candidates.length} candidates have ${search.trials} ${search.trials === 1 ? 'trial' : 'trials'} between them`;
    warnings.push(`Not tried: ${untried.map(({ estimator }) => estimator).join(', ')}; ${why}.`);
  }
  return warnings;
}
