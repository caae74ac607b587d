import { ScriptWriter } from '../../base/script/script-writer.js';
import { type Scalar, valueAt } from '../../frame/column.js';
import { columnOf, type Frame } from '../../frame/frame.js';
import type { ScriptLoss } from '../../models/module/model-script.js';
import type { Pipeline } from '../pipeline.js';
import { numberFrom, textFrom } from '../read-column.js';
import { writePipeline } from './write-pipeline.js';

/**
 * Outputs of a table's rows, row-major, by running what `writePipeline` writes: what a module of the pipeline answers, to the bit.
 * @throws MW_EXCHANGE_UNSUPPORTED
 */
export function scriptPredictor(pipeline: Pipeline, loss: ScriptLoss): (table: Frame) => Float64Array {
  const writer = new ScriptWriter();
  const { name, reads } = writePipeline(pipeline, writer, loss);
  const run = new Function(`"use strict";${writer}\nreturn ${name}`)() as (features: readonly Scalar[]) => Float64Array;
  return (table) => {
    const columns = pipeline.features.map((feature) => columnOf(table, feature.name));
    const outputs = pipeline.model.outputs;
    const out = new Float64Array(table.rows * outputs);
    const features: Scalar[] = columns.map(() => null);
    for (let row = 0; row < table.rows; row++) {
      for (let j = 0; j < columns.length; j++) {
        const value = valueAt(columns[j], row);
        features[j] = reads[j] === 'number' ? numberFrom(value) : textFrom(value);
      }
      out.set(run(features), row * outputs);
    }
    return out;
  };
}
