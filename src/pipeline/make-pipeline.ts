import type { Scalar } from '../frame/column.js';
import type { Frame } from '../frame/frame.js';
import { loadModel } from '../models/catalogue.js';
import type { Model } from '../models/estimator.js';
import { packContainer, unpackContainer } from './container.js';
import { loadEncoder } from './encoder.js';
import type { Encoder, FeatureInput, Pipeline } from './pipeline.js';
import { choiceIn, corrupt, numberIn, textIn, textsIn } from './plain-data.js';

export interface PipelineParts {
  readonly encoder: Encoder;
  readonly model: Model;
  /** Class labels in output order, [negative, positive] for binary, empty for regression. */
  readonly classes: readonly string[];
  /** Probability from which a binary row is decided positive; 0.5 unless given. */
  readonly threshold?: number;
}

/** A fitted encoder and model as one. */
export function makePipeline({ encoder, model, classes, threshold = 0.5 }: PipelineParts): Pipeline {
  return new FittedPipeline(encoder, model, classes, threshold);
}

/** Reads back what `Pipeline.serialize` wrote. @throws MW_PIPELINE_CORRUPT, MW_PIPELINE_NEWER, MW_MODEL_CORRUPT */
export function loadPipeline(bytes: Uint8Array): Pipeline {
  const { header, sections } = unpackContainer(bytes);
  const task = choiceIn(header, 'task', ['binary', 'multiclass', 'regression']);
  const classes = textsIn(header, 'classes');
  const threshold = numberIn(header, 'threshold');
  const encoder = loadEncoder(header['encoder']);
  const body = sections.get('model');
  if (!body) corrupt('The pipeline holds no model.');
  const estimator = textIn(header, 'estimator');
  const model = loadModel(body);
  if (model.estimator !== estimator)
    corrupt(`The pipeline names a model of '${estimator}' and holds one of '${model.estimator}'.`);
  if (model.task !== task) corrupt(`The pipeline is ${task} and its model ${model.task}.`);
  if (model.inputs !== encoder.outputs.length)
    corrupt(`The model takes ${model.inputs} inputs and the encoder gives ${encoder.outputs.length}.`);
  const expected = task === 'regression' ? 0 : task === 'binary' ? 2 : model.outputs;
  if (classes.length !== expected) corrupt(`The pipeline names ${classes.length} classes and has ${expected}.`);
  return makePipeline({ encoder, model, classes, threshold });
}

class FittedPipeline implements Pipeline {
  readonly encoder: Encoder;
  readonly model: Model;
  readonly classes: readonly string[];
  readonly threshold: number;
  readonly #row: Float64Array;

  constructor(encoder: Encoder, model: Model, classes: readonly string[], threshold: number) {
    this.encoder = encoder;
    this.model = model;
    this.classes = Object.freeze([...classes]);
    this.threshold = threshold;
    this.#row = new Float64Array(encoder.outputs.length);
  }

  get task(): Pipeline['task'] {
    return this.model.task;
  }

  get features(): readonly FeatureInput[] {
    return this.encoder.inputs;
  }

  predict(table: Frame): Float64Array {
    return this.model.predict(this.encoder.encode(table));
  }

  predictRow(values: readonly Scalar[], out: Float64Array, offset = 0): void {
    this.encoder.encodeRow(values, this.#row);
    this.model.predictRow(this.#row, out, offset);
  }

  serialize(): Uint8Array {
    return packContainer(
      {
        task: this.task,
        classes: this.classes,
        threshold: this.threshold,
        estimator: this.model.estimator,
        encoder: this.encoder.toData(),
      },
      { model: this.model.serialize() },
    );
  }
}
