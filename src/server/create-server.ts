import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fastify } from 'fastify';
import type { Clock } from '../base/clock.js';
import { asMillwrightError, fail, MillwrightError } from '../base/error.js';
import type { Log } from '../base/log.js';
import { resolveOptions } from '../base/options.js';
import { Connections } from './connections.js';
import { JSON_HEADERS } from './error-answer.js';
import { Gate, pathOf } from './gate.js';
import type { AuditReader, HostedModel, SourceSink } from './hosted-model.js';
import { createEntry } from './http-entry.js';
import { handlePredict, type LeanPredict, PREDICT_ROUTE } from './lean-predict.js';
import { LiveTraffic } from './live-traffic.js';
import { ServerMetrics } from './metrics.js';
import { ownError, Refusals } from './refusals.js';
import { addRoutes } from './routes.js';
import { serverOptions } from './server-options.js';
import { CONTENT_POLICY, loadStaticFiles, type StaticFile } from './static-files.js';
import { takeBodies } from './take-bodies.js';
import { unknownName, unknownRoute } from './unknown-route.js';
import { type Visit, Visits } from './visits.js';

export interface ServerSetup {
  /** The models to host; while a promise is open the server answers but is not ready. */
  readonly models: readonly HostedModel[] | Promise<readonly HostedModel[]>;
  readonly sources?: ReadonlyMap<string, SourceSink>;
  readonly audit: AuditReader;
  readonly clock: Clock;
  /** Monotone milliseconds with fractions, for latencies. */
  readonly timer: () => number;
  readonly log: Log;
  /** Version of Millwright, for the OpenAPI document. */
  readonly version: string;
  /** Folder of the built dashboard, served at `/`; null for none. */
  readonly dashboard: string | null;
  /** See `serverOptions`. */
  readonly options?: Readonly<Record<string, unknown>>;
}

export interface ModelServer {
  /**
   * Starts to listen; port 0 takes a free one. Resolves to the server's URL.
   * @throws MW_SERVE_PORT_IN_USE, MW_SERVE_PORT_FORBIDDEN
   */
  listen(port: number, host?: string): Promise<string>;
  /** Where the server listens, null before `listen`. */
  readonly url: string | null;
  /** Resolves when the models are loaded. @throws what loading them threw */
  readonly loaded: Promise<void>;
  /**
   * Drains: refuses new connections, answers what is under way, writes the logs. A second call waits for the first.
   * @throws MW_SERVE_LOG_UNAVAILABLE when predictions could not be written
   */
  close(): Promise<void>;
}

