import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { MillwrightError } from '../base/error.js';
import { rawAnswer } from './error-answer.js';
import type { Refusals } from './refusals.js';
import type { ServerOptions } from './server-options.js';
import type { Visit, Visits } from './visits.js';

/** Deadlines are looked at this often, ms, and for short ones more often than they are. */
const SWEEP = { least: 10, most: 500 };

export interface ConnectionSetup {
  readonly visits: Visits;
  readonly refusals: Refusals;
  readonly options: ServerOptions;
  readonly timer: () => number;
}

/**
 * The connections of a server: how many there may be, and that each is destroyed at its deadline, whether its client writes slowly,
 * not at all, or something that is not HTTP, and whether or not it reads and closes.
 */
export class Connections {
  readonly #setup: ConnectionSetup;
  readonly #server: Server;
  /** Connections that were told to go, with the moment at which they are made to. */
  readonly #leaving = new Map<Socket, number>();
  /** Connections over which something came that is no request. */
  readonly #faulty = new WeakSet<Socket>();
  readonly #sweep: NodeJS.Timeout;
  readonly #open = new Set<Socket>();
  #dropped = 0;
  #allClosed: (() => void) | null = null;

  constructor(server: Server, setup: ConnectionSetup) {
    const { options } = setup;
    this.#setup = setup;
    this.#server = server;
    server.headersTimeout = Math.min(options.headersTimeout, options.requestTimeout);
    server.requestTimeout = options.requestTimeout;
    server.keepAliveTimeout = options.idleTimeout;
    server.maxConnections = options.connections;
    server.on('connection', (socket) => {
      this.#open.add(socket);
      socket.once('close', () => {
        setup.visits.end(socket);
        this.#open.delete(socket);
        if (this.#open.size === 0) this.#allClosed?.();
      });
    });
    server.on('drop', () => {
      this.#dropped++;
      server.closeIdleConnections();
    });
    server.on('clientError', (error: NodeJS.ErrnoException, socket) => this.#clientError(error, socket as Socket));
    server.on('connect', (request: IncomingMessage, socket) => {
      const what = `CONNECT is not a method of this server, nor '${(request.url ?? '').slice(0, 100)}' a path of it.`;
      this.#showOut(socket as Socket, new MillwrightError('MW_SERVE_METHOD', { what, fix: 'Use GET or POST.' }));
    });
    this.#sweep = setInterval(() => this.#destroyLate(), sweepOf(options));
    this.#sweep.unref();
  }

  /** Connections that were not taken because there were too many. */
  get dropped(): number {
    return this.#dropped;
  }

  /**
   * Lets the requests under way be answered, then ends every connection. What is still being sent, or not being read, is
   * waited on for a shorter time than what is being worked on.
   */
  async drain(): Promise<void> {
    const { visits, refusals, options } = this.#setup;
    const grace = setTimeout(() => {
      for (const socket of this.#open) if (visits.at(socket).length === 0) socket.destroy();
      for (const visit of visits)
        if (isHandedOver(visit)) visit.request.socket.destroy();
        else if (isArriving(visit))
          refusals.refuse(visit, new MillwrightError('MW_SERVE_NOT_READY', { what: 'The server is draining.' }), true);
    }, options.drainGrace);
    let limit: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      limit = setTimeout(resolve, options.drainTimeout);
    });
    const closed = new Promise<void>((resolve) => {
      this.#allClosed = resolve;
      if (this.#open.size === 0) resolve();
    });
    await Promise.race([closed, late]);
    clearTimeout(grace);
    clearTimeout(limit);
    this.#server.closeAllConnections();
    for (const socket of this.#leaving.keys()) socket.destroy();
    clearInterval(this.#sweep);
  }

  /** What came over a connection is not HTTP, or not whole in time. */
  #clientError(error: NodeJS.ErrnoException, socket: Socket): void {
    if (this.#faulty.has(socket)) return;
    this.#faulty.add(socket);
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const refusal = refusalOf(error);
    const last = this.#setup.visits.at(socket).at(-1);
    if (!last) {
      this.#showOut(socket, refusal);
      return;
    }
    if (!isArriving(last)) {
      // Answers come in the order of the requests, so this one waits for those before it.
      last.response.once('close', () => {
        if (socket.writable) this.#showOut(socket, refusal);
        else socket.destroy();
      });
      return;
    }
    this.#leave(socket);
    this.#setup.refusals.refuse(last, refusal, true);
  }

  /** Says why, and ends the connection: at once when the client does, else at a deadline. */
  #showOut(socket: Socket, refusal: MillwrightError): void {
    this.#leave(socket);
    socket.end(rawAnswer(refusal));
    socket.once('end', () => socket.destroySoon());
    socket.resume();
  }

  #leave(socket: Socket): void {
    this.#leaving.set(socket, this.#setup.timer() + this.#setup.options.leaveTimeout);
    socket.once('close', () => this.#leaving.delete(socket));
  }

  #destroyLate(): void {
    const { visits, refusals, options, timer } = this.#setup;
    const now = timer();
    for (const [socket, deadline] of this.#leaving) if (now > deadline) socket.destroy();
    for (const visit of visits) {
      if (visit.lingers !== null && now - visit.lingers > options.leaveTimeout) visit.request.socket.destroy();
      const whole = visit.arrived ?? (visit.request.complete ? visit.since : null);
      if (whole === null || now - whole <= options.answerTimeout) continue;
      if (isHandedOver(visit)) visit.request.socket.destroy();
      else
        refusals.refuse(
          visit,
          new MillwrightError('MW_SERVE_BUSY', {
            what: `The request was not answered within ${options.answerTimeout} ms.`,
            where: { limit: options.answerTimeout },
          }),
          true,
        );
    }
  }
}

/** How often the deadlines of these options are looked at, ms. */
export function sweepOf({ headersTimeout, requestTimeout, answerTimeout, leaveTimeout }: ServerOptions): number {
  const shortest = Math.min(headersTimeout, requestTimeout, answerTimeout, leaveTimeout);
  return Math.min(Math.max(shortest / 4, SWEEP.least), SWEEP.most);
}

const isHandedOver = ({ response }: Visit): boolean => response.headersSent;
const isArriving = ({ request, arrived }: Visit): boolean => arrived === null && !request.complete;

const LIMITS: Readonly<Record<string, MillwrightError>> = {
  ERR_HTTP_REQUEST_TIMEOUT: new MillwrightError('MW_SERVE_REQUEST_TIMEOUT', { what: 'The request did not arrive in time.' }),
  HPE_HEADER_OVERFLOW: new MillwrightError('MW_SERVE_HEADERS_TOO_LARGE', { what: 'The headers of the request are too large.' }),
};
function refusalOf({ code }: NodeJS.ErrnoException): MillwrightError {
  return LIMITS[code ?? ''] ?? new MillwrightError('MW_SERVE_BODY_MALFORMED', { what: 'The request is not HTTP/1.1.' });
}
