import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MillwrightError } from '../../base/error.js';
import { random } from '../../base/random.js';
import { mutate } from '../testing/examples.js';
import { readModelFile } from './read-model-file.js';
import { constantTree, lightgbmText, stump, xgboostJson, xgboostStump } from './testing/model-files.js';
import { packed, type Ubjson, ubjson } from './testing/ubjson.js';

const folder = join(import.meta.dirname, 'testing/files');
const files = readdirSync(folder)
  .filter((name) => !name.endsWith('.expected.json'))
  .map((name) => [name, readFileSync(join(folder, name))] as const);
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The code that a file is refused with; 'none' for one that is read, whose model then must predict. */
const codeOf = (bytes: Uint8Array): string => {
  try {
    const { model } = readModelFile(bytes);
    const out = new Float64Array(model.outputs);
    model.predictRow(new Float64Array(model.inputs).fill(1), out);
    model.predictRow(new Float64Array(model.inputs).fill(Number.NaN), out);
    return 'none';
  } catch (thrown) {
    if (thrown instanceof MillwrightError) return thrown.code;
    throw thrown;
  }
};
const refused = /^MW_EXCHANGE_(CORRUPT|UNSUPPORTED|FORMAT)$/;

describe.each(files)('%s', (_, whole) => {
  it('is refused wherever it is cut off before its trees end', () => {
    const text = Buffer.from(whole).toString('latin1');
    const end = text.includes('end of trees') ? text.indexOf('end of trees') : whole.length - 2;
    fc.assert(
      fc.property(fc.nat(end), (length) => {
        expect(codeOf(whole.subarray(0, length))).toMatch(refused);
      }),
      { numRuns: 150 },
    );
  });

  it('is read or refused with a code, whatever bytes are changed', () => {
    let bad = 0;
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 30 }), (seed, changes) => {
        const code = codeOf(mutate(whole, random(seed), changes));
        if (code !== 'none') {
          expect(code).toMatch(refused);
          bad += 1;
        }
      }),
      { numRuns: 150 },
    );
    expect(bad).toBeGreaterThan(20);
  });

  it('is read or refused with a code, whatever piece is cut out, doubled or moved', () => {
    fc.assert(
      fc.property(fc.nat(whole.length), fc.nat(whole.length), fc.nat(whole.length), (a, b, c) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        const piece = whole.subarray(from, to);
        const without = Buffer.concat([whole.subarray(0, from), whole.subarray(to)]);
        for (const other of [
          without,
          Buffer.concat([whole.subarray(0, to), piece, whole.subarray(to)]),
          Buffer.concat([without.subarray(0, c), piece, without.subarray(c)]),
        ]) {
          const code = codeOf(other);
          if (code !== 'none') expect(code).toMatch(refused);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('is read or refused with a code, whatever its numbers are changed to', () => {
    const text = Buffer.from(whole).toString('latin1');
    if (text.startsWith('{L')) return;
    const numbers = [...text.matchAll(/-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/g)];
    const others = ['-1', '-2147483648', '2147483648', '4294967296', '1e308', '1e999', 'nan', 'inf', 'NaN', '0', '', '-0'];
    fc.assert(
      fc.property(fc.nat(numbers.length - 1), fc.constantFrom(...others), (k, other) => {
        const found = numbers[k] as RegExpExecArray;
        const changed = text.slice(0, found.index) + other + text.slice(found.index + found[0].length);
        const code = codeOf(Buffer.from(changed, 'latin1'));
        if (code !== 'none') expect(code).toMatch(refused);
      }),
      { numRuns: 300 },
    );
  });
});

describe('bytes that nobody wrote', () => {
  it('are refused with a code', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.constantFrom('', 'tree\n', '{"', '{L', '{$d#L', '{#U', '{i\x01a['),
        (tail, head) => {
          expect(codeOf(Buffer.concat([encode(head), tail]))).toMatch(refused);
        },
      ),
      { numRuns: 1500 },
    );
  });

  it('are refused when they nest deeper than a model does', () => {
    for (const [open, size] of [
      ['[', 100_000],
      ['{"a":', 50_000],
      ['[{"a":', 50_000],
    ] as const)
      expect(codeOf(encode(`{"a":${open.repeat(size)}`))).toBe('MW_EXCHANGE_CORRUPT');
    for (const open of ['[', '{U\x01a', '[$[#U\x01', '[#U\x01['])
      expect(codeOf(encode(`{U\x01a${open.repeat(100_000)}`))).toBe('MW_EXCHANGE_CORRUPT');
  });

  it('are refused when they claim more than they hold', () => {
    const huge = Uint8Array.of(0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff);
    for (const head of [
      '{U\x01a[$d#L',
      '{U\x01a[$U#L',
      '{U\x01a[$Z#L',
      '{U\x01a[$T#L',
      '{U\x01a[$N#L',
      '{U\x01a[#L',
      '{U\x01aSL',
      '{#L',
      '{L',
    ])
      expect(codeOf(Buffer.concat([encode(head), huge, new Uint8Array(40)]))).toBe('MW_EXCHANGE_CORRUPT');
  });

  it('are refused when they have more parts than any model', () => {
    const lists = (count: number) => encode(`{"a":[${'[],'.repeat(count)}[]]}`);
    expect(codeOf(lists(4_000_001))).toBe('MW_EXCHANGE_CORRUPT');
    expect(codeOf(encode(`tree\n${'\nTree='.repeat(1_100_000)}`))).toBe('MW_EXCHANGE_CORRUPT');
    expect(codeOf(encode(`tree\n${Array.from({ length: 3000 }, (_, k) => `x${k}\n`).join('')}`))).toBe('MW_EXCHANGE_CORRUPT');
  });

  it('are read in a time that grows with their length', () => {
    // Quotes that never close, where a reader that looks ahead from each of them would need hours.
    const escaped = '\\"'.repeat(2_000_000);
    expect(codeOf(encode(`{"a":"${escaped}`))).toBe('MW_EXCHANGE_CORRUPT');
    expect(codeOf(encode(`{${'N'.repeat(4_000_000)}`))).toBe('MW_EXCHANGE_FORMAT');
    expect(codeOf(encode(`{U\x01a${'N'.repeat(4_000_000)}`))).toBe('MW_EXCHANGE_CORRUPT');
    expect(codeOf(encode(`tree\nmax_feature_idx=${' '.repeat(4_000_000)}x`))).toBe('MW_EXCHANGE_CORRUPT');
    expect(codeOf(encode(`tree\n${'='.repeat(4_000_000)}`))).toBe('MW_EXCHANGE_CORRUPT');
  });
});

