import type { Random } from '../../../src/base/random.js';

/** Requests that no client should send, drawn from a source: in target, method, headers, body, and in their bytes. */

const pick = <T>(source: Random, list: readonly T[]): T => list[source.below(list.length)] as T;
const often = (source: Random, share: number): boolean => source.next() < share;

export const MODELS = ['customers', 'visits'] as const;
const TARGETS = [
  '/v1/models/customers/predict',
  '/v1/models/visits/predict',
  '/v1/models/visits/labels',
  '/v1/sources/visits/rows',
  '/v1/models',
  '/v1/models/customers',
  '/v1/models/customers/status',
  '/v1/audit?limit=3',
  '/health',
  '/ready',
  '/metrics',
  '/openapi.json',
  '/',
] as const;
const ODD_TARGETS = [
  '*',
  '//',
  '/%',
  '/%00',
  '/v1/models/%E0%A4%A',
  '/v1/models/%2e%2e%2f/predict',
  '/v1/models//predict',
  '/v1/models/predict',
  '/../../etc/hostname',
  '/..%2f..%2fetc',
  'http://localhost/v1/models',
  'http://localhost/v1/models/customers/predict',
  'http://[',
  'http://',
  'https://elsewhere/health',
  'ftp://localhost/',
  '/v1/audit?limit=99999999999',
  '/v1/audit?limit[]=1&limit=2',
  '/v1/models/constructor',
  '/v1/models/__proto__/status',
  '/v1/sources/__proto__/rows',
  '/v1/models/toString/predict',
  '?',
  '/health#x',
  '/é',
  'localhost:80',
] as const;
const METHODS = [
  'GET',
  'POST',
  'PUT',
  'DELETE',
  'PATCH',
  'OPTIONS',
  'TRACE',
  'QUERY',
  'PROPFIND',
  'PURGE',
  'PRI',
  'get',
  'X',
  '',
];
const HOSTS = [
  'localhost',
  '127.0.0.1:1',
  '[::1]',
  'LOCALHOST:99999',
  'attacker.example',
  '',
  'a b',
  '[',
  '127.1',
  'localhost.',
  ' ',
];
const HEADERS = [
  'expect: 100-continue',
  'expect: foo',
  'transfer-encoding: chunked',
  'transfer-encoding: gzip, chunked',
  'content-encoding: gzip',
  'content-length: -1',
  'content-length: 99999999999',
  'content-length: 1e3',
  'content-length: 0',
  'origin: http://attacker.example',
  'origin: null',
  'origin: http://localhost',
  'upgrade: websocket\r\nconnection: upgrade',
  'connection: close',
  'connection: keep-alive, close',
  'range: bytes=0-0',
  'if-none-match: "x"',
  'accept-encoding: gzip',
  'content-type: text/plain',
  'content-type: application/json; charset=utf-16',
  'content-type: multipart/form-data; boundary=x',
  ' folded: header',
  'no colon',
  'nul: \0',
  `long: ${'x'.repeat(3000)}`,
  `longer: ${'x'.repeat(17_000)}`,
] as const;

const TEXTS = [
  '',
  ' ',
  'a',
  'NaN',
  'Infinity',
  '1e999',
  '01',
  '2024-02-30',
  '\\ud800',
  '\\u0000',
  '\u2028',
  '😀',
  "'; drop",
  '=1+1',
];
const NUMBERS = [
  '0',
  '-0',
  '1e308',
  '1e309',
  '-1e400',
  '5e-324',
  '9007199254740993',
  '0.1e-400',
  '123456789012345678901234567890',
  '1.7976931348623157e308',
];
const KEYS = [
  'x',
  'y',
  'id',
  'at',
  'shop',
  'label',
  'key',
  'rows',
  '__proto__',
  'constructor',
  'toString',
  '',
  'availableAt',
  'X',
  'x ',
];

/** A value as the text of JSON, sometimes one that JSON does not have. */
function jsonText(source: Random, depth = 0): string {
  const kind = source.below(depth > 4 ? 6 : 9);
  if (kind === 0) return `"${pick(source, TEXTS)}"`;
  if (kind === 1) return pick(source, NUMBERS);
  if (kind === 2) return pick(source, ['true', 'false', 'null']);
  if (kind === 3) return String(source.normal() * 10 ** source.below(20));
  if (kind === 4) return pick(source, ['NaN', 'undefined', "'x'", '+1', '.5', '0x10', '1.', 'tru']);
  if (kind === 5) return `"${'x'.repeat(source.below(200))}"`;
  const parts = Array.from({ length: source.below(5) }, () => jsonText(source, depth + 1));
  if (kind === 6) return `[${parts.join(',')}]`;
  return `{${parts.map((part) => `"${pick(source, KEYS)}":${part}`).join(',')}}`;
}

