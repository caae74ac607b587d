import { TextDecoder } from 'node:util';

/** utf-8, utf-16, latin-1, or any label of the WHATWG list. */
export type Encoding = string;

/** The label of TextDecoder for an encoding; null when there is none. UTF-16 is told by its bytes. */
export function knownEncoding(encoding: Encoding): string | null {
  if (encoding === 'latin-1') return 'windows-1252';
  if (encoding === 'utf-16') return 'utf-16le';
  try {
    return new TextDecoder(encoding).encoding;
  } catch {
    return null;
  }
}
