import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ContentHash, hashBytes } from '../../src/base/hash.js';
import type { ArtifactStore } from '../../src/store/ports.js';

/** One artifact store to put to the test: `open` opens it (again), on the same bytes. */
export interface ArtifactsUnderTest {
  open(): Promise<ArtifactStore>;
  /** Spoils the stored bytes of an artifact behind the store's back. */
  spoil(hash: ContentHash): Promise<void>;
  destroy(): Promise<void>;
}

/** What every artifact store must do. */
export function artifactConformance(name: string, make: () => Promise<ArtifactsUnderTest>): void {
  describe(`${name} is an artifact store`, () => {
    let under: ArtifactsUnderTest;
    let artifacts: ArtifactStore;
    let folder: string;
    beforeEach(async () => {
      under = await make();
      artifacts = await under.open();
      folder = await mkdtemp(join(tmpdir(), 'millwright-artifacts-'));
    });
    afterEach(async () => {
      await under.destroy();
      await rm(folder, { recursive: true, force: true });
    });
    const refused = (code: string) => expect.objectContaining({ code });

    test('what is put is got, by its content hash, from another opening too', async () => {
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ maxLength: 5000 }), async (bytes) => {
          const hash = await artifacts.put(bytes);
          expect(hash).toBe(hashBytes(bytes));
          expect(Buffer.compare(await (await under.open()).get(hash), bytes)).toBe(0);
          expect(await artifacts.has(hash)).toBe(true);
        }),
        { numRuns: 30, seed: 1 },
      );
    });

    test('putting the same bytes again, or at once from many, is putting them once', async () => {
      const bytes = Buffer.alloc(100_000, 7);
      const other = await under.open();
      const hashes = await Promise.all(Array.from({ length: 16 }, (_, i) => (i % 2 ? artifacts : other).put(bytes)));
      expect(new Set(hashes)).toEqual(new Set([hashBytes(bytes)]));
      expect(Buffer.compare(await artifacts.get(hashBytes(bytes)), bytes)).toBe(0);
    });

    test('a file is stored as its bytes, whatever becomes of the file', async () => {
      const path = join(folder, 'file');
      for (const size of [0, 1, 3_000_001]) {
        const bytes = Buffer.alloc(size, 'abcdefg');
        await writeFile(path, bytes);
        const stored = await artifacts.putFile(path);
        expect(stored).toEqual({ hash: hashBytes(bytes), bytes: size });
        expect(await artifacts.putFile(path)).toEqual(stored);
        await writeFile(path, 'something else');
        expect(Buffer.compare(await artifacts.get(stored.hash), bytes)).toBe(0);
        expect(Buffer.compare(await readFile(await artifacts.pathOf(stored.hash)), bytes)).toBe(0);
        expect(await artifacts.put(bytes)).toBe(stored.hash);
      }
      await expect(artifacts.putFile(join(folder, 'none'))).rejects.toEqual(refused('MW_STORE_FAILED'));
    });

    test('what is not there is missing; what is no hash is refused', async () => {
      const none = hashBytes('none');
      expect(await artifacts.has(none)).toBe(false);
      await expect(artifacts.get(none)).rejects.toEqual(refused('MW_ARTIFACT_MISSING'));
      await expect(artifacts.pathOf(none)).rejects.toEqual(refused('MW_ARTIFACT_MISSING'));
      for (const bad of ['', 'sha256:', 'sha256:../../../etc/passwd', none.toUpperCase(), `${none}0`])
        await expect(artifacts.get(bad as ContentHash)).rejects.toEqual(refused('MW_ARTIFACT_INVALID'));
    });

    test('spoilt bytes are never handed out', async () => {
      const hash = await artifacts.put(Buffer.from('the truth'));
      await under.spoil(hash);
      await expect(artifacts.get(hash)).rejects.toEqual(refused('MW_ARTIFACT_CORRUPT'));
    });
  });
}
