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
