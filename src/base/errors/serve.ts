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
  MW_SERVE_BODY_TOO_DEEP: {
    doc: 'The body of a request holds lists or objects within one another beyond the depth that the server accepts.',
    fix: "Compare the body with the route's schema in /openapi.json.",
    status: 400,
  },
  MW_SERVE_BODY_TYPE: {
    doc: 'The body of a request is not declared to be JSON.',
    fix: "Send the header 'content-type: application/json'.",
    status: 415,
  },
  MW_SERVE_ROWS_TOO_MANY: {
    doc: 'A request holds more rows or labels than are taken in one request.',
    fix: 'Split the rows over several requests, or raise serve.maxRows in the definition.',
    status: 413,
  },
  MW_SERVE_ROW_INVALID: {
    doc: "A row does not meet the request's contract: a column is missing, unknown, of the wrong type or out of range.",
    fix: 'Correct the named columns; their types are in /openapi.json.',
    status: 400,
  },
  MW_SERVE_ROWS_QUARANTINED: {
    doc: "No row of a push meets the source's contract: all of them were put into the quarantine.",
    fix: 'Correct the rows and push them again, or mend them with `millwright quarantine`.',
    status: 422,
  },
  MW_SERVE_TARGET_INVALID: {
    doc: 'The address in a request cannot be read: it is no path of a server, or its escapes are broken.',
    fix: 'Send a path such as /v1/models, with other characters as %XX of their UTF-8 bytes.',
    status: 400,
  },
  MW_SERVE_HOST_MISSING: {
    doc: 'An HTTP/1.1 request names no host.',
    fix: "Send the header 'host' with the server's address.",
    status: 400,
  },
  MW_SERVE_HOST_UNKNOWN: {
    doc: 'A request is for a host that this server does not answer to, as a page that rebinds a DNS name would send it.',
    fix: 'Ask localhost or the address that the server is bound to, or start it with --allow-host NAME.',
    status: 421,
  },
  MW_SERVE_ORIGIN_FOREIGN: {
    doc: 'A page of another origin may not write to this server.',
    fix: "Send the request from the server's own pages or from a program, or start the server with --allow-host NAME.",
    status: 403,
  },
  MW_SERVE_EXPECTATION: {
    doc: "A request expects something other than '100-continue' of the server.",
    fix: "Leave out the header 'expect'.",
    status: 417,
  },
  MW_SERVE_HEADERS_TOO_LARGE: {
    doc: 'The headers of a request are larger than the server reads.',
    fix: 'Send fewer or shorter headers: together at most 16 KiB.',
    status: 431,
  },
  MW_SERVE_REQUEST_INVALID: {
    doc: 'A request is HTTP, but not one that the server can take.',
    fix: "Compare the request with the route's description in /openapi.json.",
    status: 400,
  },
  MW_SERVE_REQUEST_TIMEOUT: {
    doc: 'A request did not arrive whole within the time that the server waits for one.',
    fix: 'Send the request faster, or in smaller parts.',
    status: 408,
  },
  MW_SERVE_BUSY: {
    doc: 'The requests under way hold as much as the server takes at once, or one could not be answered in time.',
    fix: 'Send fewer requests at the same time, and try again in a moment.',
    status: 503,
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
