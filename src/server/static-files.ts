import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { hashBytes } from '../base/hash.js';

export interface StaticFile {
  readonly bytes: Buffer;
  readonly type: string;
  readonly tag: string;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.json': 'application/json; charset=utf-8',
  '.woff2': 'font/woff2',
};

/** Nothing but the server itself may be asked for or run. */
export const CONTENT_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/**
 * The files of a folder by URL path, read once: a request can only ever name one of these, so no path escapes the folder. Empty
 * when there is no such folder.
 */
export function loadStaticFiles(folder: string): ReadonlyMap<string, StaticFile> {
  const files = new Map<string, StaticFile>();
  const visit = (path: string): void => {
    for (const name of readdirSync(path)) {
      const inner = join(path, name);
      if (statSync(inner).isDirectory()) {
        visit(inner);
        continue;
      }
      const type = TYPES[extname(name)];
      if (!type) continue;
      const bytes = readFileSync(inner);
      const file = { bytes, type, tag: `"${hashBytes(bytes).slice(7, 23)}"` };
      const url = `/${relative(folder, inner).split(sep).join('/')}`;
      files.set(url, file);
      if (url === '/index.html') files.set('/', file);
    }
  };
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) visit(folder);
  return files;
}
