import { Agent, request } from 'node:http';
import { fail } from '../../base/error.js';
import { columnOf, type Frame } from '../../frame/frame.js';
import { rowJson } from './row-json.js';

/** Past rows to be sent again as if they happened now. All moments are epoch milliseconds. */
export interface TrafficPlan {
  readonly url: string;
  readonly model: string;
  readonly source: string;
  /** Rows of the label source, in any order. */
  readonly rows: Frame;
  /** Moment of each row's request, and when its outcome became known. */
  readonly at: Float64Array;
  readonly availableAt: Float64Array;
  /** Label of each row as the model's classes spell it; null when it has none. */
  readonly labels: readonly (string | number | null)[];
  readonly labelCodes: Int32Array;
  readonly requestColumns: readonly string[];
  readonly sourceColumns: readonly string[];
  /** Simulated time that one request gathers, ms. */
  readonly tick: number;
  /** Largest number of rows in a request. */
  readonly maxRows: number;
}

export interface TrafficReport {
  readonly predictions: number;
  readonly refused: number;
  readonly labels: number;
  readonly requests: number;
  /** Client-side latency of prediction requests, ms: sum and largest. */
  readonly latencySum: number;
  readonly latencyMax: number;
}

/** In the place of an id: the server refused the row, so there is nothing to label. */
const REFUSED = 'refused';

/**
 * Sends past rows to a running server in the order in which they happened: requests at their moment, outcomes and labels when they
 * became known. Outcomes go before the requests of the same tick; the server counts them only from their availability on.
 */
export class Traffic {
  readonly #plan: TrafficPlan;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 2 });
  readonly #byRequest: Uint32Array;
  readonly #byOutcome: Uint32Array;
  readonly #ids: string[];
  readonly #requestRow: (row: number) => string;
  readonly #sourceRow: (row: number) => string;
  #nextRequest = 0;
  #nextOutcome = 0;
  #toLabel: number[] = [];

  constructor(plan: TrafficPlan) {
    this.#plan = plan;
    this.#byRequest = order(plan.at);
    this.#byOutcome = order(plan.availableAt);
    this.#ids = Array.from({ length: plan.rows.rows }, () => '');
    this.#requestRow = rowJson(plan.rows, plan.requestColumns);
    this.#sourceRow = rowJson(plan.rows, plan.sourceColumns);
    for (const name of [...plan.requestColumns, ...plan.sourceColumns]) columnOf(plan.rows, name);
  }

  /** Plays everything that happened before `until` and was not played yet. */
  async play(until: number): Promise<TrafficReport> {
    const { at, availableAt, tick } = this.#plan;
    const report = { predictions: 0, refused: 0, labels: 0, requests: 0, latencySum: 0, latencyMax: 0 };
    for (;;) {
      const request = this.#byRequest[this.#nextRequest];
      const outcome = this.#byOutcome[this.#nextOutcome];
      const next = Math.min(
        request === undefined ? Number.POSITIVE_INFINITY : (at[request] as number),
        outcome === undefined ? Number.POSITIVE_INFINITY : (availableAt[outcome] as number),
      );
      if (next >= until) return report;
      const end = Math.min(until, (Math.floor(next / tick) + 1) * tick);
      await this.#outcomes(end);
      await this.#requests(end, report);
      await this.#labels(report);
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  async #requests(end: number, report: Mutable<TrafficReport>): Promise<void> {
    const { at, model, maxRows } = this.#plan;
    for (;;) {
      const rows: number[] = [];
      while (rows.length < maxRows && this.#nextRequest < this.#byRequest.length) {
        const row = this.#byRequest[this.#nextRequest] as number;
        if (!((at[row] as number) < end)) break;
        rows.push(row);
        this.#nextRequest++;
      }
      if (rows.length === 0) return;
      const start = performance.now();
      const body = await this.#post(
        `/v1/models/${encodeURIComponent(model)}/predict`,
        `{"partial":true,"rows":[${rows.map(this.#requestRow).join(',')}]}`,
      );
      report.requests++;
      const latency = performance.now() - start;
      report.latencySum += latency;
      report.latencyMax = Math.max(report.latencyMax, latency);
      const { predictions } = JSON.parse(body) as { predictions: { id: string; error?: unknown }[] };
      predictions.forEach((prediction, i) => {
        if (prediction.error) report.refused++;
        this.#ids[rows[i] as number] = prediction.error ? REFUSED : prediction.id;
      });
      report.predictions += predictions.length;
    }
  }

  async #outcomes(end: number): Promise<void> {
    const { at, availableAt, source, labelCodes, maxRows } = this.#plan;
    for (;;) {
      const rows: number[] = [];
      while (rows.length < maxRows && this.#nextOutcome < this.#byOutcome.length) {
        const row = this.#byOutcome[this.#nextOutcome] as number;
        if (!((availableAt[row] as number) < end)) break;
        rows.push(row);
        this.#nextOutcome++;
      }
      if (rows.length === 0) return;
      const batch = `replay-${this.#nextOutcome}`;
      await this.#post(
        `/v1/sources/${encodeURIComponent(source)}/rows`,
        `{"batch":"${batch}","rows":[${rows.map(this.#sourceRow).join(',')}]}`,
      );
      this.#toLabel.push(...rows.filter((row) => Number.isFinite(at[row]) && (labelCodes[row] as number) >= 0));
    }
  }

  /** Labels of the outcomes so far, by the ids of their predictions; one that came before its own request waits for the next tick. */
  async #labels(report: Mutable<TrafficReport>): Promise<void> {
    const { availableAt, model, labels, labelCodes, maxRows } = this.#plan;
    const label = (row: number) => JSON.stringify(labels[labelCodes[row] as number]);
    const ready = this.#toLabel.filter((row) => this.#ids[row] !== '' && this.#ids[row] !== REFUSED);
    this.#toLabel = this.#toLabel.filter((row) => this.#ids[row] === '');
    for (let from = 0; from < ready.length; from += maxRows) {
      const rows = ready.slice(from, from + maxRows);
      const items = rows.map((row) => `{"id":"${this.#ids[row]}","label":${label(row)},"availableAt":${availableAt[row]}}`);
      await this.#post(`/v1/models/${encodeURIComponent(model)}/labels`, `{"labels":[${items.join(',')}]}`);
      for (const row of rows) this.#ids[row] = '';
      report.labels += rows.length;
    }
  }

  #post(path: string, body: string): Promise<string> {
    const { promise, resolve, reject } = withResolvers<string>();
    const call = request(`${this.#plan.url}${path}`, {
      method: 'POST',
      agent: this.#agent,
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
    });
    call.on('error', reject);
    call.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        if (response.statusCode === 200) resolve(text);
        else {
          try {
            fail('MW_REPLAY_REFUSED', {
              what: `The server answered ${response.statusCode} to ${path}: ${text.slice(0, 300)}`,
              where: { path },
            });
          } catch (error) {
            reject(error as Error);
          }
        }
      });
    });
    call.end(body);
    return promise;
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (reason: unknown) => void } {
  let resolve!: (value: T) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

/** Row numbers in ascending order of a moment, ties in row order. */
function order(moments: Float64Array): Uint32Array {
  return Uint32Array.from(moments.keys()).sort((a, b) => (moments[a] as number) - (moments[b] as number) || a - b);
}
