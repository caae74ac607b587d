import type { Clock } from '../../base/clock.js';
import { fail } from '../../base/error.js';
import { declareOptions, type OptionValues } from '../../base/options.js';

export const batchIdOptions = declareOptions({
  batchesFor: {
    kind: 'duration',
    default: '24h',
    doc: 'How long the id of a pushed batch is remembered: the same rows under it count once, other rows are refused.',
  },
  batchesMost: {
    kind: 'integer',
    default: 100_000,
    min: 1,
    doc: 'Ids of batches remembered of each source at most; the oldest are forgotten first.',
  },
});
export type BatchIdOptions = OptionValues<typeof batchIdOptions>;

interface Known {
  readonly digest: string;
  /** When it was pushed, epoch ms. */
  readonly at: number;
}

/** An id as a snapshot keeps it. */
export interface KeptBatchId extends Known {
  readonly source: string;
  readonly id: string;
}

/** The ids of pushed batches, which belong to their source, with a digest of the rows of each. */
export class BatchIds {
  readonly #clock: Clock;
  readonly #options: BatchIdOptions;
  /** By source, oldest first. */
  readonly #ids = new Map<string, Map<string, Known>>();

  constructor(clock: Clock, options: BatchIdOptions) {
    this.#clock = clock;
    this.#options = options;
  }

  has(source: string, id: string): boolean {
    return this.#find(source, id) !== undefined;
  }

  /**
   * Whether the same rows were pushed under that id before.
   * @throws MW_ONLINE_BATCH_CONFLICT when other rows were
   */
  isRepeated(source: string, id: string, digest: string): boolean {
    const known = this.#find(source, id);
    if (known && known.digest !== digest) failConflict(source, id);
    return known !== undefined;
  }

  add(source: string, id: string, digest: string, at: number): void {
    let ids = this.#ids.get(source);
    if (!ids) this.#ids.set(source, (ids = new Map()));
    ids.delete(id);
    ids.set(id, { digest, at });
    const oldest = this.#clock.now() - this.#options.batchesFor;
    for (const [first, { at: pushed }] of ids) {
      if (ids.size <= this.#options.batchesMost && pushed >= oldest) break;
      ids.delete(first);
    }
  }

  *entries(): Generator<KeptBatchId> {
    for (const [source, ids] of this.#ids) for (const [id, known] of ids) yield { source, id, ...known };
  }

  #find(source: string, id: string): Known | undefined {
    const known = this.#ids.get(source)?.get(id);
    return known && known.at >= this.#clock.now() - this.#options.batchesFor ? known : undefined;
  }
}

export function failConflict(source: string, id: string): never {
  fail('MW_ONLINE_BATCH_CONFLICT', {
    what: `Other rows of the source '${source}' were pushed as batch '${id}' before.`,
    where: { source, batch: id },
  });
}