describe('names that mean something to JavaScript', () => {
  const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];

  it('are names like others: unknown ones are refused where they could mean something, and so is the same one twice', () => {
    const good = xgboostJson({}, [xgboostStump(0, true)]);
    for (const name of names) {
      expect(codeOf(encode(good.replace('{', `{"${name}":{"learner":1},`)))).toBe('MW_EXCHANGE_UNSUPPORTED');
      expect(codeOf(encode(good.replace('"attributes":{', `"attributes":{"${name}":"x"`)))).toBe('none');
      expect(codeOf(encode(good.replace('{', `{"${name}":1,"${name}":2,`)))).toBe('MW_EXCHANGE_CORRUPT');
      const text = lightgbmText({ [name]: 'x' }, [stump(2), `${constantTree(1)}\n${name}=1`]);
      expect(codeOf(encode(text))).toBe('MW_EXCHANGE_UNSUPPORTED');
    }
    const within = good.replace('"attributes":{', '"attributes":{"__proto__":{"gradient_booster":1}');
    expect(codeOf(encode(within))).toBe('none');
    expect(Object.hasOwn(Object.prototype, 'learner')).toBe(false);
  });

  it('do not stand in for what a model lacks', () => {
    for (const name of names) {
      expect(codeOf(encode(`{"learner":"${name}"}`))).toBe('MW_EXCHANGE_CORRUPT');
      const unknown = xgboostJson({ objective: name }, [xgboostStump(0, true)]);
      expect(codeOf(encode(unknown))).toBe('MW_EXCHANGE_UNSUPPORTED');
    }
  });
});

describe('UBJSON', () => {
  const model = JSON.parse(xgboostJson({ base: '[5E-1]' }, [xgboostStump(0.5, true), xgboostStump(-1, false)])) as Ubjson;
  const predictions = (bytes: Uint8Array): number[] => {
    const read = readModelFile(bytes);
    expect(read.format).toBe('xgboost-ubj');
    const out = new Float64Array(1);
    return [0, 1, -2, Number.NaN].map((a) => {
      read.model.predictRow(Float64Array.of(a, 0), out);
      return out[0] as number;
    });
  };

  it('says the same whether its lists are packed or not', () => {
    const expected = [0, 1, -2, Number.NaN].map((a) => 0.5 + (a < 0.5 || a !== a ? -1 : 2) + (a < -1 ? -1 : 2));
    expect(predictions(ubjson(model))).toEqual(expected);
    for (const type of ['d', 'D', 'l', 'L', 'I', 'i'] as const) {
      const lists = (value: Ubjson): Ubjson => {
        if (!Array.isArray(value))
          return typeof value === 'object' && value !== null && !(value instanceof Uint8Array)
            ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, lists(each)]))
            : value;
        const numbers = value.every((each) => typeof each === 'number');
        const fits = numbers && (type === 'd' || type === 'D' || value.every((each) => Number.isInteger(each)));
        return fits ? packed(type, value as number[]) : value.map(lists);
      };
      expect(predictions(ubjson(lists(model)))).toEqual(expected);
    }
  });

  it('is refused with a name twice or something after its end', () => {
    const twice = Buffer.concat([encode('{'), ...Array.from({ length: 2 }, () => encode('U\x01aZ')), encode('}')]);
    expect(codeOf(twice)).toBe('MW_EXCHANGE_CORRUPT');
    expect(codeOf(Buffer.concat([ubjson(model), encode('Z')]))).toBe('MW_EXCHANGE_CORRUPT');
  });
});
