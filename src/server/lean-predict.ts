import { fail } from '../base/error.js';
import type { ModelService } from '../serve/model-service.js';
import type { Asked, Rejection } from '../serve/predict.js';
import { type AnswerWriter, answerWriter } from './answer-json.js';
import type { BodyLimits } from './body-scan.js';
import { rowsError, sendJson } from './error-answer.js';
import { parseJson, readBody, requireJson } from './read-body.js';
import type { ServerOptions } from './server-options.js';
import { WrongMethod } from './unknown-route.js';
import type { Visit, Visits } from './visits.js';

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
  readonly visits: Visits;
  readonly options: ServerOptions;
  /** @throws MW_SERVE_MODEL_UNKNOWN, MW_SERVE_NOT_READY */
  find(name: string): ModelService;
  /** Headers to add, names and values in turn, for draining. */
  headers(): readonly string[];
  failed(visit: Visit, thrown: unknown): void;
  /** Called once the answer is handed over. */
  done(status: number, start: number): void;
  timer(): number;
}

/** POST predict, around the framework: body in, answer out, nothing between that a prediction does not need. */
export function handlePredict(lean: LeanPredict, name: string, visit: Visit): void {
  const { request } = visit;
  let limits: Limits;
  try {
    if (request.method !== 'POST') throw new WrongMethod(request.method as string, PREDICT_ROUTE, 'POST');
    requireJson(request.headers['content-type'], request.headers['content-encoding']);
    limits = preparedFor(lean.find(name), lean.options).limits;
  } catch (thrown) {
    lean.failed(visit, thrown);
    return;
  }
  readBody(visit, lean.visits, limits, (bytes, error) => {
    const start = lean.timer();
    if (bytes === null) {
      lean.failed(visit, error);
      return;
    }
    try {
      const service = lean.find(name);
      const asked = askedBy(parseJson(bytes));
      const wait = service.room();
      if (wait === null) answer(lean, service, asked, visit, start);
      else
        wait.then(
          () => answerSafely(lean, service, asked, visit, start),
          (thrown: unknown) => lean.failed(visit, thrown),
        );
    } catch (thrown) {
      lean.failed(visit, thrown);
    }
  });
}

function answerSafely(lean: LeanPredict, service: ModelService, asked: PredictAsked, visit: Visit, start: number): void {
  // One that was refused for the time it took, or whose client left, is not scored any more: nobody would hear of it.
  if (visit.response.headersSent || visit.response.destroyed) return;
  try {
    answer(lean, service, asked, visit, start);
  } catch (thrown) {
    lean.failed(visit, thrown);
  }
}

type Limits = BodyLimits & { readonly together: number };
interface Prepared {
  readonly limits: Limits;
  readonly writer: AnswerWriter;
}

/** What is made once for each version. */
const prepared = new WeakMap<object, Prepared>();

function preparedFor({ name, deployment }: ModelService, options: ServerOptions): Prepared {
  const known = prepared.get(deployment);
  if (known) return known;
  const { plan, version, pipeline } = deployment;
  const made = {
    limits: {
      bytes: options.bodyLimit,
      together: options.bodiesLimit,
      depth: options.bodyDepth,
      rows: plan.serve.maxRows,
    },
    writer: answerWriter(name, version, pipeline.classes),
  };
  prepared.set(deployment, made);
  return made;
}

function answer(lean: LeanPredict, service: ModelService, asked: PredictAsked, visit: Visit, start: number): void {
  const { writer } = preparedFor(service, lean.options);
  const answers = service.predict(asked.rows, asked);
  if (!asked.partial && answers[0]?.ok === false) throw rowsError(answers as readonly Rejection[]);
  const body = writer.write(answers);
  const wait = service.answerable();
  if (wait === null) send(lean, visit, body, start);
  else
    wait.then(
      () => send(lean, visit, body, start),
      (thrown: unknown) => lean.failed(visit, thrown),
    );
}

function send(lean: LeanPredict, { response }: Visit, body: string, start: number): void {
  // One that was refused for the time it took has its answer.
  if (response.headersSent || response.destroyed) return;
  sendJson(response, 200, body, lean.headers());
  lean.done(200, start);
}

interface PredictAsked extends Asked {
  readonly rows: readonly unknown[];
}

const KEYS: ReadonlySet<string> = new Set(['rows', 'explain', 'partial']);

/** @throws MW_SERVE_BODY_SHAPE unless it is {"rows": [...]} with at least one row, and at most "explain" and "partial" as true or false beside it */
function askedBy(body: unknown): PredictAsked {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return shape('The body is not an object.');
  for (const key in body)
    if (!KEYS.has(key))
      shape(`The body has a key ${JSON.stringify(key.slice(0, 60))} besides 'rows', 'explain' and 'partial'.`);
  const { rows, explain = false, partial = false } = body as Readonly<Record<string, unknown>>;
  if (typeof explain !== 'boolean') shape("'explain' is neither true nor false.");
  if (typeof partial !== 'boolean') shape("'partial' is neither true nor false.");
  if (!Array.isArray(rows)) shape("The body has no list 'rows'.");
  if (rows.length === 0) shape("The list 'rows' is empty.");
  return { rows, explain, partial };
}

function shape(what: string): never {
  fail('MW_SERVE_BODY_SHAPE', { what, fix: 'Send {"rows": [{...}, ...]}.' });
}
