import { declareErrors } from './declare.js';

export const serveErrors = declareErrors({
  MW_SERVE_BODY_MALFORMED: {
    doc: 'The body of a request is not JSON.',
    fix: 'Send one JSON document in UTF-8.',
    status: 400,
  },
  MW_SERVE_BODY_SHAPE: {
    doc: 'The body of a request is JSON, but not of the shape that this route takes.',
    fix: "Compare the body with the route's schema in /openapi.json.",
    status: 400,
  },
  MW_SERVE_BODY_TOO_LARGE: {
    doc: 'The body of a request is larger than the server accepts.',
    fix: 'Send fewer rows in one request, or start the server with a larger limit.',
    status: 413,
  },
  MW_SERVE_BODY_TYPE: {
    doc: 'The body of a request is not declared to be JSON.',
    fix: "Send the header 'content-type: application/json'.",
    status: 415,
  },
  MW_SERVE_ROWS_TOO_MANY: {
    doc: 'A request holds more rows than the definition allows in one request.',
    fix: 'Split the rows over several requests, or raise serve.maxRows in the definition.',
    status: 413,
  },
  MW_SERVE_ROW_INVALID: {
    doc: "A row does not meet the request's contract: a column is missing, unknown, of the wrong type or out of range.",
    fix: 'Correct the named columns; their types are in /openapi.json.',
    status: 400,
  },
  MW_SERVE_ROUTE_UNKNOWN: {
    doc: 'No route of the server has this path.',
    fix: 'The routes are listed in /openapi.json.',
    status: 404,
  },
  MW_SERVE_METHOD: {
    doc: 'The path exists, but not with this method.',
    fix: "Use a method of the answer's 'allow' header.",
    status: 405,
  },
  MW_SERVE_MODEL_UNKNOWN: {
    doc: 'The server serves no model of this name.',
    fix: 'GET /v1/models lists the models that are served.',
    status: 404,
  },
  MW_SERVE_SOURCE_UNKNOWN: {
    doc: 'No served system has a source of this name.',
    fix: 'Push to one of the sources of the definition.',
    status: 404,
  },
  MW_SERVE_PREDICTION_UNKNOWN: {
    doc: 'No logged prediction has this id.',
    fix: 'Give an id that a prediction was answered with; a prediction is logged some moments after its answer.',
    status: 404,
  },
  MW_SERVE_LABEL_INVALID: {
    doc: 'A label is not a value that the problem can have.',
    fix: 'Send a class of the model for a classification, a finite number for a regression.',
    status: 400,
  },
  MW_SERVE_DEPLOYMENT_MISMATCH: {
    doc: 'A model cannot be served with this plan: its task or its features do not fit the definition.',
    fix: 'Deploy a version that was trained from this definition, or train a new one.',
    status: 500,
  },
  MW_SERVE_NOT_READY: {
    doc: 'The server is still loading, or is draining before it stops.',
    fix: 'Try again when GET /ready answers 200.',
    status: 503,
  },
  MW_SERVE_LOG_UNAVAILABLE: {
    doc: 'The prediction log cannot be written, so predictions are refused rather than lost.',
    fix: 'Free space on the disk of the store, or make it writable; serving goes on by itself.',
    status: 503,
  },
  MW_SERVE_PORT_IN_USE: {
    doc: 'Another program listens on the port.',
    fix: 'Stop the other program, or serve on another port.',
    exit: 1,
  },
  MW_SERVE_PORT_FORBIDDEN: {
    doc: 'The system does not allow to listen on this address and port.',
    fix: 'Use a port above 1023 and an address of this machine.',
    exit: 1,
  },
  MW_SERVE_RECORD_UNREADABLE: {
    doc: 'A record of a prediction log cannot be read: it was written by a newer version or is damaged.',
    fix: 'Open the store with the version of Millwright that wrote it.',
    exit: 4,
    status: 500,
  },
});
