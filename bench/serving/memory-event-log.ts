import type { EventLog } from '../../src/store/ports.js';

/** An event log in memory, which can be told to be slow or to fail: for tests of what stands before a log. */
export class MemoryEventLog implements EventLog {
  readonly topics = new Map<string, Uint8Array[]>();
  failing = false;
  /** Resolves before each append goes on. */
  gate: Promise<void> = Promise.resolve();

  async append(topic: string, records: readonly Uint8Array[]): Promise<number> {
    await this.gate;
    if (this.failing) throw new Error('no space left on device');
    const all = this.topics.get(topic) ?? [];
    this.topics.set(topic, all);
    const first = all.length;
    all.push(...records);
    return first;
  }
  async *read(topic: string, from = 0): AsyncIterable<{ readonly offset: number; readonly record: Uint8Array }> {
    const all = this.topics.get(topic) ?? [];
    for (let offset = from; offset < all.length; offset++) yield { offset, record: all[offset] as Uint8Array };
  }
  async length(topic: string): Promise<number> {
    return this.topics.get(topic)?.length ?? 0;
  }
  async flush(): Promise<void> {}
  async close(): Promise<void> {}
}
