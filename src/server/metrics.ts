import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { SignalState } from './contract.js';
import type { HostedModel } from './hosted-model.js';

const CALL_BUCKETS = [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1];
const REQUEST_BUCKETS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1, 5];

const FIRED: Readonly<Record<SignalState, number>> = { fired: 1, quiet: 0, insufficient: -1 };

/** The server's figures in Prometheus' words; one registry a server. */
export class ServerMetrics {
  readonly #registry = new Registry();
  readonly #requests = new Counter({
    name: 'millwright_http_requests_total',
    help: 'Requests answered, by route and status.',
    labelNames: ['route', 'status'] as const,
    registers: [this.#registry],
  });
  readonly #seconds = new Histogram({
    name: 'millwright_http_request_seconds',
    help: 'Time from the last byte of a request to its answer, by route.',
    labelNames: ['route'] as const,
    buckets: REQUEST_BUCKETS,
    registers: [this.#registry],
  });
  readonly #predictions = new Counter({
    name: 'millwright_predictions_total',
    help: 'Rows predicted.',
    labelNames: ['model', 'version'] as const,
    registers: [this.#registry],
  });
  readonly #rejected = new Counter({
    name: 'millwright_rejected_rows_total',
    help: "Rows that did not meet the request's contract.",
    labelNames: ['model'] as const,
    registers: [this.#registry],
  });
  readonly #callSeconds = new Histogram({
    name: 'millwright_prediction_seconds',
    help: 'Time of one call to the model in this process, features and logging included.',
    labelNames: ['model'] as const,
    buckets: CALL_BUCKETS,
    registers: [this.#registry],
  });

  /** `models` is read at each scrape. */
  constructor(models: () => Iterable<HostedModel>) {
    const count = (name: string, help: string, read: (model: HostedModel) => number) =>
      this.#sample(name, help, ['model'], (set) => {
        for (const model of models()) set({ model: model.service.name }, read(model));
      });
    count('millwright_log_waiting_rows', 'Predictions not yet written to the log.', (m) => m.service.counts.log.waiting);
    count('millwright_log_failures', 'Writes to the prediction log that failed.', (m) => m.service.counts.log.failures);
    count('millwright_warned_rows', 'Predicted rows that had warnings.', (m) => m.service.counts.log.warned);
    count(
      'millwright_unknown_entities',
      'Predictions of an entity not in the online store.',
      (m) => m.service.counts.log.unknown,
    );
    count('millwright_labels_joined', 'Predictions whose label is known.', (m) => m.service.counts.truth.joined);
    count('millwright_labels_pending', 'Predictions that wait for their label.', (m) => m.service.counts.truth.pending);
    count('millwright_labels_unmatched', 'Labels of no known prediction.', (m) => m.service.counts.truth.unmatched);
    count(
      'millwright_labels_evicted',
      'Predictions that were let go before their horizon for want of room.',
      (m) => m.service.counts.truth.evicted,
    );
    count(
      'millwright_labels_dropped',
      'Labels that were not kept until they become available for want of room.',
      (m) => m.service.counts.truth.dropped,
    );
    this.#sample(
      'millwright_signal_figure',
      'Figure of each watched signal (drift, quality, latency, errors); absent while there is too little data.',
      ['model', 'signal'],
      (set) => {
        for (const model of models())
          for (const { name, figure, state } of model.signals())
            if (figure !== null && state !== 'insufficient') set({ model: model.service.name, signal: name }, figure);
      },
    );
    this.#sample(
      'millwright_signal_fired',
      '1 when a watched signal has fired, 0 when it is quiet, -1 while there is too little data.',
      ['model', 'signal'],
      (set) => {
        for (const model of models())
          for (const { name, state } of model.signals()) set({ model: model.service.name, signal: name }, FIRED[state]);
      },
    );
    this.#sample('millwright_quality', 'Metrics on joined labels of the last day that has any.', ['model', 'metric'], (set) => {
      for (const model of models()) {
        const day = model.daily().findLast(({ labelled }) => labelled > 0);
        for (const [metric, value] of Object.entries(day?.metrics ?? {})) set({ model: model.service.name, metric }, value);
      }
    });
  }

  /** A gauge that is read when it is scraped. */
  #sample<L extends string>(
    name: string,
    help: string,
    labelNames: readonly L[],
    sample: (set: (labels: Record<L, string>, value: number) => void) => void,
  ): void {
    this.#registry.registerMetric(
      new Gauge({
        name,
        help,
        labelNames,
        registers: [],
        collect() {
          this.reset();
          sample((labels, value) => this.set(labels, value));
        },
      }),
    );
  }

  /** Shows how many requests are under way, and how many connections were not taken. */
  watchConnections(read: () => { readonly open: number; readonly dropped: number }): void {
    this.#sample('millwright_http_requests_open', 'Requests under way.', [], (set) => set({}, read().open));
    this.#sample(
      'millwright_http_connections_dropped',
      'Connections that were not taken because there were too many.',
      [],
      (set) => set({}, read().dropped),
    );
  }

  request(route: string, status: number, ms: number): void {
    this.#requests.inc({ route, status });
    this.#seconds.observe({ route }, ms / 1000);
  }

  /** Counts the calls of a model from now on. */
  follow(model: HostedModel): void {
    const { name } = model.service;
    model.service.listen({
      onCall: (_now, rows, rejected, latency) => {
        if (rows > rejected) this.#predictions.inc({ model: name, version: model.service.deployment.version }, rows - rejected);
        if (rejected > 0) this.#rejected.inc({ model: name }, rejected);
        this.#callSeconds.observe({ model: name }, latency / 1000);
      },
    });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** All figures in the text format of Prometheus. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }
}
