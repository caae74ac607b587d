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
import {
  entriesOf,
  packEntries,
  type QuarantineEntry,
  type QuarantineRecord,
  type Resolution,
  readRecord,
} from './quarantine-record.js';

export type { QuarantineEntry, Resolution } from './quarantine-record.js';

export type BadRow = Omit<
  QuarantineEntry,
  'kind' | 'id' | 'source' | 'snapshot' | 'at' | 'row' | 'line' | 'file' | 'values' | 'raw'
> &
  Partial<Pick<QuarantineEntry, 'row' | 'line' | 'file' | 'values' | 'raw'>>;

export interface QuarantineState {
  readonly entry: QuarantineEntry;
  readonly resolution: Resolution | null;
  /** Whether the fixed row was taken into the data again. */
  readonly takenBack: boolean;
}

export interface QuarantineFilter {
  readonly source?: string;
  readonly unresolved?: boolean;
  /** How the entry's id begins. */
  readonly id?: string;
}

const TOPIC = 'quarantine';
/** Names of entries that are remembered, so that one that comes again is not written again. */
const IDS_KEPT = 200_000;

/**
 * The quarantine: bad rows with their reasons, listed, fixed or dropped, and taken back. Everything is an append to the event log, so that
 * nothing that was ever in it is lost. A row is named by its source, its values or text and its reasons, with a number for repeats within
 * a snapshot: reading the same snapshot again adds nothing. What is held in memory is bounded but for what people resolved: the rows are
 * read from the log when they are asked for, and one that was written again because its name was forgotten counts once.
 */
export class Quarantine {
  readonly #log: EventLog;
  readonly #clock: Clock;
  /** The last names, oldest first. */
  readonly #ids = new Set<string>();
  readonly #idsKept: number;
  readonly #resolved = new Map<string, { resolution: Resolution | null; takenBack: boolean }>();
  #read = 0;

  constructor(log: EventLog, clock: Clock, idsKept = IDS_KEPT) {
    this.#log = log;
    this.#clock = clock;
    this.#idsKept = idsKept;
  }

  /** Puts rows of a snapshot away; gives the ids of those that were not there. */
  async add(source: string, snapshot: ContentHash, rows: readonly BadRow[]): Promise<readonly string[]> {
    await this.#catchUp();
    const at = this.#clock.now();
    const repeats = new Map<string, number>();
    const entries: QuarantineEntry[] = [];
    for (const row of rows) {
      const { values = null, raw = null, line = null, file = null, row: place = null } = row;
      const reasons = boundedReasons(row.reasons);
      const kept = printable(values);
      const content = sha256(canonicalJson([source, snapshot, kept, raw, reasons]));
      const repeat = repeats.get(content) ?? 0;
      repeats.set(content, repeat + 1);
      const id = sha256(`${content}#${repeat}`).slice(0, 16);
      if (!this.#ids.has(id))
        entries.push({ kind: 'quarantined', id, source, snapshot, row: place, line, file, values: kept, raw, reasons, at });
    }
    await this.#append(packEntries(entries));
    return entries.map((entry) => entry.id);
  }

  /** What is in it, in the order of coming. */
  async list(filter: QuarantineFilter = {}): Promise<readonly QuarantineState[]> {
    const states: QuarantineState[] = [];
    for await (const state of this.#states(filter)) states.push(state);
    return states;
  }

  /** How many entries there are, without holding them. */
  async count(filter: QuarantineFilter = {}): Promise<number> {
    let count = 0;
    for await (const _state of this.#states(filter)) count++;
    return count;
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
    const state = (await this.list({ id })).find(({ entry }) => entry.id === id);
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
    const fixed: QuarantineState[] = [];
    for await (const state of this.#states({ source })) {
      const { resolution, takenBack } = state;
      if (resolution?.as === 'fixed' && resolution.at <= until && !takenBack) fixed.push(state);
    }
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

  async #append(records: readonly QuarantineRecord[]): Promise<void> {
    if (records.length === 0) return;
    await this.#log.append(
      TOPIC,
      records.map((record) => Buffer.from(JSON.stringify(record))),
    );
    await this.#catchUp();
  }

  /** Reads what came since the last time. */
  async #catchUp(): Promise<void> {
    if ((await this.#log.length(TOPIC)) <= this.#read) return;
    for await (const { offset, record } of this.#log.read(TOPIC, this.#read)) {
      const read = readRecord(record);
      if (read.kind === 'resolved') this.#resolve(read.id, { resolution: read, takenBack: false });
      else if (read.kind === 'takenBack') for (const id of read.ids) this.#resolve(id, { takenBack: true });
      else for (const { id } of entriesOf(read)) this.#remember(id);
      this.#read = offset + 1;
    }
  }

  #resolve(id: string, how: Partial<{ resolution: Resolution; takenBack: boolean }>): void {
    this.#resolved.set(id, { ...(this.#resolved.get(id) ?? { resolution: null, takenBack: false }), ...how });
  }

  #remember(id: string): void {
    this.#ids.add(id);
    if (this.#ids.size <= this.#idsKept) return;
    for (const oldest of this.#ids) {
      this.#ids.delete(oldest);
      return;
    }
  }

  /** Entries that fit, one by one in the order of coming. */
  async *#states({ source, unresolved, id: begin }: QuarantineFilter): AsyncIterable<QuarantineState> {
    await this.#catchUp();
    const seen = new Set<string>();
    for await (const { offset, record } of this.#log.read(TOPIC)) {
      if (offset >= this.#read) return;
      const read = readRecord(record);
      if (read.kind === 'resolved' || read.kind === 'takenBack') continue;
      for (const entry of entriesOf(read)) {
        if (source !== undefined && entry.source !== source) continue;
        if (begin !== undefined && !entry.id.startsWith(begin)) continue;
        const known = this.#resolved.get(entry.id);
        if (unresolved && known?.resolution) continue;
        if (seen.has(entry.id)) continue;
        seen.add(entry.id);
        yield { entry, resolution: known?.resolution ?? null, takenBack: known?.takenBack ?? false };
      }
    }
  }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const REASONS_KEPT = 5;
const REASON_LENGTH = 300;

/** As many reasons of a row as a person reads, and how many there are besides. */
export function boundedReasons(reasons: readonly string[]): string[] {
  const kept = reasons
    .slice(0, REASONS_KEPT)
    .map((reason) => (reason.length > REASON_LENGTH ? `${reason.slice(0, REASON_LENGTH)}...` : reason));
  return reasons.length > REASONS_KEPT ? [...kept, `And ${reasons.length - REASONS_KEPT} more.`] : kept;
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
