import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hashBytes } from '../../src/base/hash.js';
import { random } from '../../src/base/random.js';

/** Bytes of an artifact, known by their seed. */
export function crashArtifact(seed: number, length: number): Uint8Array {
  const source = random(seed);
  const words = new Uint32Array(Math.ceil(length / 4) + 1);
  for (let i = 0; i < words.length; i++) words[i] = source.uint32();
  return new Uint8Array(words.buffer, 0, length);
}

/** The record that belongs at an offset: its length and every byte follow from the offset. */
export function crashRecord(offset: number): Uint8Array {
  return new Uint8Array(offset % 977).fill(offset % 251);
}

/** Names of the artifacts in a store's folder whose bytes are not what their name says: half-written ones. */
export async function falseArtifacts(store: string): Promise<readonly string[]> {
  const found: string[] = [];
  const folder = join(store, 'artifacts');
  for (const start of await readdir(folder)) {
    if (start === 'partial') continue;
    for (const rest of await readdir(join(folder, start)))
      if (hashBytes(await readFile(join(folder, start, rest))) !== `sha256:${start}${rest}`) found.push(start + rest);
  }
  return found;
}
