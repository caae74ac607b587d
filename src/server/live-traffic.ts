import type { ServiceListener } from '../serve/model-service.js';
import type { LiveBody, MinuteBody } from './contract.js';

const MINUTE = 60_000;
const MINUTES_KEPT = 60;
/** Latency bins: 1 us to about 100 s, 20 a decade, so a quantile is right within 6 %. */
const BINS_PER_DECADE = 20;
const BINS = 8 * BINS_PER_DECADE;
const LOWEST = 1e-3;

interface Minute {
  readonly minute: number;
  predictions: number;
  rejected: number;
  readonly latencies: Uint32Array;
}

/** Counts of the last hour, minute by minute of the server's clock, and of the whole run. */
export class LiveTraffic implements ServiceListener {
  readonly #minutes: Minute[] = [];
  readonly #all = new Uint32Array(BINS);
  #predictions = 0;
  #rejected = 0;
  #calls = 0;

  onCall = (now: number, rows: number, rejected: number, latency: number): void => {
    const minute = this.#minuteOf(now);
    const bin = Math.min(BINS - 1, Math.max(0, Math.floor(Math.log10(latency / LOWEST) * BINS_PER_DECADE)));
    minute.predictions += rows - rejected;
    minute.rejected += rejected;
    minute.latencies[bin] = (minute.latencies[bin] as number) + 1;
    this.#all[bin] = (this.#all[bin] as number) + 1;
    this.#predictions += rows - rejected;
    this.#rejected += rejected;
    this.#calls++;
  };

  read(): LiveBody {
    return {
      predictions: this.#predictions,
      rejected: this.#rejected,
      calls: this.#calls,
      p50: quantile(this.#all, 0.5),
      p99: quantile(this.#all, 0.99),
      minutes: this.#minutes.map(
        ({ minute, predictions, rejected, latencies }): MinuteBody => ({
          minute,
          predictions,
          rejected,
          p50: quantile(latencies, 0.5),
          p99: quantile(latencies, 0.99),
        }),
      ),
    };
  }

  #minuteOf(now: number): Minute {
    const start = Math.floor(now / MINUTE) * MINUTE;
    const last = this.#minutes.at(-1);
    if (last && last.minute >= start) return last;
    const minute = { minute: start, predictions: 0, rejected: 0, latencies: new Uint32Array(BINS) };
    this.#minutes.push(minute);
    while ((this.#minutes[0] as Minute).minute <= start - MINUTES_KEPT * MINUTE) this.#minutes.shift();
    return minute;
  }
}

/** The upper edge of the bin that holds the quantile, ms. */
function quantile(bins: Uint32Array, q: number): number | null {
  let total = 0;
  for (const count of bins) total += count;
  if (total === 0) return null;
  let left = Math.ceil(total * q);
  for (let bin = 0; bin < BINS; bin++) {
    left -= bins[bin] as number;
    if (left <= 0) return LOWEST * 10 ** ((bin + 1) / BINS_PER_DECADE);
  }
  return LOWEST * 10 ** (BINS / BINS_PER_DECADE);
}
