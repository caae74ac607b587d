import { declareOptions, type OptionValues } from '../base/options.js';

/** Every bound of the server: what a request may hold, how long it may take, and how much may be under way at once. */
export const serverOptions = declareOptions({
  bodyLimit: {
    kind: 'integer',
    default: 4_194_304,
    min: 1024,
    max: 1_073_741_824,
    unit: 'bytes',
    doc: 'Largest body of a request.',
  },
  bodiesLimit: {
    kind: 'integer',
    default: 33_554_432,
    min: 1024,
    max: 1_099_511_627_776,
    unit: 'bytes',
    doc: 'Bodies of all requests under way together; a request beyond it is answered 503.',
  },
  bodyDepth: {
    kind: 'integer',
    default: 32,
    min: 4,
    max: 1000,
    doc: 'Lists and objects within one another in a body.',
  },
  pushRows: { kind: 'integer', default: 10_000, min: 1, max: 1_000_000, doc: 'Rows of a source in one push.' },
  labels: { kind: 'integer', default: 10_000, min: 1, max: 1_000_000, doc: 'Labels in one request.' },
  connections: {
    kind: 'integer',
    default: 1000,
    min: 1,
    max: 1_000_000,
    doc: 'Connections at once; beyond it idle ones are closed and new ones are not taken.',
  },
  headersTimeout: { kind: 'duration', default: '10s', doc: "Longest time until a request's headers have arrived." },
  requestTimeout: { kind: 'duration', default: '30s', doc: 'Longest time that a client may take to send a request.' },
  answerTimeout: {
    kind: 'duration',
    default: '30s',
    doc: 'Longest time from the whole request to the last byte of its answer taken by the client.',
  },
  leaveTimeout: {
    kind: 'duration',
    default: '2s',
    doc: 'How long a connection that is given up stays for its client to read why.',
  },
  idleTimeout: { kind: 'duration', default: '60s', doc: 'How long a connection is kept for the next request.' },
  drainTimeout: {
    kind: 'duration',
    default: '10s',
    doc: 'How long a closing server waits for requests under way before it cuts them off.',
  },
  drainGrace: {
    kind: 'duration',
    default: '1s',
    doc: 'How long a closing server waits for the rest of a request that is still being sent, and for an answer to be read.',
  },
  allowHosts: {
    kind: 'text',
    default: null,
    shows: 'NAMES',
    doc: 'Names besides localhost and the bound address that the server answers to, with commas between them.',
  },
});
export type ServerOptions = OptionValues<typeof serverOptions>;
