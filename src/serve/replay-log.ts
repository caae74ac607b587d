import { type Column, type Scalar, valueAt } from '../frame/column.js';
import { columnOf, type Frame } from '../frame/frame.js';
import type { Deployment } from './deployment.js';

/** A logged prediction as it was scored; arrays are reused from row to row. */
export interface LoggedPrediction {
  /** Its place in the batch. */
  readonly row: number;
  readonly id: string;
  readonly at: number;
  readonly time: number;
  readonly version: string;
  readonly latency: number;
  readonly values: readonly Scalar[];
  readonly features: readonly Scalar[];
  readonly scores: Float64Array;
  readonly decided: number;
  readonly shadowScores: Float64Array | null;
  readonly shadowVersion: string | null;
}

/** Reads the rows of a logged batch back. A batch of another definition (other columns or classes) gives nothing: it cannot be replayed. */
export function* replayBatch(batch: Frame, deployment: Deployment): Iterable<LoggedPrediction> {
  const { pipeline, plan, rowCheck } = deployment;
  const { outputs } = pipeline.model;
  const has = (name: string) => Object.hasOwn(batch.columns, name);
  const scoreNames = (name: string) => (outputs === 1 ? [name] : pipeline.classes.map((label) => `${name}.${label}`));
  const needed = [
    ...scoreNames('score'),
    ...rowCheck.columns.map((name) => `request.${name}`),
    ...plan.features.map(({ name }) => `feature.${name}`),
  ];
  if (!needed.every(has)) return;
  const take = (names: readonly string[]): Column[] => names.map((name) => columnOf(batch, name));
  const shadowed = has('shadowVersion') && scoreNames('shadow').every(has);
  const scoreColumns = take(scoreNames('score'));
  const shadowColumns = shadowed ? take(scoreNames('shadow')) : [];
  const requestColumns = take(rowCheck.columns.map((name) => `request.${name}`));
  const featureColumns = take(plan.features.map(({ name }) => `feature.${name}`));
  const scores = new Float64Array(outputs);
  const shadowScores = shadowed ? new Float64Array(outputs) : null;
  const [id, at, time, version, latency] = take(['id', 'at', 'time', 'version', 'latency']) as [
    Column,
    Column,
    Column,
    Column,
    Column,
  ];
  const decided = pipeline.classes.length === 0 ? null : columnOf(batch, 'prediction');
  const shadowVersions = shadowed ? columnOf(batch, 'shadowVersion') : null;
  for (let i = 0; i < batch.rows; i++) {
    for (let k = 0; k < outputs; k++) {
      scores[k] = Number(valueAt(scoreColumns[k] as Column, i) ?? Number.NaN);
      if (shadowScores) shadowScores[k] = Number(valueAt(shadowColumns[k] as Column, i) ?? Number.NaN);
    }
    yield {
      row: i,
      id: String(valueAt(id, i)),
      at: Number(valueAt(at, i)),
      time: Number(valueAt(time, i)),
      version: String(valueAt(version, i)),
      latency: Number(valueAt(latency, i) ?? 0),
      values: requestColumns.map((column) => valueAt(column, i)),
      features: featureColumns.map((column) => valueAt(column, i)),
      scores,
      decided: decided === null ? -1 : pipeline.classes.indexOf(String(valueAt(decided, i))),
      shadowScores,
      shadowVersion: shadowVersions === null ? null : String(valueAt(shadowVersions, i)),
    };
  }
}
