import { join } from 'node:path';
import { fail } from '../base/error.js';
import { onDisk } from './disk-error.js';
import { describeProcess } from './process-identity.js';
import { acquireWriterLock, type WriterLock } from './writer-lock.js';

/** The right to serve from a store, which one process has at a time. */
export class StoreClaim {
  readonly #folder: string;
  readonly #readOnly: boolean;
  #taking: Promise<WriterLock> | undefined;

  constructor(store: string, readOnly: boolean) {
    this.#folder = join(store, 'server');
    this.#readOnly = readOnly;
  }

  /** @throws MW_STORE_HELD, MW_STORE_READ_ONLY */
  async take(): Promise<void> {
    if (this.#readOnly)
      fail('MW_STORE_READ_ONLY', {
        what: 'Nothing can be served from a store that is only read.',
        where: { store: this.#folder },
      });
    this.#taking ??= this.#take();
    try {
      await this.#taking;
    } catch (thrown) {
      this.#taking = undefined;
      throw thrown;
    }
  }

  async release(): Promise<void> {
    const taken = await this.#taking?.catch(() => undefined);
    this.#taking = undefined;
    await taken?.release();
  }

  #take(): Promise<WriterLock> {
    return onDisk('claim the store', this.#folder, async () => {
      const attempt = await acquireWriterLock(this.#folder);
      if (attempt.held) return attempt.lock;
      const { owner } = attempt;
      return fail('MW_STORE_HELD', {
        what: `The store is in use: ${describeProcess(owner)} serves from it.`,
        where: {
          pid: owner.pid,
          host: owner.host,
          ...(owner.command ? { command: owner.command } : {}),
          ...(owner.since ? { since: owner.since } : {}),
        },
        fix: `Stop process ${owner.pid}, or give this one another store. If ${owner.host} is a machine that no longer exists, delete the folder ${this.#folder}.`,
      });
    });
  }
}
