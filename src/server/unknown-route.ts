import { fail, MillwrightError } from '../base/error.js';
import { didYouMean, nearest } from '../base/nearest.js';

/** Every route with its methods, for answers to paths that do not exist; `:` parts match anything. A test holds it to the server. */
export const ROUTES: Readonly<Record<string, string>> = Object.freeze({
  '/health': 'GET',
  '/ready': 'GET',
  '/metrics': 'GET',
  '/openapi.json': 'GET',
  '/v1/models': 'GET',
  '/v1/models/:name': 'GET',
  '/v1/models/:name/status': 'GET',
  '/v1/models/:name/labels': 'POST',
  '/v1/models/:name/predict': 'POST',
  '/v1/sources/:source/rows': 'POST',
  '/v1/audit': 'GET',
});

const PATH_SHOWN = 100;

/** A known path that does not have the method that was asked. */
export class WrongMethod extends MillwrightError {
  /** Methods that it has, for the answer's `allow` header. */
  readonly allow: string;

  constructor(method: string, route: string, allow: string) {
    super('MW_SERVE_METHOD', { what: `${method} is not a method of ${route}.`, fix: `Use ${allow}.` });
    this.allow = allow;
  }
}

/** 405 for a known path with another method, else 404 with the nearest route. */
export function unknownRoute(method: string, path: string): MillwrightError {
  const parts = path.split('/');
  const known = Object.keys(ROUTES).find((route) => matches(route.split('/'), parts));
  if (known) return new WrongMethod(method, known, ROUTES[known] as string);
  const shown = path.length > PATH_SHOWN ? `${path.slice(0, PATH_SHOWN)}...` : path;
  const close = path.length > PATH_SHOWN ? undefined : nearest(path, filledIn(parts));
  const hint = close === undefined ? '' : ` Did you mean '${close}'?`;
  return new MillwrightError('MW_SERVE_ROUTE_UNKNOWN', { what: `There is no route '${shown}'.${hint}` });
}

function matches(route: readonly string[], parts: readonly string[]): boolean {
  return route.length === parts.length && route.every((part, i) => part.startsWith(':') || part === parts[i]);
}

/** The routes with the caller's own words in their open parts, so that a slip in a fixed part is what counts. */
function filledIn(parts: readonly string[]): string[] {
  return Object.keys(ROUTES).map((route) =>
    route
      .split('/')
      .map((part, i) => (part.startsWith(':') ? (parts[i] ?? part) : part))
      .join('/'),
  );
}

const NAME_SHOWN = 100;

/** @throws always: what is served has no such name */
export function unknownName(
  code: 'MW_SERVE_MODEL_UNKNOWN' | 'MW_SERVE_SOURCE_UNKNOWN',
  what: 'model' | 'source',
  name: string,
  known: Iterable<string>,
): never {
  const shown = name.length > NAME_SHOWN ? `${name.slice(0, NAME_SHOWN)}...` : name;
  fail(code, { what: `There is no ${what} '${shown}' here.${didYouMean(name, known)}`, where: { [what]: shown } });
}
