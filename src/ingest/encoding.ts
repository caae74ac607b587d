import { isUtf8 } from 'node:buffer';
import { TextDecoder } from 'node:util';
import { type Encoding, knownEncoding } from '../base/encoding-name.js';

export type { Encoding } from '../base/encoding-name.js';

/** What the first bytes of a text say about its encoding beyond doubt; null when they are UTF-8 as far as they go, or any other. */
export function markedEncoding(head: Uint8Array): Encoding | null {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return 'utf-8';
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)) return 'utf-16';
  return zeroSide(head) === null ? null : 'utf-16';
}

/** A decoder of the encoding's bytes; UTF-16 is little-endian unless its mark or its zero bytes say otherwise. */
export function decoderOf(encoding: Encoding, head: Uint8Array): TextDecoder {
  if (encoding !== 'utf-16') return new TextDecoder(knownEncoding(encoding) ?? 'utf-8');
  const bigEndian = (head[0] === 0xfe && head[1] === 0xff) || zeroSide(head) === 0;
  return new TextDecoder(bigEndian ? 'utf-16be' : 'utf-16le');
}

/** Of Latin text in UTF-16, every second byte is zero: 0 when the first of each pair is, 1 when the second is. */
function zeroSide(head: Uint8Array): 0 | 1 | null {
  const pairs = Math.min(head.length, 1024) >> 1;
  if (pairs < 4) return null;
  let even = 0;
  let odd = 0;
  for (let pair = 0; pair < pairs; pair++) {
    if (head[pair * 2] === 0) even++;
    if (head[pair * 2 + 1] === 0) odd++;
  }
  if (odd > pairs * 0.7 && even < pairs * 0.1) return 1;
  if (even > pairs * 0.7 && odd < pairs * 0.1) return 0;
  return null;
}

/** Whether bytes are UTF-8, but for a character that is cut off at their end. */
export const startsAsUtf8 = (bytes: Uint8Array): boolean => isUtf8(wholeCharacters(bytes));

/** The bytes without the beginning of a character at their end. */
export function wholeCharacters(bytes: Uint8Array): Uint8Array {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] as number;
    if (byte < 0x80) return bytes;
    if (byte >= 0xc0) {
      const needs = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return needs > back ? bytes.subarray(0, bytes.length - back) : bytes;
    }
  }
  return bytes;
}
