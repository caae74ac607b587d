import type { ContentHash } from '../base/hash.js';
import type { SystemPlan } from '../define/plan.js';
import { decodeFrame } from '../frame/codec.js';
import type { Column } from '../frame/column.js';
import { type Frame, frame, takeRows } from '../frame/frame.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import type { ArtifactStore } from '../store/ports.js';
import { testPart, type UnseenRows } from './judge-version.js';
import { labelledRows } from './labelled-rows.js';
import type { TrainingTable } from './training-table.js';

/** The rows to judge on: a test file's, else the test part, else what the best trial said of the validation rows. */
export async function unseenRows(
  plan: SystemPlan,
  test: Frame | null,
  artifacts: ArtifactStore,
  pipeline: Pipeline,
  frames: Readonly<Record<string, Frame>>,
  training: () => TrainingTable,
  validation: ContentHash,
): Promise<UnseenRows> {
  if (test) {
    const { table, target } = labelledRows(plan, test, pipeline.classes, { ...frames, [plan.label.source]: test });
    return { name: 'test', table, target, predictions: pipeline.predict(table) };
  }
  if (training().split.test.length > 0) return testPart(pipeline, training());
  const { columns } = decodeFrame(await artifacts.get(validation));
  const { table, target } = training();
  const rows = Int32Array.from(numbersOf(columns['row']));
  const outputs = Array.from({ length: pipeline.model.outputs }, (_, output) => numbersOf(columns[`output ${output}`]));
  const predictions = new Float64Array(rows.length * outputs.length);
  for (let row = 0; row < rows.length; row++)
    outputs.forEach((values, output) => {
      predictions[row * outputs.length + output] = values[row] as number;
    });
  return {
    name: 'validation',
    table: takeRows(table, rows),
    target: Float64Array.from(rows, (row) => target.values[row] as number),
    predictions,
  };
}

const numbersOf = (column: Column | undefined): Float64Array =>
  column?.kind === 'number' ? column.values : new Float64Array(0);

/** The best trial's validation predictions as a frame: a column a model output. */
export function validationFrame({
  rows,
  predictions,
}: {
  readonly rows: Int32Array;
  readonly predictions: Float64Array;
}): Frame {
  const outputs = predictions.length / rows.length;
  const columns: Record<string, Column> = { row: { kind: 'number', values: Float64Array.from(rows) } };
  for (let output = 0; output < outputs; output++)
    columns[`output ${output}`] = {
      kind: 'number',
      values: Float64Array.from(rows, (_, i) => predictions[i * outputs + output] as number),
    };
  return frame(columns, rows.length);
}
