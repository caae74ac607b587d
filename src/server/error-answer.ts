import { type ServerResponse, STATUS_CODES } from 'node:http';
import { asMillwrightError, type ErrorCode, type ErrorText, MillwrightError } from '../base/error.js';
import type { Log } from '../base/log.js';
import type { RowProblem } from '../contract/row-check.js';
import type { Rejection } from '../serve/predict.js';
import type { ErrorBody, ErrorDetail, RefusedRowBody } from './contract.js';

const PROBLEMS_SHOWN = 5;
const TEXT_SHOWN = 300;

/** A refusal that names every row it is about. */
export class RefusedRows extends MillwrightError {
  readonly rows: readonly RefusedRowBody[];

  constructor(code: ErrorCode, text: ErrorText, rows: readonly RefusedRowBody[]) {
    super(code, text);
    this.rows = rows;
  }

  override toJSON() {
    return { ...super.toJSON(), rows: this.rows };
  }
}

/** An HTTP answer for anything thrown. What is not ours is logged with its trace and answered without it. */
export function errorAnswer(thrown: unknown, log: Log): { status: number; body: ErrorBody } {
  const error = asMillwrightError(thrown);
  if (error.code !== 'MW_INTERNAL') return { status: error.status, body: { error: error.toJSON() } };
  log.error('A request failed unexpectedly.', { trace: error.cause instanceof Error ? error.cause.stack : error.message });
  const hidden = new MillwrightError('MW_INTERNAL', { what: 'The server failed unexpectedly; its log has the details.' });
  return { status: 500, body: { error: hidden.toJSON() } };
}

export const clipped = (text: string): string => (text.length > TEXT_SHOWN ? `${text.slice(0, TEXT_SHOWN)}...` : text);

/** The error of a row that does not meet the contract. */
export function rowError({ problems, row }: Rejection): MillwrightError {
  const [first] = problems;
  return new MillwrightError('MW_SERVE_ROW_INVALID', {
    what: sentenceOf(problems),
    where: { row, ...(first?.column != null && { column: clipped(first.column) }), ...(first && { problem: first.code }) },
  });
}

/** The error of a request that is refused for its bad rows: it names each of them. */
export function rowsError(rejections: readonly Rejection[]): MillwrightError {
  const [first] = rejections as readonly [Rejection];
  const { message, where } = rowError(first);
  const others = rejections.length - 1;
  const what =
    others === 0 ? message : `${message} ${others === 1 ? 'Another row is' : `${others} other rows are`} bad as well.`;
  return new RefusedRows('MW_SERVE_ROW_INVALID', { what, where }, rejections.map(refusedRow));
}

const refusedRow = ({ row, problems }: Rejection): RefusedRowBody => ({
  row,
  problems: problems.slice(0, PROBLEMS_SHOWN).map(({ code, column, message }) => ({
    code,
    column: column === null ? null : clipped(column),
    message: clipped(message),
  })),
  ...(problems.length > PROBLEMS_SHOWN ? { more: problems.length - PROBLEMS_SHOWN } : {}),
});

function sentenceOf(problems: readonly RowProblem[]): string {
  const shown = problems.slice(0, PROBLEMS_SHOWN).map((problem) => clipped(problem.message.replace(/\.$/, '')));
  const rest = problems.length > PROBLEMS_SHOWN ? `; and ${problems.length - PROBLEMS_SHOWN} more` : '';
  const text = `${shown.join('; ')}${rest}`;
  return text.endsWith('?') ? text : `${text}.`;
}

export const rowErrorDetail = (rejection: Rejection): ErrorDetail => rowError(rejection).toJSON();

/** Headers of every JSON answer: it is no page whatever a browser takes it for, and figures of a moment ago are no answer. */
export const JSON_HEADERS = Object.freeze({
  'content-type': 'application/json; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
});

const HEADER_LIST: readonly string[] = Object.entries(JSON_HEADERS).flat();

/** Writes a whole JSON answer; further headers are names and values in turn. */
export function sendJson(response: ServerResponse, status: number, json: string, headers: readonly string[] = []): void {
  response.writeHead(status, [...HEADER_LIST, 'content-length', String(Buffer.byteLength(json)), ...headers]);
  response.end(json);
}

/** An error as the text of a whole answer, for a connection that has no request to answer. */
export function rawAnswer(error: MillwrightError): string {
  const body = JSON.stringify({ error });
  const headers = { ...JSON_HEADERS, 'content-length': Buffer.byteLength(body), connection: 'close' };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status]}\r\n${lines.join('\r\n')}\r\n\r\n${body}`;
}
