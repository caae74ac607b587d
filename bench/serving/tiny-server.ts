import { performance } from 'node:perf_hooks';
import { type Clock, systemClock } from '../../src/base/clock.js';
import { silentLog } from '../../src/base/log.js';
import type { Task } from '../../src/define/plan.js';
import type { Deployment } from '../../src/serve/deployment.js';
import { ModelService } from '../../src/serve/model-service.js';
import { createServer, type ModelServer, type ServerSetup } from '../../src/server/create-server.js';
import type { HostedModel } from '../../src/server/hosted-model.js';
import type { EventLog } from '../../src/store/ports.js';
import { MemoryEventLog } from './memory-event-log.js';
import { tinyDeployment } from './tiny-system.js';

export function tinyService(
  deployment: Deployment,
  events: EventLog = new MemoryEventLog(),
  log: Readonly<Record<string, unknown>> = {},
  clock: Clock = systemClock,
): ModelService {
  return new ModelService({
    deployment,
    clock,
    timer: () => performance.now(),
    events,
    writer: 't',
    labelKey: ['entity'],
    log,
  });
}

export const hosted = (service: ModelService, more: Partial<HostedModel> = {}): HostedModel => ({
  service,
  versions: async () => [],
  daily: () => [],
  signals: () => [],
  ...more,
});

/** The tiny system behind a real server on a free port of 127.0.0.1. */
export async function startTiny(
  task: Task = 'binary',
  setup: Partial<ServerSetup> = {},
  events: EventLog = new MemoryEventLog(),
): Promise<{ server: ModelServer; url: string; service: ModelService }> {
  const service = tinyService(tinyDeployment(task), events);
  const server = createServer({
    models: [hosted(service)],
    audit: async () => [],
    clock: systemClock,
    timer: () => performance.now(),
    log: silentLog,
    version: '0.0.0',
    dashboard: null,
    ...setup,
  });
  return { server, url: await server.listen(0), service };
}

/** The body of an answer as the type of the contract that the caller expects. */
export const bodyOf = async <T>(response: Response): Promise<T> => (await response.json()) as T;

export const postJson = (url: string, body: unknown): Promise<Response> =>
  fetch(url, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });

/** A promise with its resolver beside it. */
export function deferred<T>(): { readonly promise: Promise<T>; resolve(value: T): void } {
  const resolvers: ((value: T) => void)[] = [];
  const promise = new Promise<T>((resolve) => resolvers.push(resolve));
  return { promise, resolve: (value) => resolvers.forEach((resolve) => resolve(value)) };
}
