import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** A request under way: from its headers to the last byte of its answer. */
export interface Visit {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** When it came, ms of the timer. */
  readonly since: number;
  /** Bytes of its body that are held. */
  bytes: number;
  /** When the whole request had come, ms of the timer; null before, and of requests without a body. */
  arrived: number | null;
  /** When it was answered before the whole request had come, ms of the timer; null when it was not. */
  lingers: number | null;
  over: boolean;
}

/** The requests under way, oldest first, and the bytes that they hold together. */
export class Visits {
  readonly #open = new Map<IncomingMessage, Visit>();
  readonly #timer: () => number;
  #bytes = 0;

  constructor(timer: () => number) {
    this.#timer = timer;
  }

  /** Remembers a request until its answer is done with. */
  open(request: IncomingMessage, response: ServerResponse): Visit {
    const visit: Visit = { request, response, since: this.#timer(), bytes: 0, arrived: null, lingers: null, over: false };
    this.#open.set(request, visit);
    response.once('close', () => this.#leave(visit));
    return visit;
  }

  of(request: IncomingMessage): Visit | undefined {
    return this.#open.get(request);
  }

  get size(): number {
    return this.#open.size;
  }
  /** Bytes of bodies that all of them hold. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Counts bytes of a body that are held until the visit ends. */
  hold(visit: Visit, bytes: number): void {
    if (visit.over) return;
    visit.bytes += bytes;
    this.#bytes += bytes;
  }

  arrive(visit: Visit): void {
    visit.arrived = this.#timer();
  }
  linger(visit: Visit): void {
    visit.lingers = this.#timer();
  }

  /** Those of one connection, oldest first. */
  at(socket: Socket): Visit[] {
    return [...this.#open.values()].filter(({ request }) => request.socket === socket);
  }

  /** Those of a connection are over with it: an answer that waits behind others is never closed by itself. */
  end(socket: Socket): void {
    for (const visit of this.at(socket)) this.#leave(visit);
  }

  [Symbol.iterator](): IterableIterator<Visit> {
    return this.#open.values();
  }

  #leave(visit: Visit): void {
    if (visit.over) return;
    visit.over = true;
    this.#open.delete(visit.request);
    this.#bytes -= visit.bytes;
  }
}
