import type { System } from './define/system.js';

/** The request that a system takes: its columns, the keys of its views, its time. */
export type PredictionInput<S> = S extends System<infer I, infer _Y> ? I : never;
type Outcome<S> = S extends System<infer _I, infer Y> ? Y : never;
/** Classes travel as texts: 'true' and 'false' for a condition. */
type ClassOf<S> = [Outcome<S>] extends [boolean] ? `${boolean}` : Outcome<S>;
type TaskOf<S> = S extends System<infer _I, infer _Y, infer T> ? T : never;

/** An answer for one row. */
export interface Prediction<S> {
  /** The decided class as text, or the number of a regression. */
  readonly prediction: ClassOf<S>;
  /** Binary: probability of the positive class. Multiclass: of each class. Regression: null. */
  readonly probability: TaskOf<S> extends 'regression'
    ? null
    : TaskOf<S> extends 'binary'
      ? number
      : Readonly<Record<ClassOf<S> & string, number>>;
  /** Names the prediction in the log, for its truth later on. */
  readonly id: string;
  readonly model: string;
  readonly version: string;
  /** What is odd about the row, such as a category that training did not have; absent where nothing is. */
  readonly warnings?: readonly { readonly code: string; readonly column: string | null }[];
  /** The features that weighed most, largest first, when they were asked for. */
  readonly reasons?: readonly Reason[];
  readonly error?: undefined;
}

/** What a feature did to a prediction: its Shapley value on the margin scale (log-odds for most classifiers). */
export interface Reason {
  readonly feature: string;
  readonly value: string | number | boolean | null;
  readonly contribution: number;
}

export interface PredictOptions {
  /** Asks for the reasons of each prediction. */
  readonly explain?: boolean;
}

/** A row of several that the server refused, the others being answered. */
export interface RefusedRow {
  readonly error: ClientError;
  readonly id: string;
  readonly prediction?: undefined;
  readonly probability?: undefined;
}

export interface ClientOptions {
  /** The model to ask; a server of exactly one model need not be told. */
  readonly model?: string;
  readonly fetch?: typeof globalThis.fetch;
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds until a request is given up, 30,000 unless given. */
  readonly timeout?: number;
}

export interface Client<S> {
  /** @throws ClientError when the row is refused or the server cannot be asked */
  predict(row: PredictionInput<S>, options?: PredictOptions): Promise<Prediction<S>>;
  /**
   * An answer a row, in order; check `error` for rows that were refused.
   * @throws ClientError when the whole request is refused or the server cannot be asked
   */
  predictMany(rows: readonly PredictionInput<S>[], options?: PredictOptions): Promise<readonly (Prediction<S> | RefusedRow)[]>;
}

interface ErrorBody {
  readonly code: string;
  readonly message: string;
  readonly where?: Readonly<Record<string, string | number>>;
  readonly fix?: string;
}

/** What the server refused, or why it could not be asked; shaped as the server's own errors. */
export class ClientError extends Error {
  override readonly name = 'ClientError';
  readonly code: string;
  readonly where: Readonly<Record<string, string | number>>;
  readonly fix: string;
  /** HTTP status, 0 when there was no answer. */
  readonly status: number;

  constructor(error: ErrorBody, status: number, cause?: unknown) {
    super(error.message, cause === undefined ? undefined : { cause });
    this.code = error.code;
    this.where = error.where ?? {};
    this.fix = error.fix ?? '';
    this.status = status;
  }
}

/**
 * A client of a prediction server, typed by the system: `client<typeof system>(url, { model: 'name' })`, or `client(system, url)` with
 * the system itself, which knows its name.
 */
