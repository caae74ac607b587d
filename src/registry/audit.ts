import type { Selectable, Transaction } from 'kysely';
import type { Clock } from '../base/clock.js';
import { fail } from '../base/error.js';
import { type ContentHash, hashData } from '../base/hash.js';
import type { AuditTable, MetadataTables } from '../store/metadata/tables.js';
import type { MetadataStore } from '../store/ports.js';
import { checkText } from './check-input.js';
import { sayable, toJson } from './plain-data.js';

/** What was done or decided, by whom, and the figures behind it. */
export interface AuditEvent {
  /** A person, or the part of Millwright that acted by itself. */
  readonly actor: string;
  /** What kind of act, dotted: 'alias.move', 'gate.refuse', 'retrain.start'. */
  readonly action: string;
  /** What it was done to: 'flight-delay:3', 'flight-delay@champion'. */
  readonly subject: string;
  readonly figures?: Readonly<Record<string, unknown>>;
  readonly reason: string;
}

export interface AuditEntry extends Required<AuditEvent> {
  /** Counted from 1, without gaps. */
  readonly seq: number;
  readonly at: number;
  readonly previous: ContentHash;
  /** Hash of everything above, the previous hash included. */
  readonly hash: ContentHash;
}

export interface AuditFilter {
  readonly action?: string;
  readonly subject?: string;
  /** A model with its versions and aliases. */
  readonly model?: string;
  readonly actor?: string;
  /** Epoch milliseconds, inclusive and exclusive. */
  readonly from?: number;
  readonly to?: number;
  /** The newest so many; all of them without. */
  readonly limit?: number;
}

export interface AuditVerdict {
  readonly entries: number;
  /** Hash of the last entry: kept elsewhere, it shows later that nothing up to here was changed. */
  readonly head: ContentHash;
  /** The first entry that does not follow from the ones before, and why; null when the log is whole. */
  readonly broken: { readonly seq: number; readonly why: string } | null;
}

const BEGINNING: ContentHash = `sha256:${'0'.repeat(64)}`;
const HEAD = { kind: 'audit', name: 'head' } as const;

/** An append-only log of acts and decisions. Each entry's hash covers the one before, so that a change anywhere shows. */
export class AuditLog {
  readonly #metadata: MetadataStore;
  readonly #clock: Clock;

  constructor(metadata: MetadataStore, clock: Clock) {
    this.#metadata = metadata;
    this.#clock = clock;
  }

  async record(event: AuditEvent): Promise<AuditEntry> {
    return this.#metadata.transaction((inside) => this.recordWithin(inside, event));
  }

  /** Records together with the change that it speaks of: both happen, or neither. */
  async recordWithin(inside: Transaction<MetadataTables>, event: AuditEvent): Promise<AuditEntry> {
    checkText('actor', event.actor);
    checkText('action', event.action);
    checkText('subject', event.subject);
    checkText('reason', event.reason);
    const figures = toJson('figures', sayable(event.figures ?? {}));
    const last = await inside.selectFrom('audit').select(['seq', 'hash']).orderBy('seq', 'desc').limit(1).executeTakeFirst();
    const row = {
      seq: (last?.seq ?? 0) + 1,
      at: this.#clock.now(),
      actor: event.actor,
      action: event.action,
      subject: event.subject,
      figures,
      reason: event.reason,
      previous: last?.hash ?? BEGINNING,
    };
    const hash = hashData(row);
    await inside
      .insertInto('audit')
      .values({ ...row, hash })
      .execute();
    await inside
      .insertInto('states')
      .values({ ...HEAD, data: toJson('head', { seq: row.seq, hash }), at: row.at })
      .onConflict((c) => c.columns(['kind', 'name']).doUpdateSet({ data: toJson('head', { seq: row.seq, hash }), at: row.at }))
      .execute();
    return toEntry({ ...row, hash });
  }

