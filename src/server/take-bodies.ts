import type { FastifyInstance } from 'fastify';
import { parseJson, readBody, requireJson } from './read-body.js';
import type { ServerOptions } from './server-options.js';
import type { Visits } from './visits.js';

/** Rows of a body that each route takes; a route that is not here takes no body. */
const ROWS: Readonly<Record<string, (options: ServerOptions) => number>> = {
  '/v1/models/:name/labels': ({ labels }) => labels,
  '/v1/sources/:source/rows': ({ pushRows }) => pushRows,
};

/** Makes the framework take JSON bodies, and no others, within the limits of their routes. */
export function takeBodies(app: FastifyInstance, visits: Visits, options: ServerOptions): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', ({ raw, headers, routeOptions }, _payload, done) => {
    const visit = visits.of(raw);
    if (!visit) return;
    const rowsOf = ROWS[routeOptions.url ?? ''];
    if (!rowsOf) {
      // Nobody reads it: the answer is that there is no such route.
      done(null, undefined);
      return;
    }
    const limits = {
      bytes: options.bodyLimit,
      together: options.bodiesLimit,
      depth: options.bodyDepth,
      rows: rowsOf(options),
      fix: 'Send them in several requests.',
    };
    try {
      requireJson(headers['content-type'], headers['content-encoding']);
    } catch (thrown) {
      done(thrown as Error);
      return;
    }
    readBody(visit, visits, limits, (bytes, error) => {
      if (bytes === null) return done(error as Error);
      try {
        done(null, parseJson(bytes));
      } catch (thrown) {
        done(thrown as Error);
      }
    });
  });
}
