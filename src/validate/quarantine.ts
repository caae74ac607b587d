import { createHash } from 'node:crypto';
import type { Clock } from '../base/clock.js';
import { fail } from '../base/error.js';
import { type ContentHash, canonicalJson } from '../base/hash.js';
import { compileRowCheck } from '../contract/row-check.js';
import type { ColumnPlan } from '../define/plan.js';
import { columnFrom } from '../frame/column.js';
import { type Frame, frame, type Row } from '../frame/frame.js';
import type { EventLog } from '../store/ports.js';
import { kindOfType } from '../types/catalogue.js';

/** A row that was put away, as it was and why. */
export interface QuarantineEntry {
  readonly kind: 'quarantined';
  readonly id: string;
  readonly source: string;
  /** The snapshot it came with. */
  readonly snapshot: ContentHash;
  /** Where it stood: row and line of the file, from 1. */
  readonly row: number | null;
  readonly line: number | null;
  readonly file: string | null;
  /** Its values; null for a row that could not be read. */
  readonly values: Row | null;
  /** Its text, of a row that could not be read. */
  readonly raw: string | null;
  readonly reasons: readonly string[];
  /** When it was put away, epoch milliseconds. */
  readonly at: number;
}

export type BadRow = Omit<
  QuarantineEntry,
  'kind' | 'id' | 'source' | 'snapshot' | 'at' | 'row' | 'line' | 'file' | 'values' | 'raw'
> &
  Partial<Pick<QuarantineEntry, 'row' | 'line' | 'file' | 'values' | 'raw'>>;

/** How an entry was resolved. */
export interface Resolution {
  readonly kind: 'resolved';
  readonly id: string;
  readonly as: 'fixed' | 'dropped';
  /** The new values of a fixed row. */
  readonly values: Row | null;
  readonly by: string;
  readonly at: number;
}

interface TakenBack {
  readonly kind: 'takenBack';
  readonly ids: readonly string[];
  readonly at: number;
}

export interface QuarantineState {
  readonly entry: QuarantineEntry;
  readonly resolution: Resolution | null;
  /** Whether the fixed row was taken into the data again. */
  readonly takenBack: boolean;
}

export interface QuarantineFilter {
  readonly source?: string;
  readonly unresolved?: boolean;
}

const TOPIC = 'quarantine';

/**
 * The quarantine: bad rows with their reasons, listed, fixed or dropped, and taken back. Everything is an append to the event log, so that
 * nothing that was ever in it is lost. A row is named by its source, its values or text and its reasons, with a number for repeats within
 * a snapshot: reading the same snapshot again adds nothing.
 */
export class Quarantine {
  readonly #log: EventLog;
  readonly #clock: Clock;
  readonly #states = new Map<string, { entry: QuarantineEntry; resolution: Resolution | null; takenBack: boolean }>();
  #read = 0;

  constructor(log: EventLog, clock: Clock) {
    this.#log = log;
    this.#clock = clock;
  }

  /** Puts rows of a snapshot away; gives the ids of those that were not there. */
  async add(source: string, snapshot: ContentHash, rows: readonly BadRow[]): Promise<readonly string[]> {
    await this.#catchUp();
    const at = this.#clock.now();
    const repeats = new Map<string, number>();
    const entries: QuarantineEntry[] = [];
    for (const row of rows) {
      const { values = null, raw = null, line = null, file = null, row: place = null, reasons } = row;
      const kept = printable(values);
      const content = canonicalJson([source, snapshot, kept, raw, reasons]);
      const repeat = repeats.get(content) ?? 0;
      repeats.set(content, repeat + 1);
      const id = createHash('sha256').update(`${content}#${repeat}`).digest('hex').slice(0, 16);
      if (!this.#states.has(id))
        entries.push({ kind: 'quarantined', id, source, snapshot, row: place, line, file, values: kept, raw, reasons, at });
    }
    await this.#append(entries);
    return entries.map((entry) => entry.id);
  }

  /** What is in it, in the order of coming. */
  async list(filter: QuarantineFilter = {}): Promise<readonly QuarantineState[]> {
    await this.#catchUp();
    return [...this.#states.values()].filter(
      ({ entry, resolution }) =>
        (filter.source === undefined || entry.source === filter.source) && (!filter.unresolved || resolution === null),
    );
  }

  /**
   * Resolves a row as fixed, with its new values, or as dropped. A fix may be corrected until it is taken back.
   * @throws MW_QUARANTINE_ENTRY_UNKNOWN, MW_QUARANTINE_RESOLVED
   */
  async resolve(
    id: string,
    how: { readonly as: 'fixed'; readonly values: Row } | { readonly as: 'dropped' },
    by: string,
  ): Promise<void> {
    await this.#catchUp();
    const state = this.#states.get(id);
    if (!state) fail('MW_QUARANTINE_ENTRY_UNKNOWN', { what: `The quarantine has no entry '${id}'.`, where: { entry: id } });
    if (state.takenBack || state.resolution?.as === 'dropped')
      fail('MW_QUARANTINE_RESOLVED', {
        what: `Entry '${id}' was ${state.takenBack ? 'taken back' : 'dropped'} and stays so.`,
        where: { entry: id },
      });
    await this.#append([
      { kind: 'resolved', id, as: how.as, values: how.as === 'fixed' ? how.values : null, by, at: this.#clock.now() },
    ]);
  }

