import type { Clock } from '../../base/clock.js';
import { fail } from '../../base/error.js';
import { hashBytes } from '../../base/hash.js';
import { resolveOptions } from '../../base/options.js';
import type { SourcePlan, SystemPlan } from '../../define/plan.js';
import { encodeFrame } from '../../frame/codec.js';
import { type Column, type ColumnKind, columnFrom, columnLength, type Scalar, valueAt } from '../../frame/column.js';
import { compileRows } from '../../frame/compile-expression.js';
import { columnsRead } from '../../frame/expression.js';
import { type Frame, frame } from '../../frame/frame.js';
import { kindOfType } from '../../types/catalogue.js';
import type { FeatureStatus, OnlineStore, PushOutcome } from '../ports.js';
import { type BatchIdOptions, BatchIds, batchIdOptions, type KeptBatchId } from './batch-ids.js';
import { OnlineView } from './online-view.js';

export interface OnlineCounters {
  readonly sequence: number;
  readonly latest: number | null;
  readonly batches: readonly KeptBatchId[];
}

/** What the online store needs to know of a definition. */
export type OnlinePlan = Pick<SystemPlan, 'sources' | 'views'>;

export interface OnlineOptions {
  /** Bounds what pushed rows say of the present: a row dated in the future does not make others old. */
  readonly clock: Clock;
  /** How far behind the latest event reads are answered from every event, ms; a day unless given. */
  readonly keep?: number;
  /** How long, and how many, ids of batches are remembered; as declared unless given. */
  readonly batches?: BatchIdOptions;
}

/** Pushed rows that fit, as worked out before they are taken in. */
export interface PreparedPush {
  readonly rows: Frame;
  /** Takes them in, as pushed at a moment (epoch ms). */
  apply(at: number): void;
}

const DAY = 86_400_000;

/** A source as the store sees it: the views over it and the moments of its rows. */
interface OnlineSource {
  readonly views: readonly OnlineView[];
  /** Columns that its views and moments are made of. */
  readonly columns: readonly string[];
  readonly time: string;
  readonly availableAt: ((rows: Frame) => Column) | null;
}

/** The kinds of a source's columns by name. */
export function sourceKinds(source: SourcePlan): Record<string, ColumnKind> {
  return Object.fromEntries(Object.entries(source.contract.columns).map(([name, plan]) => [name, kindOfType(plan.type)]));
}

/**
 * The online store within the process. Memory is bounded by the events of the longest window of each view, behind the latest event
 * pushed (or the clock, when that is earlier) by `keep`. A window that reaches behind what was dropped is missing, never wrong.
 */
export class OnlineMemory implements OnlineStore {
  readonly views: ReadonlyMap<string, OnlineView>;
  readonly #sources: ReadonlyMap<string, OnlineSource>;
  readonly #clock: Clock;
  readonly #keep: number;
  readonly batches: BatchIds;
  #sequence = 0;
  #latest = Number.NEGATIVE_INFINITY;

  /** @throws MW_FEATURES_TIME_MISSING, MW_EXPRESSION_COLUMN_UNKNOWN, MW_EXPRESSION_KIND */
  constructor(plan: OnlinePlan, options: OnlineOptions) {
    this.#clock = options.clock;
    this.#keep = options.keep ?? DAY;
    this.batches = new BatchIds(options.clock, options.batches ?? resolveOptions('the online store', batchIdOptions));
    const views = new Map<string, OnlineView>();
    const sources = new Map<string, OnlineSource>();
    for (const [name, source] of Object.entries(plan.sources)) {
      const own = plan.views.filter((view) => view.source === name);
      if (own.length === 0) continue;
      if (source.time === null)
        fail('MW_FEATURES_TIME_MISSING', {
          what: `Source '${name}' has no time column, so view '${own[0].name}' has no windows.`,
        });
      const kinds = sourceKinds(source);
      const columns = new Set([source.time]);
      if (source.availableAt) columnsRead(source.availableAt, columns);
      for (const view of own) {
        views.set(view.name, new OnlineView(view, kinds));
        for (const key of view.by) columns.add(key.column);
        for (const { value, where } of view.aggregates)
          for (const expression of [value, where]) if (expression) columnsRead(expression, columns);
      }
      sources.set(name, {
        views: own.map((view) => views.get(view.name) as OnlineView),
        columns: [...columns],
        time: source.time,
        availableAt: source.availableAt && compileRows(source.availableAt, kinds),
      });
    }
    this.views = views;
    this.#sources = sources;
  }

