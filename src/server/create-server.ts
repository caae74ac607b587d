import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fastify } from 'fastify';
import type { Clock } from '../base/clock.js';
import { asMillwrightError, fail, MillwrightError } from '../base/error.js';
import type { Log } from '../base/log.js';
import { didYouMean } from '../base/nearest.js';
import { resolveOptions } from '../base/options.js';
import { errorAnswer, sendJson } from './error-answer.js';
import type { AuditReader, HostedModel, SourceSink } from './hosted-model.js';
import { handlePredict, type LeanPredict, modelToPredict, PREDICT_ROUTE } from './lean-predict.js';
import { LiveTraffic } from './live-traffic.js';
import { ServerMetrics } from './metrics.js';
import { parseJson, tooLarge } from './read-body.js';
import { addRoutes } from './routes.js';
import { serverOptions } from './server-options.js';
import { CONTENT_POLICY, loadStaticFiles } from './static-files.js';
import { unknownRoute } from './unknown-route.js';

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
  const options = resolveOptions('the server', serverOptions, setup.options);
  const models = new Map<string, HostedModel>();
  const traffic = new Map<string, LiveTraffic>();
  const metrics = new ServerMetrics(() => models.values());
  const files = setup.dashboard === null ? new Map() : loadStaticFiles(setup.dashboard);
  let state: 'loading' | 'ready' | 'failed' | 'draining' = 'loading';
  let underWay = 0;
  let idle: (() => void) | null = null;
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
    return fail('MW_SERVE_MODEL_UNKNOWN', {
      what: `There is no model '${name}' here.${didYouMean(name, models.keys())}`,
      where: { model: name },
    });
  };

  const sendError = (response: ServerResponse, thrown: unknown): number => {
    const { status, body } = errorAnswer(thrown, setup.log);
    const rest = status === 413 ? { connection: 'close' } : status === 405 ? { allow: 'POST' } : {};
    if (!response.headersSent) sendJson(response, status, JSON.stringify(body), { ...draining(), ...rest });
    return status;
  };
  const draining = (): Readonly<Record<string, string>> => (state === 'draining' ? CLOSE : NOTHING);
  const lean: LeanPredict = {
    bodyLimit: options.bodyLimit,
    find: (name) => find(name).service,
    headers: draining,
    failed: (response, thrown) => metrics.request(PREDICT_ROUTE, sendError(response, thrown), 0),
    done: (status, start) => metrics.request(PREDICT_ROUTE, status, setup.timer() - start),
    timer: setup.timer,
  };

  let server: Server | undefined;
  const app = fastify({
    bodyLimit: options.bodyLimit,
    requestTimeout: options.requestTimeout,
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, allErrors: false, allowUnionTypes: true } },
    clientErrorHandler(error, socket) {
      if (error.code === 'ECONNRESET' || socket.destroyed) return;
      const body = JSON.stringify({
        error: new MillwrightError('MW_SERVE_BODY_MALFORMED', { what: 'The request is not HTTP/1.1.' }),
      });
      socket.end(
        `HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
      );
    },
    serverFactory(handler) {
      server = createHttpServer((request: IncomingMessage, response: ServerResponse) => {
        underWay++;
        response.once('close', () => {
          underWay--;
          if (underWay === 0) idle?.();
        });
        const name = modelToPredict(request.url ?? '');
        if (name === undefined) handler(request, response);
        else handlePredict(lean, name, request, response);
      });
      server.requestTimeout = options.requestTimeout;
      return server;
    },
  });

  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, parseJson(body as Buffer));
    } catch (thrown) {
      done(thrown as Error);
    }
  });
  app.setErrorHandler((thrown, _request, reply) => {
    const { status, body } = errorAnswer(ownError(thrown, options.bodyLimit), setup.log);
    return reply.code(status).send(body);
  });
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] as string;
    const file = request.method === 'GET' || request.method === 'HEAD' ? files.get(path) : undefined;
    if (file) {
      reply.headers({
        'content-type': file.type,
        etag: file.tag,
        'cache-control': 'no-cache',
        'content-security-policy': CONTENT_POLICY,
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
      });
      return request.headers['if-none-match'] === file.tag ? reply.code(304).send() : reply.send(file.bytes);
    }
    const { error, allow } = unknownRoute(request.method, path);
    if (allow) reply.header('allow', allow);
    return reply.code(error.status).send({ error: error.toJSON() });
  });
  app.addHook('onResponse', (request, reply, done) => {
    metrics.request(request.routeOptions.url ?? 'other', reply.statusCode, reply.elapsedTime);
    done();
  });
  app.addHook('onSend', (_request, reply, _payload, done) => {
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
    if (underWay > 0) {
      let limit: NodeJS.Timeout | undefined;
      await Promise.race([
        new Promise<void>((resolve) => {
          idle = resolve;
        }),
        new Promise<void>((resolve) => {
          limit = setTimeout(resolve, options.drainTimeout);
        }),
      ]);
      clearTimeout(limit);
    }
    server?.closeAllConnections();
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
      url = `http://${bound.family === 'IPv6' ? `[${bound.address}]` : bound.address}:${bound.port}`;
      return url;
    },
    close() {
      closing ??= close();
      return closing;
    },
  };
}

const CLOSE = Object.freeze({ connection: 'close' });
const NOTHING = Object.freeze({});

/** What the framework threw, in our codes. */
function ownError(thrown: unknown, bodyLimit: number): unknown {
  if (!(thrown instanceof Error) || thrown instanceof MillwrightError) return thrown;
  const { code, validation } = thrown as Error & { code?: string; validation?: unknown };
  if (validation !== undefined) return new MillwrightError('MW_SERVE_BODY_SHAPE', { what: `${sentence(thrown.message)}` });
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return tooLarge(bodyLimit);
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE' || code === 'FST_ERR_CTP_INVALID_CONTENT_TYPE')
    return new MillwrightError('MW_SERVE_BODY_TYPE', { what: 'The body is not declared to be JSON.' });
  if (code === 'FST_ERR_CTP_EMPTY_JSON_BODY' || code === 'FST_ERR_CTP_INVALID_CONTENT_LENGTH')
    return new MillwrightError('MW_SERVE_BODY_MALFORMED', { what: 'The body is empty or cut short.' });
  return thrown;
}

const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`;

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
