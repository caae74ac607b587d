import type { EventLog } from '../store/ports.js';
import type { GroundTruthCounts, WaitingLabel } from './ground-truth.js';

export const checkpointTopic = (model: string): string => `truth.${model}`;

/** What was known of the truth at a moment, so that a restart needs to read only what can still be joined. */
export interface TruthCheckpoint {
  readonly time: number;
  /** Everything in the logs before these records is in the counts, nothing from them on. */
  readonly predictions: number;
  readonly labels: number;
  readonly counts: GroundTruthCounts;
  /** Labels that still waited and had come so long before that a restart does not read them again. */
  readonly waiting: readonly WaitingLabel[];
}

/** The last checkpoint; null when there is none that can be read. */
export async function lastCheckpoint(log: EventLog, model: string): Promise<TruthCheckpoint | null> {
  const topic = checkpointTopic(model);
  const length = await log.length(topic);
  for await (const { record } of log.read(topic, Math.max(0, length - 1)))
    return JSON.parse(Buffer.from(record).toString('utf8')) as TruthCheckpoint;
  return null;
}

export async function saveCheckpoint(log: EventLog, model: string, checkpoint: TruthCheckpoint): Promise<void> {
  await log.append(checkpointTopic(model), [Buffer.from(JSON.stringify(checkpoint))]);
}
