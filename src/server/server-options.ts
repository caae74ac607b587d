import { declareOptions } from '../base/options.js';

export const serverOptions = declareOptions({
  bodyLimit: {
    kind: 'integer',
    default: 4_194_304,
    min: 1024,
    max: 1_073_741_824,
    unit: 'bytes',
    doc: 'Largest body of a request.',
  },
  requestTimeout: { kind: 'duration', default: '30s', doc: 'Longest time that a client may take to send a request.' },
  drainTimeout: {
    kind: 'duration',
    default: '10s',
    doc: 'How long a closing server waits for requests under way before it cuts them off.',
  },
});
