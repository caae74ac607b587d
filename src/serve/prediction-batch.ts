import type { ColumnPlan, FeaturePlan } from '../define/plan.js';
import type { ColumnKind } from '../frame/column.js';
import { type Frame, frame } from '../frame/frame.js';
import { kindOfType } from '../types/catalogue.js';
import { type ColumnBuilder, columnBuilder, NumberBuilder } from './column-builder.js';
import type { Deployment } from './deployment.js';
import type { ScoredRow } from './predict.js';

/**
 * Logged predictions of one deployment as growing columns. Names: `id`, `at` (the moment asked about), `time` (wall clock),
 * `version`, `latency` (ms of the call), `prediction` (classes only), `score` or `score.<class>`, `request.<column>`,
 * `feature.<name>`, `warnings` (codes, missing when there are none), `known` (all entities were in the
 * online store), and with a shadow `shadowVersion` and `shadow` or `shadow.<class>`.
 */
export class PredictionBatch {
  readonly #version: string;
  readonly #shadowVersion: string | null;
  readonly #classes: readonly string[];
  readonly #id = columnBuilder('string');
  readonly #at = new NumberBuilder('timestamp');
  readonly #time = new NumberBuilder('timestamp');
  readonly #latency = new NumberBuilder('number');
  readonly #warnings = columnBuilder('string');
  readonly #known = columnBuilder('boolean');
  readonly #prediction: ColumnBuilder | null;
  readonly #scores: readonly NumberBuilder[];
  readonly #shadowScores: readonly NumberBuilder[];
  readonly #requestNames: readonly string[];
  readonly #request: readonly ColumnBuilder[];
  readonly #features: readonly ColumnBuilder[];
  readonly #featureNames: readonly string[];
  #rows = 0;

  constructor(deployment: Deployment) {
    const { plan, pipeline, shadow } = deployment;
    this.#version = deployment.version;
    this.#shadowVersion = shadow?.version ?? null;
    this.#classes = pipeline.classes;
    this.#prediction = pipeline.classes.length > 0 ? columnBuilder('string') : null;
    this.#scores = scoreBuilders(pipeline.model.outputs);
    this.#shadowScores = shadow ? scoreBuilders(shadow.pipeline.model.outputs) : [];
    this.#requestNames = deployment.rowCheck.columns;
    this.#request = this.#requestNames.map((name) =>
      columnBuilder(kindOfType((plan.request.columns[name] as ColumnPlan).type)),
    );
    this.#featureNames = plan.features.map((feature) => feature.name);
    this.#features = plan.features.map((feature) => columnBuilder(kindOfFeature(feature)));
  }

  get rows(): number {
    return this.#rows;
  }

  add({ id, at, now, values, features, scores, decided, shadowScores, warnings, known }: ScoredRow): void {
    this.#rows++;
    this.#id.push(id);
    this.#at.pushNumber(at);
    this.#time.pushNumber(now);
    this.#prediction?.push(this.#classes[decided]);
    for (let k = 0; k < this.#scores.length; k++) (this.#scores[k] as NumberBuilder).pushNumber(scores[k] as number);
    if (shadowScores)
      for (let k = 0; k < shadowScores.length; k++)
        (this.#shadowScores[k] as NumberBuilder).pushNumber(shadowScores[k] as number);
    for (let j = 0; j < this.#request.length; j++) (this.#request[j] as ColumnBuilder).push(values[j]);
    for (let j = 0; j < this.#features.length; j++) (this.#features[j] as ColumnBuilder).push(features[j]);
    this.#known.push(known);
    this.#warnings.push(warnings.length === 0 ? null : warnings.map(({ code }) => code).join(' '));
  }

  /** Gives the rows added since the last call their latency. */
  closeCall(latency: number): void {
    while (this.#latency.length < this.#rows) this.#latency.pushNumber(latency);
  }

  /** The rows as a frame; the batch starts again empty. */
  take(): Frame {
    const rows = this.#rows;
    const columns: Record<string, Frame['columns'][string]> = {
      id: this.#id.take(),
      at: this.#at.take(),
      time: this.#time.take(),
      version: constantColumn(this.#version, rows),
      latency: this.#latency.take(),
    };
    if (this.#prediction) columns.prediction = this.#prediction.take();
    this.#takeScores(columns, 'score', this.#scores);
    if (this.#shadowVersion !== null) {
      columns.shadowVersion = constantColumn(this.#shadowVersion, rows);
      this.#takeScores(columns, 'shadow', this.#shadowScores);
    }
    for (const [j, builder] of this.#request.entries()) columns[`request.${this.#requestNames[j]}`] = builder.take();
    for (const [j, builder] of this.#features.entries()) columns[`feature.${this.#featureNames[j]}`] = builder.take();
    columns.warnings = this.#warnings.take();
    columns.known = this.#known.take();
    this.#rows = 0;
    return frame(columns, rows);
  }

  #takeScores(columns: Record<string, Frame['columns'][string]>, name: string, scores: readonly NumberBuilder[]): void {
    for (const [k, builder] of scores.entries())
      columns[scores.length === 1 ? name : `${name}.${this.#classes[k]}`] = builder.take();
  }
}

const scoreBuilders = (outputs: number) => Array.from({ length: outputs }, () => new NumberBuilder('number'));

const constantColumn = (value: string, rows: number) =>
  ({ kind: 'string', codes: new Int32Array(rows), dictionary: rows > 0 ? [value] : [] }) as const;

function kindOfFeature(feature: FeaturePlan): ColumnKind {
  return feature.type === 'number' || feature.type === 'boolean' ? feature.type : 'string';
}
