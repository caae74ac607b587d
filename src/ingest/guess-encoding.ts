import { isUtf8 } from 'node:buffer';
import { TextDecoder } from 'node:util';
import type { Encoding } from './encoding.js';

/** An encoding of two bytes a character, and the first bytes of its commonest characters. */
interface DoubleByte {
  readonly encoding: Encoding;
  readonly chardet: string;
  readonly low: number;
  readonly high: number;
  /** Lowest second byte of common characters. */
  readonly second: number;
}

const DOUBLE_BYTE: readonly DoubleByte[] = [
  { encoding: 'gb18030', chardet: 'GB18030', low: 0xb0, high: 0xd7, second: 0xa1 },
  { encoding: 'shift_jis', chardet: 'Shift_JIS', low: 0x82, high: 0x98, second: 0x40 },
  { encoding: 'euc-jp', chardet: 'EUC-JP', low: 0xa4, high: 0xcf, second: 0xa1 },
  { encoding: 'euc-kr', chardet: 'EUC-KR', low: 0xb0, high: 0xc8, second: 0xa1 },
  { encoding: 'big5', chardet: 'Big5', low: 0xa4, high: 0xc6, second: 0x40 },
];
/** Share of the characters that must be common ones. */
const COMMON = 0.7;
const SURE_SINGLE = 25;
const UTF8_LINES = 0.9;

/**
 * The likeliest encoding of lines that have bytes beyond ASCII and are not all UTF-8. It is a guess, and is told as one.
 * @param lines some such lines
 */
export async function guessEncoding(lines: readonly Uint8Array[]): Promise<Encoding> {
  if (lines.length > 0 && lines.filter((line) => isUtf8(line)).length >= UTF8_LINES * lines.length) return 'utf-8';
  const bytes = Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')]));
  const { analyse } = (await import('chardet')).default;
  const matches = analyse(bytes);
  const confidence = (name: string) => matches.find((match) => match.name === name)?.confidence ?? 0;
  const doubles = DOUBLE_BYTE.map((each) => ({ ...each, share: commonShare(bytes, each) }))
    .filter(({ share, encoding }) => share >= COMMON && decodes(bytes, encoding))
    .sort((a, b) => confidence(b.chardet) - confidence(a.chardet) || b.share - a.share);
  if (doubles[0]) return doubles[0].encoding;
  const western = Math.max(confidence('ISO-8859-1'), confidence('windows-1252'));
  const single = matches.find(({ name }) => /^(?:windows-125|ISO-8859-|KOI8)/.test(name));
  return single && single.confidence >= SURE_SINGLE && single.confidence > western + 5 && decodes(bytes, single.name)
    ? single.name.toLowerCase()
    : 'latin-1';
}

function decodes(bytes: Uint8Array, encoding: Encoding): boolean {
  try {
    new TextDecoder(encoding, { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Share of the pairs of bytes that are common characters of an encoding. */
function commonShare(bytes: Uint8Array, { low, high, second }: DoubleByte): number {
  let pairs = 0;
  let common = 0;
  for (let i = 0; i < bytes.length; i++) {
    const first = bytes[i] as number;
    if (first < 0x80) continue;
    pairs++;
    if (first >= low && first <= high && (bytes[i + 1] ?? 0) >= second) common++;
    i++;
  }
  return pairs === 0 ? 0 : common / pairs;
}
