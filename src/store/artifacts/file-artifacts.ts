import { createHash } from 'node:crypto';
import { createReadStream, constants as fsConstants } from 'node:fs';
import { copyFile, open, readdir, readFile, rename, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fail } from '../../base/error.js';
import { type ContentHash, hashBytes } from '../../base/hash.js';
import { diskError, errno, onDisk } from '../disk-error.js';
import { isLeftOver, makeFolder, syncFolder, temporaryName, writeWhole } from '../durable-file.js';
import type { ArtifactStore } from '../ports.js';

const HASH = /^sha256:[0-9a-f]{64}$/;
/** Largest artifact that is read into memory at once: the limit of Node's readFile. */
const MAX_READ = 2 ** 31 - 1;

/** Artifacts as files named by their hash, `<first two digits>/<the rest>`. */
export class FileArtifacts implements ArtifactStore {
  readonly #folder: string;
  readonly #readOnly: boolean;

  constructor(folder: string, options: { readonly readOnly?: boolean } = {}) {
    this.#folder = folder;
    this.#readOnly = options.readOnly ?? false;
  }

  /** Makes the folders, and clears away what killed processes left half-written. */
  async prepare(): Promise<void> {
    const folder = join(this.#folder, 'partial');
    await onDisk('prepare the artifact folder', folder, async () => {
      await makeFolder(folder);
      for (const name of await readdir(folder)) {
        if (isLeftOver(name)) await unlink(join(folder, name)).catch(() => {});
      }
    });
  }

  async put(bytes: Uint8Array): Promise<ContentHash> {
    this.#checkWritable();
    const hash = hashBytes(bytes);
    const path = this.#path(hash);
    await onDisk('store an artifact', path, async () => {
      if ((await sizeOf(path)) === bytes.length) return;
      await makeFolder(dirname(path));
      await writeWhole(path, bytes, this.#temporary());
    });
    return hash;
  }

  async putFile(source: string): Promise<{ readonly hash: ContentHash; readonly bytes: number }> {
    this.#checkWritable();
    const known = await onDisk('read the file to store', source, () => hashFile(source));
    if ((await sizeOf(this.#path(known.hash))) === known.bytes) return known;
    const temporary = this.#temporary();
    return onDisk('store an artifact', this.#path(known.hash), async () => {
      try {
        await copyFile(source, temporary, fsConstants.COPYFILE_FICLONE);
        // The source may have changed since it was hashed: the copy is what gets the name.
        const stored = await hashFile(temporary);
        const path = this.#path(stored.hash);
        const handle = await open(temporary, 'r+');
        await handle.sync().finally(() => handle.close());
        await makeFolder(dirname(path));
        await rename(temporary, path);
        await syncFolder(dirname(path));
        return stored;
      } catch (thrown) {
        await unlink(temporary).catch(() => {});
        throw thrown;
      }
    });
  }

  async get(hash: ContentHash): Promise<Uint8Array> {
    const path = await this.pathOf(hash);
    const size = await onDisk('read an artifact', path, async () => (await stat(path)).size);
    if (size > MAX_READ)
      fail('MW_ARTIFACT_TOO_LARGE', { what: `The artifact ${hash} has ${size} bytes; at most ${MAX_READ} are read at once.` });
    const bytes = await onDisk('read an artifact', path, () => readFile(path));
    const found = hashBytes(bytes);
    if (found !== hash)
      fail('MW_ARTIFACT_CORRUPT', {
        what: `The artifact ${hash} holds other bytes: they hash to ${found}.`,
        where: { file: path, bytes: bytes.length },
      });
    return bytes;
  }

  async has(hash: ContentHash): Promise<boolean> {
    return (await sizeOf(this.#path(hash))) !== undefined;
  }

  async pathOf(hash: ContentHash): Promise<string> {
    const path = this.#path(hash);
    if ((await sizeOf(path)) === undefined)
      fail('MW_ARTIFACT_MISSING', { what: `There is no artifact ${hash}.`, where: { file: path } });
    return path;
  }

  async *list(): AsyncGenerator<{ readonly hash: ContentHash; readonly bytes: number; readonly at: number }, void> {
    for (const start of (await inside(this.#folder)).filter((name) => /^[0-9a-f]{2}$/.test(name)).toSorted())
      for (const rest of (await inside(join(this.#folder, start))).toSorted()) {
        const hash = `sha256:${start}${rest}` as ContentHash;
        if (!HASH.test(hash)) continue;
        const path = this.#path(hash);
        const { size, mtimeMs } = await onDisk('read an artifact', path, () => stat(path));
        yield { hash, bytes: size, at: mtimeMs };
      }
  }

  async remove(hash: ContentHash): Promise<void> {
    this.#checkWritable();
    const path = this.#path(hash);
    await onDisk('remove an artifact', path, async () => {
      await unlink(path).catch((thrown: unknown) => {
        if (errno(thrown) !== 'ENOENT') throw thrown;
      });
    });
  }

  #path(hash: ContentHash): string {
    if (!HASH.test(hash)) fail('MW_ARTIFACT_INVALID', { what: `'${hash}' is not a content hash.` });
    const digits = hash.slice('sha256:'.length);
    return join(this.#folder, digits.slice(0, 2), digits.slice(2));
  }

  #temporary(): string {
    return join(this.#folder, 'partial', temporaryName());
  }

  #checkWritable(): void {
    if (this.#readOnly)
      fail('MW_STORE_READ_ONLY', { what: 'The artifact cannot be stored.', where: { store: dirname(this.#folder) } });
  }
}

/** Names in a folder; none when it is not there. */
async function inside(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (thrown) {
    if (errno(thrown) === 'ENOENT') return [];
    throw diskError(thrown, 'list the artifacts', folder);
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (thrown) {
    if (errno(thrown) === 'ENOENT') return undefined;
    throw diskError(thrown, 'read an artifact', path);
  }
}

/** The content hash of a file, and its size. */
export async function hashFile(path: string): Promise<{ readonly hash: ContentHash; readonly bytes: number }> {
  const digest = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    digest.update(chunk);
    bytes += chunk.length;
  }
  return { hash: `sha256:${digest.digest('hex')}`, bytes };
}
