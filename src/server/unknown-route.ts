import { MillwrightError } from '../base/error.js';
import { nearest } from '../base/nearest.js';

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

/** 405 for a known path with another method, else 404 with the nearest route. */
export function unknownRoute(method: string, path: string): { error: MillwrightError; allow: string | undefined } {
  const parts = path.split('/');
  const known = Object.keys(ROUTES).find((route) => matches(route.split('/'), parts));
  if (known) {
    const allow = ROUTES[known] as string;
    const what = `${method} is not a method of ${known}.`;
    return { error: new MillwrightError('MW_SERVE_METHOD', { what, fix: `Use ${allow}.` }), allow };
  }
  const shown = path.length > PATH_SHOWN ? `${path.slice(0, PATH_SHOWN)}...` : path;
  const close = path.length > PATH_SHOWN ? undefined : nearest(path, filledIn(parts));
  const hint = close === undefined ? '' : ` Did you mean '${close}'?`;
  return {
    error: new MillwrightError('MW_SERVE_ROUTE_UNKNOWN', { what: `There is no route '${shown}'.${hint}` }),
    allow: undefined,
  };
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
