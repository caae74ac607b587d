import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { MillwrightError } from '../base/error.js';
import { sweepOf } from './connections.js';
import type { Gate } from './gate.js';
import { modelToPredict } from './lean-predict.js';
import type { ServerOptions } from './server-options.js';
import type { Visit, Visits } from './visits.js';

/** Where requests go that were let in, and those that were not. */
export interface Ways {
  predict(model: string, visit: Visit): void;
  /** All routes but predict. */
  others(request: IncomingMessage, response: ServerResponse): void;
  refused(visit: Visit, thrown: unknown): void;
}

/** The HTTP server of node, every request let in by the gate and sent its way. */
export function createEntry(options: ServerOptions, gate: Gate, visits: Visits, ways: Ways): Server {
  const enter = (request: IncomingMessage, response: ServerResponse, waits = false): void => {
    const visit = visits.open(request, response);
    let name: string | undefined;
    try {
      gate.admit(request);
      name = modelToPredict(request.url as string);
    } catch (thrown) {
      ways.refused(visit, thrown);
      return;
    }
    // Of an answer that stands behind others node would write the go-ahead into the middle; its client goes ahead by itself.
    if (waits && response.socket) response.writeContinue();
    if (name === undefined) ways.others(request, response);
    else ways.predict(name, visit);
  };
  const server = createServer(
    { connectionsCheckingInterval: sweepOf(options), requireHostHeader: false },
    (request: IncomingMessage, response: ServerResponse) => enter(request, response),
  );
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => enter(request, response, true));
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    const what = 'The server meets no expectation but 100-continue.';
    ways.refused(visits.open(request, response), new MillwrightError('MW_SERVE_EXPECTATION', { what }));
  });
  return server;
}
