import { type Random, shuffle } from '../../base/random.js';
import type { Matrix, MatrixFeature, TrainingData } from '../estimator.js';

/** What stands for the categories of one feature: for each code its statistics, and those of a code that was never seen. */
export interface CategoryTable {
  /** Statistics a code. */
  readonly width: number;
  /** Whether the code itself stays, behind its statistics. */
  readonly keepsCode: boolean;
  readonly prior: Float64Array;
  /** Codes x width. */
  readonly values: Float64Array;
}

/** For each feature of a matrix the table that replaces its categories by numbers; null where it stays as it is. */
export type CategoryTables = readonly (CategoryTable | null)[];

/** Rows whose categories were replaced, and the tables that do the same to rows to come. */
export interface ReplacedCategories {
  readonly data: TrainingData;
  readonly tables: CategoryTables;
}

export interface StatisticsParams {
  /** Features of up to this many categories stay as they are. */
  readonly oneHotCategories: number;
  /** Whether statistics replace the categories, or stand beside them. */
  readonly categories: 'ordered' | 'both';
  /** Rows that the overall mean counts for. */
  readonly categoryPrior: number;
}

/**
 * Ordered target statistics (Prokhorenkova et al. 2018): a category becomes the mean target of the rows that have it, or the share of
 * each class. A training row sees only the rows before it in one random order, so that its own target never tells in it; rows to come
 * see all training rows. Missing stays missing. Null when no feature has more than `oneHotCategories` categories.
 * @param classes 0 for a mean, or the number of classes to take shares of
 */
export function orderedStatistics(
  data: TrainingData,
  classes: number,
  params: StatisticsParams,
  source: Random,
): ReplacedCategories | null {
  const { matrix } = data;
  const many = matrix.features.map(
    ({ categories }, j) => categories > params.oneHotCategories && moreThan(matrix.columns[j], params.oneHotCategories),
  );
  if (!many.includes(true)) return null;
  const order = shuffle(
    Int32Array.from({ length: matrix.rows }, (_, i) => i),
    source,
  );
  const prior = overall(data, classes);
  const columns: Float64Array[] = [];
  const tables = matrix.columns.map((column, j) => {
    if (!many[j]) {
      columns.push(column);
      return null;
    }
    const ordered = orderedColumns(column, data, prior, classes, params.categoryPrior, order);
    columns.push(...ordered.columns);
    const keepsCode = params.categories === 'both';
    if (keepsCode) columns.push(column);
    return { ...ordered.table, keepsCode };
  });
  return {
    data: { ...data, matrix: { rows: matrix.rows, columns, features: replacedFeatures(matrix.features, tables) } },
    tables,
  };
}

/** Rows to come, with the statistics of all training rows. */
export function replaceCategories(matrix: Matrix, tables: CategoryTables): Matrix {
  const columns = matrix.columns.flatMap((column, j) => {
    const table = tables[j];
    if (!table) return [column];
    const statistics = Array.from({ length: table.width }, (_, k) => column.map((code) => statisticOf(table, code, k)));
    return table.keepsCode ? [...statistics, column] : statistics;
  });
  return { rows: matrix.rows, columns, features: replacedFeatures(matrix.features, tables) };
}

/** One row to come, written to `out`. Allocates nothing. */
export function replaceRow(tables: CategoryTables, row: Float64Array, out: Float64Array): void {
  for (let j = 0, at = 0; j < tables.length; j++) {
    const table = tables[j];
    if (table) for (let k = 0; k < table.width; k++) out[at++] = statisticOf(table, row[j], k);
    if (!table || table.keepsCode) out[at++] = row[j];
  }
}

/** Columns that a feature becomes. */
export function widthOf(table: CategoryTable | null): number {
  return table ? table.width + Number(table.keepsCode) : 1;
}

function statisticOf({ width, prior, values }: CategoryTable, code: number, k: number): number {
  if (code !== code) return Number.NaN;
  const at = Math.trunc(code) * width;
  return at >= 0 && at < values.length ? values[at + k] : prior[k];
}

function moreThan(column: Float64Array, most: number): boolean {
  const seen = new Set<number>();
  for (let i = 0; i < column.length && seen.size <= most; i++) if (column[i] === column[i]) seen.add(column[i]);
  return seen.size > most;
}

/** What a row of some target adds to statistic k. */
function share(target: number, classes: number, k: number): number {
  return classes === 0 ? target : Number(target === k);
}

function overall({ target, weight }: TrainingData, classes: number): Float64Array {
  const sums = new Float64Array(Math.max(1, classes));
  let total = 0;
  for (let i = 0; i < target.length; i++) {
    const w = weight ? weight[i] : 1;
    total += w;
    for (let k = 0; k < sums.length; k++) sums[k] += w * share(target[i], classes, k);
  }
  return sums.map((sum) => sum / total);
}

function orderedColumns(
  column: Float64Array,
  { target, weight }: TrainingData,
  prior: Float64Array,
  classes: number,
  priorRows: number,
  order: Int32Array,
): { columns: Float64Array[]; table: Omit<CategoryTable, 'keepsCode'> } {
  const width = prior.length;
  let codes = 0;
  for (let i = 0; i < column.length; i++) if (column[i] >= codes) codes = column[i] + 1;
  const totals = new Float64Array(codes);
  const values = new Float64Array(codes * width);
  const columns = Array.from({ length: width }, () => new Float64Array(column.length).fill(Number.NaN));
  const mean = (code: number, k: number): number => {
    const rows = totals[code] + priorRows;
    return rows > 0 ? (values[code * width + k] + priorRows * prior[k]) / rows : prior[k];
  };
  for (const i of order) {
    const code = column[i];
    if (code !== code) continue;
    const w = weight ? weight[i] : 1;
    for (let k = 0; k < width; k++) {
      columns[k][i] = mean(code, k);
      values[code * width + k] += w * share(target[i], classes, k);
    }
    totals[code] += w;
  }
  for (let code = 0; code < codes; code++) for (let k = 0; k < width; k++) values[code * width + k] = mean(code, k);
  return { columns, table: { width, prior, values } };
}

function replacedFeatures(features: readonly MatrixFeature[], tables: CategoryTables): MatrixFeature[] {
  return features.flatMap((feature, j) => {
    const table = tables[j];
    if (!table) return [feature];
    const source = feature.source ?? feature.name;
    const statistics = Array.from({ length: table.width }, (_, k) => ({
      name: table.width === 1 ? `${feature.name} mean target` : `${feature.name} share of class ${k}`,
      categories: 0,
      source,
    }));
    return table.keepsCode ? [...statistics, feature] : statistics;
  });
}
