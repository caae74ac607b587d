import type { ServerResponse } from 'node:http';
import { asMillwrightError, MillwrightError } from '../base/error.js';
import type { Log } from '../base/log.js';
import type { Rejection } from '../serve/predict.js';
import type { ErrorBody, ErrorDetail } from './contract.js';

const PROBLEMS_SHOWN = 5;

/** An HTTP answer for anything thrown. What is not ours is logged with its trace and answered without it. */
export function errorAnswer(thrown: unknown, log: Log): { status: number; body: ErrorBody } {
  const error = asMillwrightError(thrown);
  if (error.code !== 'MW_INTERNAL') return { status: error.status, body: { error: error.toJSON() } };
  log.error('A request failed unexpectedly.', { trace: error.cause instanceof Error ? error.cause.stack : error.message });
  const hidden = new MillwrightError('MW_INTERNAL', { what: 'The server failed unexpectedly; its log has the details.' });
  return { status: 500, body: { error: hidden.toJSON() } };
}

/** The error of a row that does not meet the contract. */
export function rowError(rejection: Rejection, row: number): MillwrightError {
  const { problems } = rejection;
  const shown = problems.slice(0, PROBLEMS_SHOWN).map((problem) => problem.message.replace(/\.$/, ''));
  const rest = problems.length > PROBLEMS_SHOWN ? `; and ${problems.length - PROBLEMS_SHOWN} more` : '';
  const first = problems[0];
  return new MillwrightError('MW_SERVE_ROW_INVALID', {
    what: `${shown.join('; ')}${rest}.`,
    where: { row, ...(first?.column != null && { column: first.column }), ...(first && { problem: first.code }) },
  });
}

export const rowErrorDetail = (rejection: Rejection, row: number): ErrorDetail => rowError(rejection, row).toJSON();

/** Writes a whole JSON answer. */
export function sendJson(
  response: ServerResponse,
  status: number,
  json: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(json),
    ...headers,
  });
  response.end(json);
}
