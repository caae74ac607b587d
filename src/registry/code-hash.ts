import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fail } from '../base/error.js';
import { type ContentHash, hashBytes, hashData } from '../base/hash.js';

/**
 * What the code was: the package's own version and the files of the definition. Paths count relative to the first file's folder, so the
 * same definition has the same hash wherever it lies.
 * @throws MW_REGISTRY_INVALID when a file cannot be read
 */
export async function codeHash(files: readonly string[]): Promise<ContentHash> {
  const root = dirname(files[0] ?? '.');
  const entries = await Promise.all(
    files.map(async (file) => [relative(root, file).split(sep).join('/'), hashBytes(await contentOf(file))] as const),
  );
  return hashData({ millwright: packageVersion(), files: Object.fromEntries(entries) });
}

async function contentOf(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (thrown) {
    return fail('MW_REGISTRY_INVALID', {
      what: `'${file}' cannot be read: ${thrown instanceof Error ? thrown.message : String(thrown)}.`,
      where: { file },
      fix: 'Check that the file of the definition is still there.',
      cause: thrown,
    });
  }
}

let version: string | undefined;

/** From the package.json nearest above this file: src and dist lie at different depths. */
function packageVersion(): string {
  if (version !== undefined) return version;
  for (let folder = dirname(fileURLToPath(import.meta.url)); folder !== dirname(folder); folder = dirname(folder)) {
    try {
      const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name?: string; version?: string };
      if (manifest.name === 'millwright' && manifest.version) {
        version = manifest.version;
        return version;
      }
    } catch {
      // not here: one folder up
    }
  }
  return fail('MW_INTERNAL', { what: 'The package.json of millwright was not found.' });
}
