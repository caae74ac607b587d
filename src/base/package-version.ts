import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

interface Found {
  readonly folder: string;
  readonly version: string;
}

/** The package.json nearest above this file (src and dist lie at different depths). */
function manifest(): Found | null {
  for (let folder = dirname(fileURLToPath(import.meta.url)); folder !== dirname(folder); folder = dirname(folder)) {
    try {
      const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, unknown>;
      if (name === 'millwright' && typeof version === 'string') return { folder, version };
    } catch {
      // not here: one folder up
    }
  }
  return null;
}

/** The package's version. */
export const packageVersion = (): string => manifest()?.version ?? 'unknown';

/** The folder that the package lies in; null when it was taken apart. */
export const packageFolder = (): string | null => manifest()?.folder ?? null;
