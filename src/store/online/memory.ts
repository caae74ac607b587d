import type { Clock } from '../../base/clock.js';
import { fail } from '../../base/error.js';
import type { SourcePlan, SystemPlan } from '../../define/plan.js';
import type { Column, ColumnKind, Scalar } from '../../frame/column.js';
import { compileRows } from '../../frame/compile-expression.js';
import { columnsRead } from '../../frame/expression.js';
import type { Frame } from '../../frame/frame.js';
import { kindOfType } from '../../types/catalogue.js';
import type { FeatureStatus, OnlineStore } from '../ports.js';
import { OnlineView } from './online-view.js';

/** What the online store needs to know of a definition. */
export type OnlinePlan = Pick<SystemPlan, 'sources' | 'views'>;

export interface OnlineOptions {
  /** Bounds what pushed rows say of the present: a row dated in the future does not make others old. */
  readonly clock: Clock;
  /** How far behind the latest event reads are answered from every event, ms; a day unless given. */
  readonly keep?: number;
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
  readonly #batches = new Set<string>();
  #sequence = 0;
  #latest = Number.NEGATIVE_INFINITY;

  /** @throws MW_FEATURES_TIME_MISSING, MW_EXPRESSION_COLUMN_UNKNOWN, MW_EXPRESSION_KIND */
  constructor(plan: OnlinePlan, options: OnlineOptions) {
    this.#clock = options.clock;
    this.#keep = options.keep ?? DAY;
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

  hasBatch(batch: string): boolean {
    return this.#batches.has(batch);
  }

  async push(source: string, rows: Frame, batch?: string): Promise<void> {
    this.pushNow(source, rows, batch);
  }

  /**
   * Feeds rows at once; false when the batch was seen before.
   * @throws MW_FEATURES_SOURCE_MISSING when a column is not there
   */
  pushNow(source: string, rows: Frame, batch?: string): boolean {
    if (batch !== undefined && this.#batches.has(batch)) return false;
    const fed = this.#sources.get(source);
    if (fed) {
      const times = momentsOf(source, fed, rows);
      const found = fed.availableAt?.(rows);
      const available = found && found.kind === 'timestamp' ? found.values : times;
      const now = this.#clock.now();
      for (let row = 0; row < times.length; row++)
        if (times[row] > this.#latest) this.#latest = Math.min(times[row], Math.max(now, this.#latest));
      const moments = { times, available, sequence: this.#sequence, settled: this.#latest - this.#keep };
      for (const view of fed.views) view.push(rows, moments);
    }
    this.#sequence += rows.rows;
    if (batch !== undefined) this.#batches.add(batch);
    return true;
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
  get counters(): { readonly sequence: number; readonly latest: number | null; readonly batches: readonly string[] } {
    return {
      sequence: this.#sequence,
      latest: this.#latest === Number.NEGATIVE_INFINITY ? null : this.#latest,
      batches: [...this.#batches],
    };
  }
  restoreCounters(counters: OnlineMemory['counters']): void {
    this.#sequence = counters.sequence;
    this.#latest = counters.latest ?? Number.NEGATIVE_INFINITY;
    for (const batch of counters.batches) this.#batches.add(batch);
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