  /** Entries, oldest first. */
  async list(filter: AuditFilter = {}): Promise<readonly AuditEntry[]> {
    let query = this.#metadata.db.selectFrom('audit').selectAll().orderBy('seq', 'desc');
    if (filter.action !== undefined) query = query.where('action', '=', filter.action);
    if (filter.subject !== undefined) query = query.where('subject', '=', filter.subject);
    const { model } = filter;
    if (model !== undefined)
      query = query.where((its) =>
        its.or([
          its('subject', '=', model),
          // The character after ':' is ';', that after '@' is 'A'.
          its.and([its('subject', '>=', `${model}:`), its('subject', '<', `${model};`)]),
          its.and([its('subject', '>=', `${model}@`), its('subject', '<', `${model}A`)]),
        ]),
      );
    if (filter.actor !== undefined) query = query.where('actor', '=', filter.actor);
    if (filter.from !== undefined) query = query.where('at', '>=', filter.from);
    if (filter.to !== undefined) query = query.where('at', '<', filter.to);
    if (filter.limit !== undefined) query = query.limit(filter.limit);
    return (await query.execute()).toReversed().map(toEntry);
  }

  /** Follows the chain from the beginning. `anchor` is a head that was kept elsewhere: the log must still lead through it. */
  async verify(anchor?: { readonly seq: number; readonly hash: ContentHash }): Promise<AuditVerdict> {
    const rows = await this.#metadata.db.selectFrom('audit').selectAll().orderBy('seq').execute();
    // Read after the entries: an entry and the head that names it are written together, so the head cannot lag behind them.
    const last = await this.#head();
    let previous = BEGINNING;
    for (const [i, row] of rows.entries()) {
      const { hash, ...rest } = row;
      const why =
        row.seq !== i + 1
          ? `entry ${i + 1} is missing`
          : row.previous !== previous
            ? 'it does not follow from the entry before'
            : hashData(rest) !== hash
              ? 'its content was changed'
              : anchor?.seq === row.seq && anchor.hash !== hash
                ? 'it is not the entry that was kept as anchor'
                : undefined;
      if (why) return { entries: rows.length, head: previous, broken: { seq: i + 1, why } };
      previous = hash as ContentHash;
    }
    const expected = anchor?.seq ?? 0;
    const broken =
      last.seq < rows.length
        ? { seq: last.seq + 1, why: 'it was put in from outside' }
        : rows.length < expected
          ? { seq: rows.length + 1, why: `entries up to ${expected} were removed from the end` }
          : last.seq === rows.length && last.hash !== previous
            ? { seq: rows.length, why: 'it is not the entry that was written last' }
            : last.seq > rows.length && !(await this.#grewTo(rows.length + 1))
              ? { seq: rows.length + 1, why: `entries up to ${last.seq} were removed from the end` }
              : null;
    return { entries: rows.length, head: previous, broken };
  }

  async #head(): Promise<{ readonly seq: number; readonly hash: string }> {
    const state = await this.#metadata.db
      .selectFrom('states')
      .select('data')
      .where('kind', '=', HEAD.kind)
      .where('name', '=', HEAD.name)
      .executeTakeFirst();
    return state ? JSON.parse(state.data) : { seq: 0, hash: BEGINNING };
  }

  /** Whether an entry came in while the others were read. */
  async #grewTo(seq: number): Promise<boolean> {
    return (await this.#metadata.db.selectFrom('audit').select('seq').where('seq', '=', seq).executeTakeFirst()) !== undefined;
  }

  /** @throws MW_AUDIT_TAMPERED when the log is not whole */
  async assertWhole(): Promise<AuditVerdict> {
    const verdict = await this.verify();
    if (verdict.broken)
      fail('MW_AUDIT_TAMPERED', {
        what: `The audit log is broken at entry ${verdict.broken.seq} of ${verdict.entries}: ${verdict.broken.why}.`,
        where: { entry: verdict.broken.seq },
      });
    return verdict;
  }
}

function toEntry(row: Selectable<AuditTable>): AuditEntry {
  return {
    ...row,
    figures: JSON.parse(row.figures),
    previous: row.previous as ContentHash,
    hash: row.hash as ContentHash,
  };
}
