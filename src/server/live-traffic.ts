import type { ServiceListener } from '../serve/model-service.js';
import { addLatency, type LatencyHistogram, latencyHistogram, latencyQuantile } from '../stats/latency-histogram.js';
import type { LiveBody, MinuteBody } from './contract.js';

const MINUTE = 60_000;
const MINUTES_KEPT = 60;
interface Minute {
  readonly minute: number;
  predictions: number;
  rejected: number;
  readonly latencies: LatencyHistogram;
}

/** Counts of the last hour, minute by minute of the server's clock, and of the whole run. */
export class LiveTraffic implements ServiceListener {
  readonly #minutes: Minute[] = [];
  readonly #all = latencyHistogram();
  #predictions = 0;
  #rejected = 0;
  #calls = 0;

  onCall = (now: number, rows: number, rejected: number, latency: number): void => {
    const minute = this.#minuteOf(now);
    minute.predictions += rows - rejected;
    minute.rejected += rejected;
    addLatency(minute.latencies, latency);
    addLatency(this.#all, latency);
    this.#predictions += rows - rejected;
    this.#rejected += rejected;
    this.#calls++;
  };

  read(): LiveBody {
    return {
      predictions: this.#predictions,
      rejected: this.#rejected,
      calls: this.#calls,
      p50: latencyQuantile(this.#all, 0.5),
      p99: latencyQuantile(this.#all, 0.99),
      minutes: this.#minutes.map(
        ({ minute, predictions, rejected, latencies }): MinuteBody => ({
          minute,
          predictions,
          rejected,
          p50: latencyQuantile(latencies, 0.5),
          p99: latencyQuantile(latencies, 0.99),
        }),
      ),
    };
  }

  #minuteOf(now: number): Minute {
    const start = Math.floor(now / MINUTE) * MINUTE;
    const last = this.#minutes.at(-1);
    if (last && last.minute >= start) return last;
    const minute = { minute: start, predictions: 0, rejected: 0, latencies: latencyHistogram() };
    this.#minutes.push(minute);
    while ((this.#minutes[0] as Minute).minute <= start - MINUTES_KEPT * MINUTE) this.#minutes.shift();
    return minute;
  }
}