const ROW = {
  x: '0.5',
  y: '"a"',
  id: '"v1"',
  at: '"2024-03-01T00:00:00Z"',
  shop: '"S1"',
  distance: '4',
  hours: '2',
  late: 'true',
};

/** A row of either model with some of its values, names or commas changed. */
function rowText(source: Random): string {
  const entries = Object.entries(ROW).filter(() => often(source, 0.9));
  const changed = entries.map(([key, value]) => `"${key}":${often(source, 0.15) ? jsonText(source) : value}`);
  if (often(source, 0.2)) changed.push(`"${pick(source, KEYS)}":${jsonText(source)}`);
  return `{${changed.join(',')}}`;
}

function listText(source: Random, one: () => string): string {
  const kind = source.below(40);
  if (kind === 0) return `${'['.repeat(1 + source.below(8000))}`;
  if (kind === 1) {
    const deep = 1 + source.below(8000);
    return '['.repeat(deep) + ']'.repeat(deep);
  }
  if (kind === 2) return `[${'{},'.repeat(source.below(20_000))}{}]`;
  if (kind === 3) return jsonText(source);
  return `[${Array.from({ length: 1 + source.below(6) }, one).join(',')}]`;
}

function labelText(source: Random): string {
  const by = pick(source, ['"id":"nobody"', '"key":["v1"],"at":0', '"key":[{}],"at":"x"', '"id":7', '"key":[],"at":null', '']);
  const label = pick(source, ['true', '"true"', '"perhaps"', '1', 'null', '{}']);
  const more = pick(source, ['', ',"availableAt":"2024-03-01"', ',"availableAt":1e400', ',"availableAt":"soon"', ',"more":1']);
  return `{${by === '' ? '' : `${by},`}"label":${label}${more}}`;
}

function bodyText(source: Random, target: string): string {
  const kind = source.below(20);
  if (kind === 0) return jsonText(source);
  if (kind === 1) return Array.from({ length: source.below(300) }, () => String.fromCharCode(source.below(256))).join('');
  const more = pick(source, [
    '',
    '',
    '',
    ',"partial":true',
    ',"explain":true',
    ',"batch":"b"',
    ',"partial":1',
    `,"z":${jsonText(source)}`,
  ]);
  if (target.endsWith('/labels')) return `{"labels":${listText(source, () => labelText(source))}${more}}`;
  return `{"rows":${listText(source, () => rowText(source))}${more}}`;
}

/** One request as the text of its bytes (latin1), not always a whole one, not always one at all. */
export function hostileRequest(source: Random): string {
  const odd = often(source, 0.3);
  const target = odd
    ? often(source, 0.1)
      ? `/v1/models/${'n'.repeat(source.below(9000))}`
      : pick(source, ODD_TARGETS)
    : pick(source, TARGETS);
  const writes = target.endsWith('predict') || target.endsWith('labels') || target.endsWith('rows');
  const method = often(source, 0.12) ? pick(source, METHODS) : writes ? 'POST' : 'GET';
  const body = writes || often(source, 0.1) ? Buffer.from(bodyText(source, target), 'utf8').toString('latin1') : '';
  const headers = [`host: ${often(source, 0.05) ? pick(source, HOSTS) : 'localhost'}`];
  if (body !== '') {
    if (!often(source, 0.03)) headers.push('content-type: application/json');
    const wrong = often(source, 0.04) ? source.below(20) - 10 : 0;
    if (!often(source, 0.02)) headers.push(`content-length: ${Math.max(0, body.length + wrong)}`);
  }
  while (often(source, 0.12)) headers.push(pick(source, HEADERS));
  if (often(source, 0.02)) headers.shift();
  const version = often(source, 0.03) ? pick(source, ['HTTP/1.0', 'HTTP/2.0', 'HTTP/0.9', 'HTTP', '']) : 'HTTP/1.1';
  const text = `${method} ${target} ${version}\r\n${headers.join('\r\n')}\r\n\r\n${body}`;
  return often(source, 0.15) ? mutated(source, text) : text;
}

function mutated(source: Random, text: string): string {
  const at = source.below(text.length + 1);
  const to = Math.min(text.length, at + source.below(20));
  const kind = source.below(5);
  if (kind === 0) return text.slice(0, at);
  if (kind === 1) return text.slice(0, at) + text.slice(to);
  if (kind === 2) return text.slice(0, at) + String.fromCharCode(source.below(256)) + text.slice(at + 1);
  if (kind === 3) return text.slice(0, to) + text.slice(at);
  return text.slice(0, at) + pick(source, ['\r\n', '\n', '\0', ' ', '\r\n\r\n', '{', '"', '%']) + text.slice(at);
}