/** An HTTP server for models. Nothing listens before `listen`. */
export function createServer(setup: ServerSetup): ModelServer {
  const declared = resolveOptions('the server', serverOptions, setup.options);
  const options = { ...declared, bodiesLimit: Math.max(declared.bodiesLimit, declared.bodyLimit) };
  const models = new Map<string, HostedModel>();
  const traffic = new Map<string, LiveTraffic>();
  const visits = new Visits(setup.timer);
  const metrics = new ServerMetrics(() => models.values());
  const refusals = new Refusals(visits, setup.log, options.bodyLimit);
  const gate = new Gate(options.allowHosts);
  const files = setup.dashboard === null ? new Map() : loadStaticFiles(setup.dashboard);
  let state: 'loading' | 'ready' | 'failed' | 'draining' = 'loading';
  let url: string | null = null;

  const requireReady = () => {
    if (state === 'ready') return;
    const why = { loading: 'is loading its models', failed: 'could not load its models', draining: 'is draining' }[state];
    fail('MW_SERVE_NOT_READY', { what: `The server ${why}.`, where: { state } });
  };
  const find = (name: string): HostedModel => {
    const model = models.get(name);
    if (model) return model;
    if (state === 'loading' || state === 'failed') requireReady();
    return unknownName('MW_SERVE_MODEL_UNKNOWN', 'model', name, models.keys());
  };
  const refuse = (visit: Visit, thrown: unknown): number => refusals.refuse(visit, ownError(thrown), state === 'draining');
  /** A client that left has no visit any more, and needs no answer. */
  const refuseOf = (request: IncomingMessage, thrown: unknown): void => {
    const visit = visits.of(request);
    if (visit) refuse(visit, thrown);
  };
  const lean: LeanPredict = {
    visits,
    options,
    find: (name) => find(name).service,
    headers: () => (state === 'draining' ? CLOSE : NOTHING),
    failed: (visit, thrown) => metrics.request(PREDICT_ROUTE, refuse(visit, thrown), 0),
    done: (status, start) => metrics.request(PREDICT_ROUTE, status, setup.timer() - start),
    timer: setup.timer,
  };

  let server: Server | undefined;
  const app = fastify({
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: LONGEST_TARGET },
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, allErrors: false, allowUnionTypes: true } },
    // The framework's own answers would come before ours.
    clientErrorHandler: () => {},
    frameworkErrors: (thrown, request, reply) => {
      reply.hijack();
      refuseOf(request.raw, thrown);
    },
    serverFactory(handler) {
      server = createEntry(options, gate, visits, {
        predict: (name, visit) => handlePredict(lean, name, visit),
        others: handler,
        refused: (visit, thrown) => metrics.request(REFUSED, refuse(visit, thrown), 0),
      });
      return server;
    },
  });
  const connections = new Connections(server as unknown as Server, { visits, refusals, options, timer: setup.timer });
  metrics.watchConnections(() => ({ open: visits.size, dropped: connections.dropped }));

  takeBodies(app, visits, options);
  app.setErrorHandler((thrown, request, reply) => {
    reply.hijack();
    refuseOf(request.raw, thrown);
  });
  app.setNotFoundHandler((request, reply) => {
    const path = pathOf(request.url);
    const file = request.method === 'POST' ? undefined : files.get(path);
    if (!file) throw unknownRoute(request.method, path);
    reply.headers(fileHeaders(file));
    return request.headers['if-none-match'] === file.tag ? reply.code(304).send() : reply.send(file.bytes);
  });
  app.addHook('onResponse', (request, reply, done) => {
    metrics.request(request.routeOptions.url ?? 'other', reply.statusCode, reply.elapsedTime);
    done();
  });
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (!reply.hasHeader('cache-control')) reply.headers(OWN_HEADERS);
    if (state === 'draining') reply.header('connection', 'close');
    done();
  });
  addRoutes(app, {
    version: setup.version,
    clock: setup.clock,
    models,
    traffic,
    sources: setup.sources ?? new Map(),
    audit: setup.audit,
    metrics,
    requireReady,
    find,
  });

  const host = (hosted: readonly HostedModel[]): Promise<void> | void => {
    if (state === 'draining') return Promise.all(hosted.map(({ service }) => service.close())).then(() => {});
    for (const model of hosted) {
      const live = new LiveTraffic();
      model.service.listen(live);
      metrics.follow(model);
      traffic.set(model.service.name, live);
      models.set(model.service.name, model);
    }
    if (state === 'loading') state = 'ready';
  };
  let loaded: Promise<void>;
  if (setup.models instanceof Promise) {
    loaded = setup.models.then(host);
    loaded.catch((thrown: unknown) => {
      if (state === 'loading') state = 'failed';
      setup.log.error('The models could not be loaded.', { error: asMillwrightError(thrown).toText() });
    });
  } else {
    host(setup.models);
    loaded = Promise.resolve();
  }

  let closing: Promise<void> | null = null;
  const close = async () => {
    state = 'draining';
    const stopped = new Promise<void>((resolve) => {
      if (server?.listening) server.close(() => resolve());
      else resolve();
    });
    await connections.drain();
    await stopped;
    await app.close();
    url = null;
    const flushed = await Promise.allSettled([...models.values()].map(({ service }) => service.close()));
    for (const result of flushed) if (result.status === 'rejected') throw result.reason;
  };

  return {
    loaded,
    get url() {
      return url;
    },
    async listen(port, address = '127.0.0.1') {
      try {
        await app.listen({ port, host: address });
      } catch (thrown) {
        throw listenError(thrown, port, address);
      }
      const bound = server?.address() as AddressInfo;
      gate.bind(address);
      gate.bind(bound.address);
      url = `http://${bound.family === 'IPv6' ? `[${bound.address}]` : bound.address}:${bound.port}`;
      return url;
    },
    close() {
      closing ??= close();
      return closing;
    },
  };
}

const CLOSE = Object.freeze(['connection', 'close']);
const NOTHING = Object.freeze([]);
/** What is said of requests that no route was found for. */
const REFUSED = 'other';
/** No part of a path is longer than what node reads of headers. */
const LONGEST_TARGET = 16_384;
const OWN_HEADERS = {
  'cache-control': JSON_HEADERS['cache-control'],
  'x-content-type-options': JSON_HEADERS['x-content-type-options'],
};

const fileHeaders = (file: StaticFile) => ({
  'content-type': file.type,
  etag: file.tag,
  'cache-control': 'no-cache',
  'content-security-policy': CONTENT_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
});

function listenError(thrown: unknown, port: number, address: string): unknown {
  const code = (thrown as { code?: string }).code;
  const where = { port, host: address };
  if (code === 'EADDRINUSE')
    return new MillwrightError('MW_SERVE_PORT_IN_USE', { what: `Port ${port} of ${address} is taken.`, where, cause: thrown });
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return new MillwrightError('MW_SERVE_PORT_FORBIDDEN', {
      what: `Port ${port} of ${address} cannot be listened on (${code}).`,
      where,
      cause: thrown,
    });
  return thrown;
}
