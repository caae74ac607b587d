/** Millwright's estimators by themselves, for code that brings its own numbers: no definition, no files, no store. */
import { fail } from './base/error.js';
import type { Watch } from './base/progress.js';
import { CalibratedModel } from './models/calibration/calibrated-model.js';
import type { CalibrationMethod } from './models/calibration/calibration.js';
import { fitCalibration } from './models/calibration/catalogue.js';
import { CLUSTERERS, clustererOf, ESTIMATORS, estimatorOf } from './models/catalogue.js';
import { checkInputs } from './models/data.js';
import type { Matrix, Model, SparseColumn, Task, TrainingData } from './models/estimator.js';
import { splitColumns } from './models/sparse.js';

export type { CalibrationMethod } from './models/calibration/calibration.js';
export { loadClusters, loadModel } from './models/catalogue.js';
export type { FitHistory, Matrix, Model, SparseColumn, Task, TrainingData } from './models/estimator.js';
export type { RowExplainer } from './models/explainer.js';
export { customObjective } from './models/gbdt/objectives/custom.js';

/** Names for `fit`; several of them make an ensemble: 'stack(gbdt,forest)'. */
export const estimatorNames: readonly string[] = Object.freeze(Object.keys(ESTIMATORS));
/** Names for `cluster`. */
export const clustererNames: readonly string[] = Object.freeze(Object.keys(CLUSTERERS));

type Values = readonly (number | boolean | null)[] | readonly (string | null)[] | Float64Array;

/** Columns of numbers, with the categories that the codes of each column of texts stand for. */
export interface NamedMatrix extends Matrix {
  readonly categories: Readonly<Record<string, readonly string[]>>;
}

/**
 * Named columns as estimators read them: numbers as they are (null is missing), true as 1, texts as codes of their sorted categories.
 * @param like a matrix whose columns and categories these rows share, as rows to predict do with the training rows; a category that it does
 * not have counts as never seen
 * @throws MW_MODEL_DATA when columns differ in length or from those of `like`
 */
export function matrix(columns: Readonly<Record<string, Values>>, like?: NamedMatrix): NamedMatrix {
  const names = like ? like.features.map(({ name }) => name) : Object.keys(columns);
  const rows = names.length === 0 ? 0 : (columns[names[0] as string]?.length ?? 0);
  const categories: Record<string, readonly string[]> = {};
  const made = names.map((name) => {
    const values = Object.hasOwn(columns, name) ? columns[name] : undefined;
    if (values?.length !== rows)
      fail('MW_MODEL_DATA', {
        what: values ? `Column '${name}' has ${values.length} values, not ${rows}.` : `There is no column '${name}'.`,
        where: { feature: name },
      });
    const known = like?.categories[name];
    const texts = known ?? (like ? undefined : categoriesOf(values as Values));
    if (!texts) return { name, categories: 0, values: numbers(name, values as Values) };
    Object.defineProperty(categories, name, { value: texts, enumerable: true });
    return { name, categories: texts.length, values: codes(values as Values, texts) };
  });
  return {
    rows,
    columns: made.map(({ values }) => values),
    features: made.map(({ name, categories: count }) => ({ name, categories: count })),
    categories,
  };
}

/**
 * Named columns of numbers most of which are zero: `values[k]` in row `indexes[k]`, rows rising, and 0 elsewhere; dense columns may stand
 * among them. 'logistic', 'linear', 'elastic', 'svm' and 'bayes' take such a matrix, and ensembles of them; all others refuse it. What they
 * learn is what they learn from the dense columns.
 * @throws MW_MODEL_DATA when a column does not fit the number of rows
 */
export function sparseMatrix(rows: number, columns: Readonly<Record<string, SparseColumn | Float64Array>>): Matrix {
  const features = Object.keys(columns).map((name) => ({ name, categories: 0 }));
  const made = { rows, features, ...splitColumns(Object.values(columns)) };
  checkInputs(made, features.length, true);
  return made;
}

function categoriesOf(values: Values): readonly string[] | undefined {
  if (values instanceof Float64Array || !values.some((value) => typeof value === 'string')) return undefined;
  return [...new Set((values as readonly (string | null)[]).filter((value) => value !== null))].map(String).sort();
}

function codes(values: Values, texts: readonly string[]): Float64Array {
  const codeOf = new Map(texts.map((text, code) => [text, code]));
  return Float64Array.from(values as readonly unknown[], (value) =>
    value === null || value === undefined ? Number.NaN : (codeOf.get(String(value)) ?? texts.length),
  );
}

function numbers(name: string, values: Values): Float64Array {
  return Float64Array.from(values as readonly unknown[], (value, row) => {
    if (value === null || value === undefined) return Number.NaN;
    if (typeof value === 'number' || typeof value === 'boolean') return Number(value);
    return fail('MW_MODEL_DATA', {
      what: `Column '${name}' is ${JSON.stringify(value)} in row ${row}, where it has numbers elsewhere.`,
      where: { feature: name, row },
    });
  });
}

export interface FitOptions extends Watch {
  readonly task: Task;
  /** Parameters of the estimator; docs/boosting.md lists those of gbdt. */
  readonly params?: Readonly<Record<string, unknown>>;
  /** Classes of a multiclass task; as many as the target has unless given. */
  readonly classes?: number;
  readonly seed?: number;
  /** Rows for early stopping. */
  readonly validation?: TrainingData;
  /** A gbdt model that boosting goes on from. */
  readonly from?: Model;
  /** Keeps the loss of every round in `model.history`. */
  readonly history?: boolean;
}

/**
 * Fits an estimator to a target: 0/1, class index or number, a row. Linear models, nearest neighbours and support vector machines take
 * numbers without missing values only; trees take matrices as they are.
 * @throws MW_MODEL_*, MW_OPTION_*, MW_INTERRUPTED
 */
export async function fit(estimator: string, data: TrainingData, options: FitOptions): Promise<Model> {
  const { task, params = {}, classes, seed = 1, ...rest } = options;
  const found = estimatorOf(estimator);
  return found.fit(data, params, { ...rest, task, seed, classes: classes ?? classCount(task, data.target) });
}

function classCount(task: Task, target: Float64Array): number {
  if (task !== 'multiclass') return task === 'binary' ? 2 : 1;
  let most = 1;
  for (const value of target) if (value > most) most = value;
  return most + 1;
}

export interface ClusterOptions extends Watch {
  readonly params?: Readonly<Record<string, unknown>>;
  readonly seed?: number;
  /** Non-negative row weights. */
  readonly weight?: Float64Array;
}

/** Groups rows without a target. Outputs are memberships, one a cluster. @throws MW_MODEL_*, MW_OPTION_*, MW_INTERRUPTED */
export async function cluster(algorithm: string, rows: Matrix, options: ClusterOptions = {}): Promise<Model<'clustering'>> {
  const { params = {}, seed = 1, weight, ...rest } = options;
  const data = { matrix: rows, target: new Float64Array(rows.rows), ...(weight ? { weight } : {}) };
  return clustererOf(algorithm).fit(data, params, { ...rest, task: 'clustering', seed, classes: 1 });
}

/**
 * A classifier whose probabilities are set right on rows that it was not fitted on.
 * @throws MW_MODEL_TASK for a regression, MW_MODEL_INPUT
 */
export function calibrate(model: Model, method: CalibrationMethod, { matrix: rows, target, weight }: TrainingData): Model {
  const { task, outputs } = model;
  const calibrated = { task, outputs, predictions: model.predict(rows), target, ...(weight ? { weight } : {}) };
  return new CalibratedModel(model, fitCalibration(method, calibrated));
}
