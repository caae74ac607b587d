import { readFile } from 'node:fs/promises';
import { dirname, relative, sep } from 'node:path';
import { fail } from '../base/error.js';
import { type ContentHash, hashBytes, hashData } from '../base/hash.js';
import { packageVersion } from '../base/package-version.js';

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
