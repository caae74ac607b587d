import type { EventLog } from '../store/ports.js';

/** Offset of the first record of a topic that reaches a moment, by bisection: records are in order of time. */
export async function firstRecord(
  log: EventLog,
  topic: string,
  moment: number,
  latestOf: (record: Uint8Array, offset: number) => number,
): Promise<number> {
  let low = 0;
  let high = await log.length(topic);
  while (low < high) {
    const middle = (low + high) >>> 1;
    let found = middle;
    let latest = Number.NEGATIVE_INFINITY;
    for await (const { offset, record } of log.read(topic, middle)) {
      found = offset;
      latest = latestOf(record, offset);
      break;
    }
    // What is not there any more is passed over: `found` may lie beyond `middle`.
    if (latest >= moment) high = middle;
    else low = found + 1;
  }
  return low;
}