  /**
   * The fixed rows of a source that were not taken back before, as a frame of its columns; from now on they count as taken. A column that a
   * fixed row does not name keeps its old value. Call `confirm` when the rows are safe in the data: until then the next call gives them again.
   * @param until only rows that were fixed by then, epoch ms
   * @throws MW_QUARANTINE_VALUES_INVALID when a fixed row is not of the declared types
   */
  async takeBack(
    source: string,
    columns: Readonly<Record<string, ColumnPlan>>,
    until = Number.POSITIVE_INFINITY,
  ): Promise<{ readonly frame: Frame; readonly confirm: () => Promise<void> }> {
    const fixed = (await this.list({ source })).filter(
      ({ resolution, takenBack }) => resolution?.as === 'fixed' && resolution.at <= until && !takenBack,
    );
    const check = compileRowCheck({ columns });
    const names = check.columns;
    const rows: (string | number | boolean | null)[][] = [];
    for (const { entry, resolution } of fixed) {
      const merged = { ...entry.values, ...resolution?.values };
      const known = Object.fromEntries(names.map((name) => [name, merged[name] ?? null]));
      const values: (string | number | boolean | null)[] = [];
      const errors = check.check(known, values).filter((problem) => problem.severity === 'error');
      if (errors.length > 0)
        fail('MW_QUARANTINE_VALUES_INVALID', {
          what: `The fixed row '${entry.id}' does not fit: ${errors.map((problem) => problem.message).join(' ')}`,
          where: { source, entry: entry.id },
        });
      rows.push(values);
    }
    const table = frame(
      Object.fromEntries(
        names.map((name, i) => [
          name,
          columnFrom(
            kindOfType((columns[name] as ColumnPlan).type),
            rows.map((row) => row[i]),
          ),
        ]),
      ),
      rows.length,
    );
    const ids = fixed.map((state) => state.entry.id);
    return {
      frame: table,
      confirm: async () => {
        if (ids.length > 0) await this.#append([{ kind: 'takenBack', ids, at: this.#clock.now() }]);
      },
    };
  }

  async #append(records: readonly (QuarantineEntry | Resolution | TakenBack)[]): Promise<void> {
    if (records.length === 0) return;
    await this.#log.append(
      TOPIC,
      records.map((record) => Buffer.from(JSON.stringify(record))),
    );
    await this.#catchUp();
  }

  async #catchUp(): Promise<void> {
    if ((await this.#log.length(TOPIC)) <= this.#read) return;
    for await (const { offset, record } of this.#log.read(TOPIC, this.#read)) {
      this.#apply(JSON.parse(Buffer.from(record).toString('utf8')) as QuarantineEntry | Resolution | TakenBack);
      this.#read = offset + 1;
    }
  }

  #apply(record: QuarantineEntry | Resolution | TakenBack): void {
    if (record.kind === 'quarantined') {
      if (!this.#states.has(record.id)) this.#states.set(record.id, { entry: record, resolution: null, takenBack: false });
      return;
    }
    for (const id of record.kind === 'takenBack' ? record.ids : [record.id]) {
      const state = this.#states.get(id);
      if (!state) continue;
      if (record.kind === 'takenBack') state.takenBack = true;
      else state.resolution = record;
    }
  }
}

/** Infinite numbers are among the reasons a row is put away, and have no place in JSON. */
function printable(values: Row | null): Row | null {
  if (values === null) return null;
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
    ]),
  );
}
