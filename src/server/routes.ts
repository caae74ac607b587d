import type { FastifyInstance, FastifyReply } from 'fastify';
import type {
  AuditResponse,
  HealthResponse,
  LabelsRequest,
  LabelsResponse,
  ModelResponse,
  ModelsResponse,
  PushRequest,
  PushResponse,
  ReadyResponse,
  StatusResponse,
} from './contract.js';
import { clipped, RefusedRows } from './error-answer.js';
import type { AuditReader, HostedModel, SourceSink } from './hosted-model.js';
import type { LiveTraffic } from './live-traffic.js';
import type { ServerMetrics } from './metrics.js';
import { labelsSchema, openApi, pushSchema } from './openapi.js';
import { modelStatus, type StatusContext } from './status.js';
import { takeLabels } from './take-labels.js';
import { unknownName } from './unknown-route.js';

export interface RouteContext extends StatusContext {
  readonly version: string;
  readonly models: ReadonlyMap<string, HostedModel>;
  readonly traffic: ReadonlyMap<string, LiveTraffic>;
  readonly sources: ReadonlyMap<string, SourceSink>;
  readonly audit: AuditReader;
  readonly metrics: ServerMetrics;
  /** @throws MW_SERVE_NOT_READY while loading or draining */
  requireReady(): void;
  /** @throws MW_SERVE_NOT_READY, MW_SERVE_MODEL_UNKNOWN */
  find(name: string): HostedModel;
}

type Named = { Params: { name: string } };

/** The management routes. Every path here is in the OpenAPI document; a test compares the two. */
export function addRoutes(app: FastifyInstance, context: RouteContext): void {
  app.get('/health', (): HealthResponse => ({ status: 'ok' }));
  app.get('/ready', (): ReadyResponse => {
    context.requireReady();
    for (const { service } of context.models.values()) service.requireLog();
    return { status: 'ready', models: [...context.models.keys()] };
  });
  app.get('/metrics', async (_request, reply: FastifyReply) => {
    reply.type(context.metrics.contentType);
    return context.metrics.text();
  });
  app.get('/openapi.json', () =>
    openApi(
      [...context.models.values()].map(({ service }) => service.deployment),
      context.version,
    ),
  );
  app.get(
    '/v1/models',
    (): ModelsResponse => ({
      models: [...context.models.values()].map(({ service: { deployment } }) => ({
        name: deployment.name,
        version: deployment.version,
        shadow: deployment.shadow?.version ?? null,
      })),
    }),
  );
  app.get<Named>('/v1/models/:name', async (request): Promise<ModelResponse> => {
    const model = context.find(request.params.name);
    const { name, version, shadow, pipeline } = model.service.deployment;
    return {
      name,
      version,
      shadow: shadow?.version ?? null,
      task: pipeline.task,
      classes: pipeline.classes,
      threshold: pipeline.threshold,
      features: pipeline.features.map((feature) => feature.name),
      versions: await model.versions(),
    };
  });
  app.get<Named>('/v1/models/:name/status', (request): Promise<StatusResponse> => {
    const model = context.find(request.params.name);
    return modelStatus(context, model, context.traffic.get(model.service.name) as LiveTraffic);
  });
  app.post<Named & { Body: LabelsRequest }>(
    '/v1/models/:name/labels',
    { schema: { body: labelsSchema } },
    async (request): Promise<LabelsResponse> =>
      takeLabels(context.find(request.params.name).service, request.body, context.clock.now()),
  );
  app.post<{ Params: { source: string }; Body: PushRequest }>(
    '/v1/sources/:source/rows',
    { schema: { body: pushSchema } },
    async (request): Promise<PushResponse> => {
      context.requireReady();
      const { source } = request.params;
      const sink = context.sources.get(source);
      if (!sink) unknownName('MW_SERVE_SOURCE_UNKNOWN', 'source', source, context.sources.keys());
      const taken = await sink(request.body.rows, request.body.batch);
      if (taken.accepted === 0 && taken.quarantined.length > 0) throw allQuarantined(source, taken.quarantined);
      return { source, ...taken };
    },
  );
  app.get<{ Querystring: { limit: number } }>(
    '/v1/audit',
    {
      schema: {
        querystring: {
          type: 'object',
          properties: { limit: { type: 'string', pattern: '^([1-9][0-9]{0,2}|1000)$', default: '100' } },
        },
      },
    },
    async (request): Promise<AuditResponse> => ({ entries: await context.audit(Number(request.query.limit)) }),
  );
}

/** The error of a push of which nothing was taken. */
function allQuarantined(source: string, quarantined: PushResponse['quarantined']): RefusedRows {
  const [first] = quarantined;
  const rows = quarantined.map(({ row, reason }) => ({
    row,
    problems: [{ code: 'MW_SERVE_ROW_INVALID', column: null, message: clipped(reason) }],
  }));
  const what =
    rows.length === 1
      ? `The row was put into the quarantine: ${clipped(first?.reason ?? '')}`
      : `All ${rows.length} rows were put into the quarantine, the first because: ${clipped(first?.reason ?? '')}`;
  return new RefusedRows('MW_SERVE_ROWS_QUARANTINED', { what, where: { source, rows: rows.length } }, rows);
}
