import type { EventLog } from '../store/ports.js';
import type { Deployment } from './deployment.js';
import { type LoggedLabel, type LogPlace, readLabels } from './label-record.js';
import { readBatches } from './prediction-reader.js';
import { type LoggedPrediction, replayBatch } from './replay-log.js';
import type { TruthCheckpoint } from './truth-checkpoint.js';

/** Hears again what was predicted and learnt, in the order in which it was. */
export interface TruthHearer {
  onPrediction(logged: LoggedPrediction): void;
  onLabel(logged: LoggedLabel): void;
  /** What follows was not yet known to the checkpoint. */
  onCheckpoint(): void;
}

/**
 * Reads the end of both logs as one: each label after the predictions that had been made when it came. Predictions made before `from`
 * are passed over; labels are read from two such spans back, because one that waited may have come long before its prediction.
 */
export async function restoreTruth(
  log: EventLog,
  deployment: Deployment,
  range: { readonly from: number; readonly labelsFrom: number; readonly checkpoint: TruthCheckpoint | null },
  hearer: TruthHearer,
): Promise<void> {
  const { name } = deployment;
  let pending = range.checkpoint;
  /** Tells of the checkpoint before the first thing beyond it. */
  const pass = (log: 'predictions' | 'labels', offset: number) => {
    if (pending === null || offset < pending[log]) return;
    pending = null;
    hearer.onCheckpoint();
  };
  const labels = eachLabel(readLabels(log, name, range.labelsFrom));
  let next = await labels.next();
  for await (const { offset, batch } of readBatches(log, name, range.from)) {
    for (const logged of replayBatch(batch, deployment)) {
      while (!next.done && precedes(next.value.logged.after, offset, logged.row)) {
        pass('labels', next.value.offset);
        hearer.onLabel(next.value.logged);
        next = await labels.next();
      }
      if (logged.time < range.from) continue;
      pass('predictions', offset);
      hearer.onPrediction(logged);
    }
  }
  for (; !next.done; next = await labels.next()) {
    pass('labels', next.value.offset);
    hearer.onLabel(next.value.logged);
  }
  if (pending !== null) hearer.onCheckpoint();
}

/** True when a label of that place came before the row of the record. */
const precedes = (after: LogPlace, record: number, row: number): boolean =>
  after.record < record || (after.record === record && after.row <= row);

async function* eachLabel(
  records: ReturnType<typeof readLabels>,
): AsyncGenerator<{ readonly offset: number; readonly logged: LoggedLabel }, undefined> {
  for await (const { offset, labels } of records) for (const logged of labels) yield { offset, logged };
  return undefined;
}
