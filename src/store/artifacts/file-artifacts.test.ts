import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { artifactConformance } from '../../../test/conformance/store-artifacts.js';
import { FileArtifacts } from './file-artifacts.js';

const open = async (folder: string) => {
  const artifacts = new FileArtifacts(folder);
  await artifacts.prepare();
  return artifacts;
};

artifactConformance('a folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'millwright-artifacts-'));
  return {
    open: () => open(folder),
    spoil: async (hash) => writeFile(await (await open(folder)).pathOf(hash), 'the trust'),
    destroy: () => rm(folder, { recursive: true, force: true }),
  };
});

test('what killed processes left half-written is cleared away, what living ones write is not', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'millwright-artifacts-'));
  await open(folder);
  const dead = `${2 ** 22 + 5}-0-1.tmp`;
  const living = `${process.pid}-0-999999.tmp`;
  for (const name of [dead, living]) await writeFile(join(folder, 'partial', name), 'half');
  const artifacts = await open(folder);
  expect(await readdir(join(folder, 'partial'))).toEqual([living]);
  await artifacts.put(Buffer.from('x'));
  expect(await readdir(join(folder, 'partial'))).toEqual([living]);
  await rm(folder, { recursive: true });
});

test('an artifact that was cut short is written again', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'millwright-artifacts-'));
  const artifacts = await open(folder);
  const bytes = Buffer.from('all of it');
  const hash = await artifacts.put(bytes);
  await writeFile(await artifacts.pathOf(hash), 'all');
  await expect(artifacts.get(hash)).rejects.toEqual(expect.objectContaining({ code: 'MW_ARTIFACT_CORRUPT' }));
  expect(await artifacts.put(bytes)).toBe(hash);
  expect(Buffer.from(await artifacts.get(hash)).toString()).toBe('all of it');
  await rm(folder, { recursive: true });
});
