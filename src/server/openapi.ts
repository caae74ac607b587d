import type { ColumnPlan } from '../define/plan.js';
import { readingText } from '../define/plan-text.js';
import type { Deployment } from '../serve/deployment.js';
import { TYPES } from '../types/catalogue.js';

type Schema = Readonly<Record<string, unknown>>;

const reference = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
const json = (schema: Schema, description: string) => ({ description, content: { 'application/json': { schema } } });
const problem = (description: string) => json(reference('Error'), description);

/** The OpenAPI 3.1 description of a server: the management routes, and each model's rows from its plan's request columns. */
export function openApi(deployments: readonly Deployment[], version: string): Schema {
  const schemas: Record<string, Schema> = { Error: errorSchema };
  const paths: Record<string, unknown> = { ...managementPaths };
  for (const deployment of deployments) {
    const { name } = deployment;
    schemas[`${name}.Row`] = rowSchema(deployment);
    schemas[`${name}.PredictRequest`] = requestSchema(deployment);
    schemas[`${name}.PredictResponse`] = responseSchema(deployment);
    paths[`/v1/models/${encodeURIComponent(name)}/predict`] = {
      post: {
        operationId: `predict-${name}`,
        summary: deployment.plan.problem.objective || `Predict with ${name}`,
        requestBody: {
          required: true,
          content: { 'application/json': { schema: reference(`${name}.PredictRequest`) } },
        },
        responses: {
          200: json(reference(`${name}.PredictResponse`), 'One prediction a row, in order.'),
          400: problem(
            'The body is not JSON, not of this shape, or has rows that do not meet the contract; `rows` names them.',
          ),
          404: problem('There is no such model.'),
          ...refusals,
          503: problem('The server is loading, draining or busy, or its prediction log cannot be written.'),
          507: problem('The disk of the store is full.'),
        },
      },
    };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Millwright', version, description: 'Predictions, feedback and the state of the models served here.' },
    paths,
    components: { schemas },
  };
}

/** JSON Schema of one request row. */
export function rowSchema(deployment: Deployment): Schema {
  const columns = Object.entries(deployment.plan.request.columns);
  return {
    type: 'object',
    properties: Object.fromEntries(columns.map(([name, column]) => [name, columnSchema(column)])),
    required: columns.filter(([, column]) => !column.nullable).map(([name]) => name),
    additionalProperties: { description: 'Not known and not used; counted as a warning.' },
  };
}

export function requestSchema(deployment: Deployment): Schema {
  return {
    type: 'object',
    properties: {
      rows: {
        type: 'array',
        minItems: 1,
        maxItems: deployment.plan.serve.maxRows,
        items: reference(`${deployment.name}.Row`),
      },
      explain: { type: 'boolean', description: 'Asks for the reasons of each prediction.' },
      partial: { type: 'boolean', description: 'Answers the good rows when others do not meet the contract.' },
    },
    required: ['rows'],
    additionalProperties: false,
  };
}

function columnSchema({ type, categories, nullable, reads }: ColumnPlan): Schema {
  const schema = TYPES[type].schema(categories);
  const said = reads
    ? { ...schema, description: `${schema['description'] ?? ''} Read with ${readingText(reads)}.`.trim() }
    : schema;
  if (!nullable) return said;
  const { type: one, anyOf } = said as { readonly type?: readonly string[]; readonly anyOf?: readonly Schema[] };
  return anyOf ? { ...said, anyOf: [...anyOf, { type: 'null' }] } : { ...said, type: [...(one ?? []), 'null'] };
}

function responseSchema(deployment: Deployment): Schema {
  const { classes, task } = deployment.pipeline;
  const share = { type: 'number', minimum: 0, maximum: 1 };
  const probability =
    task === 'regression'
      ? { type: 'null' }
      : task === 'binary'
        ? { ...share, description: `Probability of '${classes[1]}'.` }
        : { type: 'object', properties: Object.fromEntries(classes.map((name) => [name, share])), required: classes };
  const prediction = task === 'regression' ? { type: 'number' } : { enum: classes };
  const reasons = {
    type: 'array',
    description: 'The features that weighed most, largest first, as Shapley values on the margin scale; only with explain.',
    items: {
      type: 'object',
      properties: {
        feature: { type: 'string' },
        value: { type: ['string', 'number', 'boolean', 'null'] },
        contribution: { type: 'number' },
      },
      required: ['feature', 'value', 'contribution'],
      additionalProperties: false,
    },
  };
  const warnings = {
    type: 'array',
    description: 'What is odd about a row that was taken all the same; absent where nothing is.',
    items: {
      type: 'object',
      properties: { code: { type: 'string' }, column: { type: ['string', 'null'] } },
      required: ['code', 'column'],
      additionalProperties: false,
    },
  };
  const id = { type: 'string', description: 'Leads to the log record; labels may name it.' };
  return {
    type: 'object',
    properties: {
      model: { const: deployment.name },
      version: { type: 'string' },
      predictions: {
        type: 'array',
        items: {
          oneOf: [
            {
              type: 'object',
              properties: { prediction, probability, id, warnings, reasons },
              required: ['prediction', 'probability', 'id'],
              additionalProperties: false,
            },
            {
              type: 'object',
              description: 'A row of a partial request that does not meet the contract; the others are answered.',
              properties: { error: { $ref: '#/components/schemas/Error/properties/error' }, id },
              required: ['error', 'id'],
              additionalProperties: false,
            },
          ],
        },
      },
    },
    required: ['model', 'version', 'predictions'],
    additionalProperties: false,
  };
}

