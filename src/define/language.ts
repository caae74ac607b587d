/** Everything a definition file imports. */
export type { Duration } from '../base/duration.js';
export {
  type CustomObjective,
  type CustomObjectiveOptions,
  customObjective,
} from '../models/gbdt/objectives/custom.js';
export {
  bayes,
  type Candidate,
  constant,
  elastic,
  extraTrees,
  forest,
  gbdt,
  linear,
  logistic,
  mlp,
  neighbours,
  rbfSvm,
  svm,
  tree,
} from './candidates.js';
export { type Expectations } from './checks.js';
export { type Col, type Columns, col, type RowOf } from './columns.js';
export { combine, select } from './combine.js';
export { arrow, type CsvOptions, csv, duckdb, json, jsonl, parquet } from './connectors.js';
export { average, stack, vote } from './ensembles.js';
export { and, days, hours, isMissing, joinText, minutes, missing, not, or } from './expression-functions.js';
export type { FeatureSet, FeaturesOf, InputOf } from './feature-set.js';
export { features, type ViewBuilder } from './features.js';
export type { Gates } from './gates.js';
export { type Label, labelFrom } from './label.js';
export type { Mistake } from './mistake.js';
export type { SystemPlan } from './plan.js';
export { request, requestFrom } from './request.js';
export {
  type BooleanExpression,
  type NumberExpression,
  type StringExpression,
  type TimestampExpression,
  value,
} from './row-expressions.js';
export type { Signals } from './signals.js';
export { type Source, source } from './source.js';
export { choice, int, logUniform, uniform } from './spaces.js';
export { type System, type SystemOptions, system } from './system.js';
