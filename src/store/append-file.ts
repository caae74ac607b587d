import type { DiskFile } from './disk.js';
import type { Durability } from './durability.js';

/**
 * A file that only grows, by whole writes: one that fails, in the middle even, leaves the file as long as it was. One write at a time.
 */
export class AppendFile {
  readonly #file: DiskFile;
  readonly #durability: Durability;
  #end: number;
  /** Something may stand behind the end that was to be cut off. */
  #torn = false;
  #unsynced = false;

  /** @param end bytes that count; what stands behind them is overwritten */
  constructor(file: DiskFile, end: number, durability: Durability) {
    this.#file = file;
    this.#end = end;
    this.#durability = durability;
  }

  /** Bytes of the file that are whole. */
  get end(): number {
    return this.#end;
  }

  /** Writes at the end. When it returns the bytes survive a kill of the process, and a power cut with the durability 'power'. */
  async append(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return;
    if (this.#torn) await this.#cut();
    this.#torn = true;
    try {
      for (let done = 0; done < bytes.length; ) {
        const { bytesWritten } = await this.#file.write(bytes, done, bytes.length - done, this.#end + done);
        if (bytesWritten === 0) throw Object.assign(new Error('nothing was written'), { code: 'EIO' });
        done += bytesWritten;
      }
      if (this.#durability === 'power') await this.#file.datasync();
    } catch (thrown) {
      // When not even that works, the next write begins with it: nothing is ever written behind a torn end.
      await this.#cut().catch(() => {});
      throw thrown;
    }
    this.#torn = false;
    this.#end += bytes.length;
    this.#unsynced = this.#durability !== 'power';
  }

  /** Makes everything appended survive a power cut. */
  async sync(): Promise<void> {
    if (!this.#unsynced) return;
    this.#unsynced = false;
    try {
      await this.#file.datasync();
    } catch (thrown) {
      this.#unsynced = true;
      throw thrown;
    }
  }

  async close(): Promise<void> {
    if (this.#torn) await this.#cut().catch(() => {});
    await this.#file.close();
  }

  async #cut(): Promise<void> {
    await this.#file.truncate(this.#end);
    this.#torn = false;
  }
}
