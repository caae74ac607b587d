import { fail } from '../base/error.js';
import type { MetadataStore } from '../store/ports.js';
import { checkWhole } from './check-input.js';
import { type PlainData, toJson } from './plain-data.js';

/** A monitoring figure of a model version in one bucket of time. */
export interface SeriesPoint {
  readonly model: string;
  readonly version: number;
  /** 'auc', 'psi.lateRate_24h', 'latency.p99' ... */
  readonly name: string;
  /** Start of the bucket, epoch milliseconds. */
  readonly bucket: number;
  /** NaN when there was too little data to say. */
  readonly value: number;
  /** Rows behind the value. */
  readonly count: number;
  readonly detail?: PlainData;
}

export interface SeriesQuery {
  readonly model: string;
  readonly version?: number;
  readonly name?: string;
  /** Buckets from (inclusive) to (exclusive), epoch milliseconds. */
  readonly from?: number;
  readonly to?: number;
}

/** Monitoring figures over time. A bucket that is computed again (late ground truth) takes the newer value. */
export class Series {
  readonly #metadata: MetadataStore;

  constructor(metadata: MetadataStore) {
    this.#metadata = metadata;
  }

  async record(points: readonly SeriesPoint[]): Promise<void> {
    const rows = points.map(({ model, version, name, bucket, value, count, detail }) => {
      checkWhole('version', version);
      checkWhole('bucket', bucket);
      checkWhole('count', count);
      if (typeof value !== 'number') fail('MW_REGISTRY_INVALID', { what: `The figure '${name}' must be a number.` });
      return {
        model,
        version,
        name,
        bucket,
        value: Number.isNaN(value) ? null : value,
        count,
        detail: detail === undefined ? null : toJson(`detail of '${name}'`, detail),
      };
    });
    if (rows.length === 0) return;
    await this.#metadata.transaction(async (inside) => {
      for (let i = 0; i < rows.length; i += 500)
        await inside
          .insertInto('series')
          .values(rows.slice(i, i + 500))
          .onConflict((conflict) =>
            conflict.columns(['model', 'name', 'bucket', 'version']).doUpdateSet((e) => ({
              value: e.ref('excluded.value'),
              count: e.ref('excluded.count'),
              detail: e.ref('excluded.detail'),
            })),
          )
          .execute();
    });
  }

  /** Points by name, then bucket, then version. */
  async range(query: SeriesQuery): Promise<readonly SeriesPoint[]> {
    let select = this.#metadata.db.selectFrom('series').selectAll().where('model', '=', query.model);
    if (query.version !== undefined) select = select.where('version', '=', query.version);
    if (query.name !== undefined) select = select.where('name', '=', query.name);
    if (query.from !== undefined) select = select.where('bucket', '>=', query.from);
    if (query.to !== undefined) select = select.where('bucket', '<', query.to);
    const rows = await select.orderBy('name').orderBy('bucket').orderBy('version').execute();
    return rows.map(({ value, detail, ...rest }) => ({
      ...rest,
      value: value ?? Number.NaN,
      ...(detail === null ? {} : { detail: JSON.parse(detail) as PlainData }),
    }));
  }

  /** Names of the figures that a model has. */
  async names(model: string): Promise<readonly string[]> {
    const rows = await this.#metadata.db
      .selectFrom('series')
      .select('name')
      .distinct()
      .where('model', '=', model)
      .orderBy('name')
      .execute();
    return rows.map((row) => row.name);
  }
}
