import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CrcRanges } from './crc-ranges.js';

test('the checksum of any stretch is that of its bytes, whatever it is started from', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 1000 }),
      fc.nat(1000),
      fc.nat(1000),
      fc.integer({ min: 0, max: 0xffffffff }),
      (bytes, a, b, seed) => {
        const from = Math.min(a, b, bytes.length);
        const to = Math.min(Math.max(a, b), bytes.length);
        expect(new CrcRanges(bytes).of(from, to, seed)).toBe(from === to ? seed : crc32(bytes.subarray(from, to), seed));
      },
    ),
    { numRuns: 300, seed: 1 },
  );
  const large = Buffer.alloc(3_000_000, 'abcdefg');
  expect(new CrcRanges(large).of(5, 2_999_999, 7)).toBe(crc32(large.subarray(5, 2_999_999), 7));
});
