import { fail } from '../../base/error.js';
import type { ScriptWriter } from '../../base/script/script-writer.js';
import { writeModelScript } from '../../models/module/catalogue.js';
import type { ScriptLoss } from '../../models/module/model-script.js';
import { ENCODINGS } from '../encodings/catalogue.js';
import type { Pipeline } from '../pipeline.js';
import { countIn, listIn, objectIn, textIn } from '../plain-data.js';
import { ENCODING_SCRIPTS } from './catalogue.js';

/** A pipeline in a script. */
export interface PipelineScript {
  /**
   * Name of a function `f => y`: outputs of a row from its feature values in the order of the pipeline. The list that it gives is its own
   * and is written over by the next call.
   */
  readonly name: string;
  /** How each feature is handed over: as a number with NaN for missing, or as a text with null for missing. */
  readonly reads: readonly ('number' | 'text')[];
}

/** Writes encoder and model of a pipeline; their outputs have the bits of `Pipeline.predictRow`. @throws MW_EXCHANGE_UNSUPPORTED */
export function writePipeline({ encoder, model }: Pipeline, writer: ScriptWriter, loss: ScriptLoss): PipelineScript {
  const root = objectIn(encoder.toData(), 'encoder');
  const reads: ('number' | 'text')[] = encoder.inputs.map(({ type }) =>
    type === 'number' || type === 'boolean' ? 'number' : 'text',
  );
  const statements: string[] = [];
  let at = 0;
  for (const item of listIn(root, 'parts')) {
    const part = objectIn(item, 'part');
    const input = countIn(part, 'input', 0, encoder.inputs.length - 1);
    const name = textIn(part, 'encoding');
    const script = ENCODING_SCRIPTS.find(({ encoding }) => encoding === name);
    if (!script || script.reads !== reads[input])
      fail('MW_EXCHANGE_UNSUPPORTED', {
        what: `The encoding '${name}' of feature '${encoder.inputs[input].name}' cannot be written as a module yet.`,
        where: { feature: encoder.inputs[input].name },
      });
    const data = objectIn(part['data'], 'data');
    statements.push(script.write(data, `f[${input}]`, at, writer));
    const loaded = ENCODINGS.find((known) => known.name === name)?.load(encoder.inputs[input], data);
    at += loaded?.outputs.length ?? 0;
  }
  const x = writer.scratch(at);
  const y = writer.scratch(model.outputs);
  const predict = writeModelScript(model, writer, loss);
  const name = writer.constant(`f=>{const x=${x};${statements.join(';')};${predict}(x,${y},0);return ${y}}`);
  return { name, reads };
}
