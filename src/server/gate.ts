import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { fail } from '../base/error.js';
import { unknownRoute } from './unknown-route.js';

/** Methods that a route may have; all others are answered here, whatever they are called. */
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST']);
const READING: ReadonlySet<string> = new Set(['GET', 'HEAD']);
/** Names of this machine by itself: no DNS name can be rebound to be one of them. */
const LOCAL: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];
const SHOWN = 100;

/**
 * Whom the server answers: checks target, host, origin and method of every request before anything else sees it. A page in a browser can
 * send requests to a local server, under a DNS name of its own that it rebinds, or without reading the answers; neither gets further.
 */
export class Gate {
  readonly #names: Set<string>;
  readonly #allowed: ReadonlySet<string>;
  /** The last host that was let in, as it was written: nearly every request has the same. */
  #last = '';

  /** @param allowed further names, with commas between them */
  constructor(allowed: string | null) {
    this.#allowed = new Set((allowed ?? '').split(',').map(nameOf).filter(Boolean));
    this.#names = new Set([...LOCAL, ...this.#allowed]);
  }

  /** Lets in requests for the address that the server is bound to. */
  bind(address: string): void {
    this.#names.add(nameOf(address.includes(':') && !address.startsWith('[') ? `[${address}]` : address));
  }

  /**
   * Lets a request in, its target made a path.
   * @throws MW_SERVE_TARGET_INVALID, MW_SERVE_HOST_MISSING, MW_SERVE_HOST_UNKNOWN, MW_SERVE_ORIGIN_FOREIGN, MW_SERVE_METHOD, MW_SERVE_ROUTE_UNKNOWN
   */
  admit(request: IncomingMessage): void {
    const method = request.method ?? '';
    const target = request.url ?? '';
    if (!target.startsWith('/')) toPath(request, target);
    const { host, origin } = request.headers;
    if (host === undefined || host === '') {
      if (request.httpVersion !== '1.0') fail('MW_SERVE_HOST_MISSING', { what: "The request has no header 'host'." });
    } else if (host !== this.#last) {
      const name = nameOf(host);
      if (this.#names.has(name)) this.#last = host;
      else if (name !== ownAddress(request.socket))
        fail('MW_SERVE_HOST_UNKNOWN', { what: `This server does not answer to '${host.slice(0, SHOWN)}'.` });
    }
    if (origin !== undefined && !READING.has(method) && !this.#isOwn(origin, host))
      fail('MW_SERVE_ORIGIN_FOREIGN', { what: `A page of '${origin.slice(0, SHOWN)}' may not write to this server.` });
    const path = request.url as string;
    if (path.includes('%')) requireDecodable(path);
    if (!METHODS.has(method)) throw unknownRoute(method, pathOf(path));
  }

  #isOwn(origin: string, host: string | undefined): boolean {
    const authority = /^https?:\/\/([^/]+)$/i.exec(origin)?.[1];
    if (authority === undefined) return false;
    return authority.toLowerCase() === host?.toLowerCase() || this.#allowed.has(nameOf(authority));
  }
}

/** A host without its port, in small letters. */
const nameOf = (host: string): string => host.trim().replace(/:\d*$/, '').toLowerCase();

/** The address of this machine that a connection came in at, as a host; a name of DNS is never one. */
function ownAddress(socket: Socket): string {
  const address = (socket.localAddress ?? '').replace(/^::ffff:(?=\d+\.)/, '');
  return address.includes(':') ? `[${address}]` : address;
}

export const pathOf = (target: string): string => {
  const end = target.indexOf('?');
  return end < 0 ? target : target.slice(0, end);
};

/** Takes the path and the host out of a target in absolute form, as a client sends it to a proxy. */
function toPath(request: IncomingMessage, target: string): void {
  const parts = /^https?:\/\/((?:[^/?#@\s[\]]+|\[[^/?#@\s[\]]+\])(?::\d*)?)([/?][^#]*)?$/i.exec(target);
  if (!parts) fail('MW_SERVE_TARGET_INVALID', { what: `'${target.slice(0, SHOWN)}' is no path of this server.` });
  const [, authority, rest = '/'] = parts;
  // RFC 9112, 3.2.2: the host of such a target counts, not the header.
  request.headers.host = authority as string;
  request.url = rest.startsWith('/') ? rest : `/${rest}`;
}

/** @throws MW_SERVE_TARGET_INVALID */
function requireDecodable(target: string): void {
  try {
    decodeURIComponent(pathOf(target));
  } catch {
    fail('MW_SERVE_TARGET_INVALID', { what: `The escapes of '${pathOf(target).slice(0, SHOWN)}' are no UTF-8.` });
  }
}
