import { type ContentHash, hashData } from '../base/hash.js';
import type { PlainData } from '../registry/plain-data.js';
import type { Trial } from '../train/trial.js';
import type { Workspace } from './workspace.js';

type Kept = Pick<Workspace, 'steps'>;

const keyOf = (training: ContentHash, number: number) => hashData({ step: 'trial', training, number });

/** Keeps a trial as soon as it is finished, so that a training which is killed goes on from it. */
export async function rememberTrial({ steps }: Kept, training: ContentHash, run: string, trial: Trial): Promise<void> {
  await steps.remember({
    key: keyOf(training, trial.number),
    name: 'trial',
    outputs: trial as unknown as PlainData,
    runId: run,
  });
}

/** The trials that earlier runs of the same training finished, in order. */
export async function finishedTrials({ steps }: Kept, training: ContentHash): Promise<Trial[]> {
  const trials: Trial[] = [];
  for (;;) {
    const known = await steps.find(keyOf(training, trials.length + 1));
    if (!known) return trials;
    trials.push(known.outputs as unknown as Trial);
  }
}
