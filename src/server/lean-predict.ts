import type { IncomingMessage, ServerResponse } from 'node:http';
import { fail } from '../base/error.js';
import type { ModelService } from '../serve/model-service.js';
import { type AnswerWriter, answerWriter } from './answer-json.js';
import { rowError, sendJson } from './error-answer.js';
import { parseJson, readBody, requireJson } from './read-body.js';

export const PREDICT_ROUTE = '/v1/models/:name/predict';
const PREFIX = '/v1/models/';
const SUFFIX = '/predict';

/** Name of the model that a path asks to predict with, undefined for any other path. */
export function modelToPredict(url: string): string | undefined {
  const query = url.indexOf('?');
  const path = query < 0 ? url : url.slice(0, query);
  if (!path.startsWith(PREFIX) || !path.endsWith(SUFFIX)) return undefined;
  const name = path.slice(PREFIX.length, -SUFFIX.length);
  if (name === '' || name.includes('/')) return undefined;
  try {
    return decodeURIComponent(name);
  } catch {
    return undefined;
  }
}

export interface LeanPredict {
  readonly bodyLimit: number;
  /** @throws MW_SERVE_MODEL_UNKNOWN, MW_SERVE_NOT_READY */
  find(name: string): ModelService;
  /** Headers to add, for draining. */
  headers(): Readonly<Record<string, string>>;
  failed(response: ServerResponse, thrown: unknown): void;
  /** Called once the answer is handed over. */
  done(status: number, start: number): void;
  timer(): number;
}

/** POST predict, around the framework: body in, answer out, nothing between that a prediction does not need. */
export function handlePredict(lean: LeanPredict, name: string, request: IncomingMessage, response: ServerResponse): void {
  try {
    if (request.method !== 'POST')
      fail('MW_SERVE_METHOD', { what: `${request.method} is not a method of ${request.url}.`, fix: 'Use POST.' });
    requireJson(request.headers['content-type'], request.headers['content-encoding']);
    lean.find(name);
  } catch (thrown) {
    lean.failed(response, thrown);
    return;
  }
  readBody(request, lean.bodyLimit, (bytes, error) => {
    const start = lean.timer();
    if (bytes === null) {
      lean.failed(response, error);
      return;
    }
    try {
      const service = lean.find(name);
      const body = parseJson(bytes);
      const rows = rowsOf(body);
      const explain = (body as { explain?: boolean }).explain === true;
      const wait = service.room();
      if (wait === null) answer(lean, service, rows, explain, response, start);
      else
        wait.then(
          () => answerSafely(lean, service, rows, explain, response, start),
          (thrown: unknown) => lean.failed(response, thrown),
        );
    } catch (thrown) {
      lean.failed(response, thrown);
    }
  });
}

function answerSafely(
  lean: LeanPredict,
  service: ModelService,
  rows: readonly unknown[],
  explain: boolean,
  response: ServerResponse,
  start: number,
): void {
  try {
    answer(lean, service, rows, explain, response, start);
  } catch (thrown) {
    lean.failed(response, thrown);
  }
}

const writers = new WeakMap<object, AnswerWriter>();

function answer(
  lean: LeanPredict,
  service: ModelService,
  rows: readonly unknown[],
  explain: boolean,
  response: ServerResponse,
  start: number,
): void {
  const { deployment } = service;
  const answers = service.predict(rows, explain);
  const only = answers[0];
  if (answers.length === 1 && only && !only.ok) throw rowError(only, 0);
  let writer = writers.get(deployment);
  if (!writer) {
    writer = answerWriter(service.name, deployment.version, deployment.pipeline.classes);
    writers.set(deployment, writer);
  }
  const body = writer.write(answers);
  const send = () => {
    sendJson(response, 200, body, lean.headers());
    lean.done(200, start);
  };
  const wait = service.answerable();
  if (wait === null) send();
  else wait.then(send, (thrown: unknown) => lean.failed(response, thrown));
}

/** @throws MW_SERVE_BODY_SHAPE unless it is {"rows": [...]} with at least one row, and at most "explain" as true or false beside it */
function rowsOf(body: unknown): readonly unknown[] {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) {
    const extra = Object.keys(body).find((key) => key !== 'rows' && key !== 'explain');
    if (extra !== undefined) shape(`The body has a key ${JSON.stringify(extra.slice(0, 60))} besides 'rows' and 'explain'.`);
    const { rows, explain } = body as { rows?: unknown; explain?: unknown };
    if (explain !== undefined && typeof explain !== 'boolean') shape("'explain' is neither true nor false.");
    if (!Array.isArray(rows)) shape("The body has no list 'rows'.");
    if (rows.length === 0) shape("The list 'rows' is empty.");
    return rows;
  }
  return shape('The body is not an object.');
}

function shape(what: string): never {
  fail('MW_SERVE_BODY_SHAPE', { what, fix: 'Send {"rows": [{...}, ...]}.' });
}
