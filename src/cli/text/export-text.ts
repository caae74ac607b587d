import type { Exported } from '../../run/export-model.js';
import { figure } from './table.js';

export interface ExportOutcome extends Omit<Exported, 'content' | 'beside'> {
  readonly to: string;
  readonly out: string;
  readonly bytes: number;
  /** Files written beside it. */
  readonly also: readonly string[];
}

/** What was written, what it takes, and how far it is from the model. */
export function exportText({ model, version, out, also, bytes, inputs, notes, loss, unmeasured }: ExportOutcome): string {
  return [
    `${out}: ${model}:${version} in ${figure(bytes)} bytes, over ${inputs.join(', ')}.`,
    ...also.map((path) => `${path}: written beside it.`),
    ...notes,
    loss === null
      ? `Predictions were not compared: ${unmeasured}. Add --rows FILE.`
      : loss.largest === 0
        ? `Predictions are equal on ${figure(loss.rows)} rows.`
        : `Predictions differ from the model's by at most ${loss.largest.toPrecision(3)} on ${figure(loss.rows)} rows, by more than 1e-5 on ${figure(loss.apart)}.`,
  ].join('\n');
}
