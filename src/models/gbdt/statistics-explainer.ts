import type { MarginUnit, RowExplainer } from '../explainer.js';
import { type CategoryTables, replaceRow, widthOf } from './category-statistics.js';

/** Explains trees over statistics of categories: what the statistics of a category did is told of the category. */
export class StatisticsExplainer implements RowExplainer {
  readonly unit: MarginUnit;
  readonly base: Float64Array;
  readonly #inner: RowExplainer;
  readonly #tables: CategoryTables;
  /** The input that each column of the trees was made of. */
  readonly #sources: Int32Array;
  readonly #row: Float64Array;
  readonly #contributions: Float64Array;
  readonly #margins: Float64Array;
  #interactions: Float64Array | undefined;

  constructor(inner: RowExplainer, tables: CategoryTables) {
    this.unit = inner.unit;
    this.base = inner.base;
    this.#inner = inner;
    this.#tables = tables;
    this.#sources = sourcesOf(tables);
    const columns = this.#sources.length;
    this.#row = new Float64Array(columns);
    this.#contributions = new Float64Array(inner.base.length * columns);
    this.#margins = new Float64Array(inner.base.length);
  }

  explainRow(row: Float64Array, contributions: Float64Array, margins: Float64Array): void {
    replaceRow(this.#tables, row, this.#row);
    this.#inner.explainRow(this.#row, this.#contributions, margins);
    const inputs = this.#tables.length;
    const columns = this.#sources.length;
    contributions.fill(0, 0, this.base.length * inputs);
    for (let k = 0; k < this.base.length; k++)
      for (let at = 0; at < columns; at++)
        contributions[k * inputs + this.#sources[at]] += this.#contributions[k * columns + at];
  }

  interactRow(row: Float64Array, _contributions: Float64Array, interactions: Float64Array): void {
    const outputs = this.base.length;
    const inputs = this.#tables.length;
    const columns = this.#sources.length;
    this.#interactions ??= new Float64Array(outputs * columns * columns);
    replaceRow(this.#tables, row, this.#row);
    this.#inner.explainRow(this.#row, this.#contributions, this.#margins);
    this.#inner.interactRow(this.#row, this.#contributions, this.#interactions);
    interactions.fill(0, 0, outputs * inputs * inputs);
    for (let k = 0, from = 0; k < outputs; k++)
      for (let a = 0; a < columns; a++)
        for (let b = 0; b < columns; b++, from++)
          interactions[(k * inputs + this.#sources[a]) * inputs + this.#sources[b]] += this.#interactions[from];
  }
}

/** The input that each column was made of. */
export function sourcesOf(tables: CategoryTables): Int32Array {
  return Int32Array.from(tables.flatMap((table, input) => Array.from({ length: widthOf(table) }, () => input)));
}