const errorSchema: Schema = {
  type: 'object',
  properties: {
    error: {
      type: 'object',
      properties: {
        code: { type: 'string', pattern: '^MW_[A-Z_]+$', description: 'Permanent; documented in docs/errors.md.' },
        message: { type: 'string' },
        where: { type: 'object', additionalProperties: { type: ['string', 'number'] } },
        fix: { type: 'string' },
        rows: {
          type: 'array',
          description: 'Every row or label that the request was refused for.',
          items: {
            type: 'object',
            properties: {
              row: { type: 'integer', description: 'Place in the request, from 0.' },
              problems: {
                type: 'array',
                items: {
                  type: 'object',
                  properties: {
                    code: { type: 'string' },
                    column: { type: ['string', 'null'] },
                    message: { type: 'string' },
                  },
                  required: ['code', 'column', 'message'],
                  additionalProperties: false,
                },
              },
              more: { type: 'integer', description: 'Problems that are not listed.' },
            },
            required: ['row', 'problems'],
            additionalProperties: false,
          },
        },
      },
      required: ['code', 'message', 'where', 'fix'],
      additionalProperties: false,
    },
  },
  required: ['error'],
  additionalProperties: false,
};

const object = { type: 'object' };
const parameter = (name: string, where: 'path' | 'query', schema: Schema) => ({
  name,
  in: where,
  required: where === 'path',
  schema,
});
const modelName = parameter('name', 'path', { type: 'string' });
const moment = { type: ['string', 'number'], description: 'ISO 8601 text, or epoch milliseconds (UTC).' };
/** What every route that takes a body may answer besides what is its own. */
const refusals = {
  403: problem('A page of another origin may not write.'),
  408: problem('The request did not arrive in time.'),
  413: problem('The body is too large or holds too many rows.'),
  415: problem('The body is not declared to be JSON.'),
  421: problem('The server does not answer to this host.'),
};
const scalar = { type: ['string', 'number', 'boolean', 'null'] };
const row = { type: 'object', additionalProperties: scalar };

/** Bodies of the management routes; also what the server checks them with. */
export const pushSchema: Schema = {
  type: 'object',
  properties: { rows: { type: 'array', items: row }, batch: { type: 'string', minLength: 1, maxLength: 200 } },
  required: ['rows'],
  additionalProperties: false,
};
export const labelsSchema: Schema = {
  type: 'object',
  properties: {
    labels: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          label: scalar,
          availableAt: moment,
          id: { type: 'string' },
          key: { type: 'array', items: scalar },
          at: moment,
        },
        required: ['label'],
        oneOf: [{ required: ['id'] }, { required: ['key', 'at'] }],
        additionalProperties: false,
      },
    },
    partial: { type: 'boolean', description: 'Takes the good labels when others cannot be taken.' },
  },
  required: ['labels'],
  additionalProperties: false,
};

const managementPaths = {
  '/v1/models': { get: { summary: 'Models served here', responses: { 200: json(object, 'ModelsResponse') } } },
  '/v1/models/{name}': {
    get: {
      summary: 'A model and its versions',
      parameters: [modelName],
      responses: { 200: json(object, 'ModelResponse'), 404: problem('There is no such model.') },
    },
  },
  '/v1/models/{name}/status': {
    get: {
      summary: 'Live state of a model',
      parameters: [modelName],
      responses: { 200: json(object, 'StatusResponse'), 404: problem('There is no such model.') },
    },
  },
  '/v1/models/{name}/labels': {
    post: {
      summary: 'Truths of earlier predictions',
      parameters: [modelName],
      requestBody: { required: true, content: { 'application/json': { schema: labelsSchema } } },
      responses: {
        200: json(object, 'LabelsResponse'),
        400: problem('Labels cannot be taken; `rows` names them.'),
        404: problem('There is no such model.'),
        ...refusals,
        503: problem('The server is busy, or its log cannot be written.'),
        507: problem('The disk of the store is full.'),
      },
    },
  },
  '/v1/sources/{source}/rows': {
    post: {
      summary: 'New rows of a source',
      parameters: [parameter('source', 'path', { type: 'string' })],
      requestBody: { required: true, content: { 'application/json': { schema: pushSchema } } },
      responses: {
        200: json(object, 'PushResponse'),
        404: problem('There is no such source.'),
        409: problem('Other rows of the source were pushed under this batch before.'),
        ...refusals,
        422: problem('No row meets the contract: all were put into the quarantine; `rows` names them.'),
        503: problem('The server is loading, draining or busy.'),
        507: problem('The disk of the store is full; nothing was taken in.'),
      },
    },
  },
  '/v1/audit': {
    get: {
      summary: 'Decisions and actions, newest first',
      parameters: [parameter('limit', 'query', { type: 'integer', minimum: 1, maximum: 1000, default: 100 })],
      responses: { 200: json(object, 'AuditResponse') },
    },
  },
  '/health': { get: { summary: 'The process lives', responses: { 200: json(object, 'HealthResponse') } } },
  '/ready': {
    get: {
      summary: 'Requests may be sent',
      responses: { 200: json(object, 'ReadyResponse'), 503: problem('Loading or draining.') },
    },
  },
  '/metrics': {
    get: {
      summary: 'Figures for Prometheus',
      responses: { 200: { description: 'Text format', content: { 'text/plain': {} } } },
    },
  },
};
