import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MillwrightError } from '../base/error.js';
import { random } from '../base/random.js';
import { decodeFrame, encodeFrame } from './codec.js';
import { type Column, columnFrom } from './column.js';
import { type Frame, frame } from './frame.js';

const numbers = fc.oneof(
  fc.double(),
  fc.integer({ min: -130, max: 130 }),
  fc.integer({ min: -40_000, max: 40_000 }),
  fc.integer({ min: -2_147_483_650, max: 2_147_483_650 }),
  fc.constantFrom(0, -0, Number.NaN, 0.5, 1 / 3, 2 ** 53, -128, -32_768, -2_147_483_648, Number.POSITIVE_INFINITY),
);
const tables: fc.Arbitrary<Frame> = fc.integer({ min: 0, max: 40 }).chain((rows) => {
  const list = <T>(of: fc.Arbitrary<T>) => fc.array(of, { minLength: rows, maxLength: rows });
  const column: fc.Arbitrary<Column> = fc.oneof(
    fc
      .constantFrom(...([1, 3, 4] as const))
      .chain((share) => list(share === 1 ? numbers : fc.integer({ min: -200 * share, max: 200 * share })))
      .map((values) => columnFrom('number', values)),
    list(fc.option(numbers)).map((values) => columnFrom('timestamp', values)),
    list(fc.option(fc.boolean())).map((values) => columnFrom('boolean', values)),
    list(fc.option(fc.string({ unit: 'grapheme' }))).map((values) => columnFrom('string', values)),
  );
  return fc
    .dictionary(fc.string({ unit: 'grapheme', maxLength: 6 }), column, { maxKeys: 5 })
    .map((columns) => frame(columns, rows));
});

const codeOf = (run: () => unknown) => {
  try {
    run();
    return 'none';
  } catch (error) {
    return error instanceof MillwrightError ? error.code : String(error);
  }
};

const bytes = (values: Float64Array) => encodeFrame(frame({ x: { kind: 'number', values } }));
const size = (of: (i: number) => number) => bytes(Float64Array.from({ length: 8000 }, (_, i) => of(i))).length;

describe('codec', () => {
  it('gives every frame back, bit for bit, with its column order', () => {
    fc.assert(
      fc.property(tables, (table) => {
        const back = decodeFrame(encodeFrame(table));
        expect(Object.keys(back.columns)).toEqual(Object.keys(table.columns));
        expect(back).toEqual(table);
        for (const [name, column] of Object.entries(table.columns)) {
          const other = back.columns[name];
          if (column.kind === 'number' && other.kind === 'number')
            column.values.forEach((value, i) => expect(Object.is(value, other.values[i])).toBe(true));
        }
      }),
      { seed: 11, numRuns: 300 },
    );
  });

  it('is deterministic, also for NaNs of different bits', () => {
    const odd = new Float64Array(2);
    new BigUint64Array(odd.buffer)[0] = 0x7ff8_0000_0000_0001n;
    odd[1] = 0.1;
    const plain = new Float64Array([Number.NaN, 0.1]);
    expect(bytes(odd)).toEqual(bytes(plain));
  });

  it('keeps numbers in the narrowest exact form', () => {
    expect(size((i) => i % 100)).toBeLessThan(8100);
    expect(size((i) => i)).toBeLessThan(16_100);
    expect(size((i) => i * 1000)).toBeLessThan(32_100);
    expect(size((i) => i / 4)).toBeLessThan(32_100);
    expect(size((i) => i / 3)).toBeGreaterThan(64_000);
  });

  it('reads bytes at any offset of a larger buffer', () => {
    const table = frame({ a: columnFrom('number', [1, null, 2.5]), b: columnFrom('string', ['x', null, 'y']) });
    const encoded = encodeFrame(table);
    const larger = Buffer.alloc(encoded.length + 20);
    larger.set(encoded, 3);
    expect(decodeFrame(larger.subarray(3, 3 + encoded.length))).toEqual(table);
  });

  it('answers any damage with a coded error', () => {
    const table = frame({
      a: columnFrom('number', [1, null, 2.5, 9]),
      b: columnFrom('string', ['x', null, 'y', 'x']),
      c: columnFrom('boolean', [true, null, false, true]),
    });
    const good = encodeFrame(table);
    const source = random(5);
    for (let i = 0; i < good.length * 8; i++) {
      const bad = good.slice();
      bad[i >> 3] ^= 1 << (i & 7);
      expect(codeOf(() => decodeFrame(bad))).toMatch(/^MW_FRAME_(CORRUPT|NEWER)$/);
    }
    for (let cut = 0; cut < good.length; cut++)
      expect(codeOf(() => decodeFrame(good.subarray(0, cut)))).toBe('MW_FRAME_CORRUPT');
    for (let run = 0; run < 2000; run++) {
      const noise = Uint8Array.from({ length: source.below(200) }, () => source.below(256));
      noise.set(good.subarray(0, Math.min(noise.length, 8)));
      expect(codeOf(() => decodeFrame(noise))).toBe('MW_FRAME_CORRUPT');
    }
  });

  it('names a newer version', () => {
    const newer = bytes(new Float64Array(1));
    newer[3] = 2;
    expect(codeOf(() => decodeFrame(newer))).toBe('MW_FRAME_NEWER');
  });
});