export function client<S extends System>(url: string | URL, options?: ClientOptions): Client<S>;
export function client<S extends System>(system: S, url: string | URL, options?: ClientOptions): Client<S>;
export function client<S extends System>(
  first: S | string | URL,
  second?: string | URL | ClientOptions,
  third?: ClientOptions,
): Client<S> {
  const given = typeof first === 'object' && 'plan' in first;
  const base = String(given ? second : first).replace(/\/+$/, '');
  const options = (given ? third : (second as ClientOptions | undefined)) ?? {};
  const known = options.model ?? (given ? first.name : undefined);
  const ask = asker(base, options);
  let found: Promise<string> | undefined;
  const model = async (): Promise<string> => {
    if (known !== undefined) return known;
    found ??= onlyModel(base, ask).catch((thrown: unknown) => {
      found = undefined;
      throw thrown;
    });
    return found;
  };
  const predictAll = async (
    rows: readonly PredictionInput<S>[],
    { explain = false }: PredictOptions,
    partial: boolean,
  ): Promise<readonly (Prediction<S> | RefusedRow)[]> => {
    const name = encodeURIComponent(await model());
    const at = `/v1/models/${name}/predict`;
    const answer = await ask(at, { rows, ...(explain ? { explain } : {}), ...(partial ? { partial } : {}) });
    const { predictions, model: answered, version } = answer as Readonly<Record<string, unknown>>;
    if (!Array.isArray(predictions) || predictions.length !== rows.length)
      throw unreadable(base + at, `it has not ${rows.length} predictions`);
    return predictions.map((one: { readonly id: string; readonly error?: ErrorBody }) =>
      one.error
        ? { id: one.id, error: new ClientError(one.error, 422) }
        : ({ ...one, model: answered, version } as unknown as Prediction<S>),
    );
  };
  return {
    predictMany: (rows, how = {}) => predictAll(rows, how, true),
    predict: async (row, how = {}) => {
      const [answer] = (await predictAll([row], how, false)) as readonly [Prediction<S> | RefusedRow];
      if (answer.error) throw answer.error;
      return answer;
    },
  };
}

type Ask = (path: string, body?: unknown) => Promise<unknown>;

function asker(base: string, options: ClientOptions): Ask {
  const send = options.fetch ?? globalThis.fetch;
  const timeout = options.timeout ?? 30_000;
  return async (path, body) => {
    const address = base + path;
    let answer: Response;
    let content: string;
    try {
      answer = await send(address, {
        method: body === undefined ? 'GET' : 'POST',
        headers: {
          accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...options.headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(timeout),
      });
      content = await answer.text();
    } catch (thrown) {
      const late = thrown instanceof Error && thrown.name === 'TimeoutError';
      throw new ClientError(
        {
          code: 'MW_CLIENT_UNREACHABLE',
          message: late ? `${address} did not answer within ${timeout} ms.` : `${address} cannot be reached.`,
          where: { url: address },
          fix: 'Check that the server runs and that the address is right.',
        },
        0,
        thrown,
      );
    }
    const data = parsed(content);
    if (answer.ok && data) return data;
    const error = data?.error as { code?: unknown; message?: unknown } | undefined;
    if (!answer.ok && typeof error?.code === 'string' && typeof error.message === 'string')
      throw new ClientError(error as { code: string; message: string }, answer.status);
    throw unreadable(address, answer.ok ? 'it is no JSON object' : `its status is ${answer.status}`, answer.status);
  };
}

function parsed(content: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const data: unknown = JSON.parse(content);
    return typeof data === 'object' && data !== null ? (data as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}

function unreadable(address: string, why: string, status = 200): ClientError {
  return new ClientError(
    {
      code: 'MW_CLIENT_ANSWER',
      message: `The answer of ${address} is not one of a Millwright server: ${why}.`,
      where: { url: address },
      fix: 'Check the address, and that nothing between client and server changes the answer.',
    },
    status,
  );
}

/** The name of the only model of a server. */
async function onlyModel(base: string, ask: Ask): Promise<string> {
  const { models } = (await ask('/v1/models')) as { readonly models?: unknown };
  const names = Array.isArray(models)
    ? [
        ...new Set(
          models.map((model: unknown) => (typeof model === 'string' ? model : (model as { name?: unknown } | null)?.name)),
        ),
      ]
    : [];
  if (names.length === 1 && typeof names[0] === 'string') return names[0];
  throw new ClientError(
    {
      code: 'MW_CLIENT_MODEL',
      message: names.length === 0 ? `${base} does not list its models.` : `${base} has several models: ${names.join(', ')}.`,
      where: { url: base },
      fix: "Name the model: client<typeof system>(url, { model: 'name' }).",
    },
    0,
  );
}
