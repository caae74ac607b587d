import type { ErrorBody, ModelsResponse, PredictRequest, PredictResponse, StatusResponse } from '../../src/server/contract.js';

/** A failed request in the server's own words. */
export class RequestFailed extends Error {
  readonly fix: string;

  constructor(message: string, fix: string) {
    super(message);
    this.fix = fix;
  }
}

async function call<T>(path: string, init?: RequestInit): Promise<T> {
  const response = await fetch(path, init).catch(() => {
    throw new RequestFailed('The server does not answer.', 'It may have been stopped; this page tries again by itself.');
  });
  const body: unknown = await response.json();
  if (response.ok) return body as T;
  const { error } = body as ErrorBody;
  throw new RequestFailed(error.message, error.fix);
}

export const readModels = (): Promise<ModelsResponse> => call('v1/models');

export const readStatus = (model: string): Promise<StatusResponse> => call(`v1/models/${encodeURIComponent(model)}/status`);

export const predict = (model: string, request: PredictRequest): Promise<PredictResponse> =>
  call(`v1/models/${encodeURIComponent(model)}/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
  });