  /** Number of rows pushed so far. */
  get pushed(): number {
    return this.#sequence;
  }

  /** The columns of a source that the store needs; none when no view is over it. */
  columnsOf(source: string): readonly string[] {
    return this.#sources.get(source)?.columns ?? [];
  }

  async push(source: string, rows: Frame, batch?: string, digest?: string): Promise<PushOutcome> {
    const prepared = this.prepare(source, rows);
    const named = batch === undefined ? null : (digest ?? this.digestOf(source, rows));
    if (batch !== undefined && named !== null && this.batches.isRepeated(source, batch, named)) return { repeated: true };
    const now = this.#clock.now();
    prepared.apply(now);
    if (batch !== undefined && named !== null) this.batches.add(source, batch, named, now);
    return { repeated: false };
  }

  /** What is kept of some rows of a source: the columns that its views need. */
  compact(source: string, rows: Frame): Frame {
    const slim = this.columnsOf(source).map((name) => [name, slimColumn(rows.columns[name] as Column)]);
    return frame(Object.fromEntries(slim), rows.rows);
  }

  /** Tells rows from others by what is kept of them. */
  digestOf(source: string, rows: Frame): string {
    return hashBytes(encodeFrame(this.compact(source, rows)));
  }

  /**
   * Looks whether rows fit, and works out what they give; nothing is changed yet.
   * @throws MW_FEATURES_SOURCE_MISSING, MW_FEATURES_TIME_MISSING
   */
  prepare(source: string, rows: Frame): PreparedPush {
    const fed = this.#sources.get(source);
    const times = fed ? momentsOf(source, fed, rows) : new Float64Array(0);
    const found = fed?.availableAt?.(rows);
    const available = found && found.kind === 'timestamp' ? found.values : times;
    const views = (fed?.views ?? []).map((view) => view.prepare(rows));
    return {
      rows,
      apply: (at) => {
        for (let row = 0; row < times.length; row++)
          if (times[row] > this.#latest) this.#latest = Math.min(times[row], Math.max(at, this.#latest));
        const moments = { times, available, sequence: this.#sequence, settled: this.#latest - this.#keep };
        for (const take of views) take(moments);
        this.#sequence += rows.rows;
      },
    };
  }

  featuresOf(view: string): readonly string[] {
    return this.#view(view).features;
  }

  read(view: string, key: readonly Scalar[], at: number, out: Float64Array, offset: number): FeatureStatus {
    return this.#view(view).read(key, at, out, offset);
  }

  async flush(): Promise<void> {}
  async close(): Promise<void> {}

  /** What a snapshot keeps beside the views. */
  get counters(): OnlineCounters {
    return {
      sequence: this.#sequence,
      latest: this.#latest === Number.NEGATIVE_INFINITY ? null : this.#latest,
      batches: [...this.batches.entries()],
    };
  }
  restoreCounters(counters: OnlineCounters): void {
    this.#sequence = counters.sequence;
    this.#latest = counters.latest ?? Number.NEGATIVE_INFINITY;
    for (const { source, id, digest, at } of counters.batches) this.batches.add(source, id, digest, at);
  }

  #view(name: string): OnlineView {
    const view = this.views.get(name);
    if (view === undefined)
      fail('MW_ONLINE_VIEW_UNKNOWN', {
        what: `The online store has no view '${name}'; it has ${[...this.views.keys()].join(', ') || 'none'}.`,
        where: { view: name },
      });
    return view;
  }
}

function momentsOf(name: string, source: OnlineSource, rows: Frame): Float64Array {
  const missing = source.columns.find((column) => !Object.hasOwn(rows.columns, column));
  if (missing !== undefined)
    fail('MW_FEATURES_SOURCE_MISSING', {
      what: `Rows of source '${name}' lack the column '${missing}' that its views need.`,
      where: { source: name, column: missing },
    });
  const times = rows.columns[source.time];
  if (times.kind !== 'timestamp')
    fail('MW_FEATURES_TIME_MISSING', {
      what: `The time column '${source.time}' of source '${name}' holds values of kind ${times.kind}.`,
      where: { source: name, column: source.time },
    });
  return times.values;
}

const slimColumn = (column: Column): Column =>
  column.kind === 'string' && column.dictionary.length > columnLength(column)
    ? columnFrom(
        'string',
        Array.from(column.codes, (_, row) => valueAt(column, row)),
      )
    : column;
