import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { parseObject } from './json/parse-object.js';
import { readFound, TestFiles, valuesOf } from './testing/read-file.js';

const files = new TestFiles();
afterAll(() => files.remove());

const lines = (n: number, line: (i: number) => string) => Array.from({ length: n }, (_, i) => line(i)).join('\n');
const read = (text: string, given = {}) => readFound(files.write('x.csv', text), given);
const types = ({ columns }: Awaited<ReturnType<typeof read>>) =>
  Object.fromEntries(Object.entries(columns).map(([name, { type }]) => [name, type]));
const day = (...parts: [number, number, number]) => Date.UTC(...parts);

describe('delimiters: header and rows part alike, and types decide', () => {
  const decimal = (i: number) => `${i % 9},${10 + (i % 80)}`;
  test.each<[string, string, string, string[]]>([
    ['decimal commas in every value', `a;b\n${lines(98, (i) => `${decimal(i)};${decimal(i + 1)}`)}\n`, ';', ['a', 'b']],
    ['tags in a text', `tags,y\n${lines(300, (i) => `${i % 2 ? 'a;b;c' : 'b;c;d'},${i % 2}`)}\n`, ',', ['tags', 'y']],
    [
      'commas in texts between bars',
      `name|town|size\n${lines(400, (i) => `Abel, ${i % 2 ? 'Dr' : 'Mr'}|Bern, ${i % 3 ? 'CH' : 'DE'}|${decimal(i)}`)}\n`,
      '|',
      ['name', 'town', 'size'],
    ],
    ['decimal commas between tabs', `x\ty\n${lines(400, (i) => `${decimal(i)}\t${decimal(i * 7)}`)}\n`, '\t', ['x', 'y']],
  ])('%s', async (_, text, delimiter, names) => {
    const found = await read(text);
    expect(found.connector.options.delimiter).toBe(delimiter);
    expect(Object.keys(found.columns)).toEqual(names);
    expect(found.rejected).toEqual([]);
  });

  test('one column with semicolons in some values is one column', async () => {
    const found = await read(`text\n${lines(50, (i) => (i % 5 < 3 ? 'a;b' : 'plain'))}\n`);
    expect(Object.keys(found.columns)).toEqual(['text']);
    expect(found.frame.rows).toBe(50);
  });

  test('row names without a heading are a column of their own, which is said', async () => {
    const found = await read(`a b y\n${lines(300, (i) => `${i + 1} ${20 + (i % 60)} ${i % 7} ${i % 2}`)}\n`);
    expect(Object.keys(found.columns)).toEqual(['c0', 'a', 'b', 'y']);
    expect(valuesOf(found, 'y').slice(0, 3)).toEqual([0, 1, 0]);
    expect(found.warnings.join()).toContain('one column fewer');
  });
});

describe('headers', () => {
  const numbers = (n: number) => (i: number) => Array.from({ length: n }, (_, k) => String((i * 37 + k * 11) % 100)).join(',');
  test.each<[string, string, string[]]>([
    [
      'years',
      `region,2019,2020,renewed\n${lines(300, (i) => `${i % 2 ? 'n' : 's'},${numbers(2)(i)},${i % 2}`)}\n`,
      ['region', '2019', '2020', 'renewed'],
    ],
    ['pixels', `label,0,1,2,3\n${lines(300, (i) => `${i % 2},${numbers(4)(i)}`)}\n`, ['label', '0', '1', '2', '3']],
    [
      'dates',
      `store,2024-01-01,2024-01-02,closed\n${lines(300, (i) => `${i % 2 ? 'n' : 's'},${numbers(2)(i)},${i % 2}`)}\n`,
      ['store', '2024-01-01', '2024-01-02', 'closed'],
    ],
    [
      'bands of ages',
      `country,0-14,15-64,65,target\n${lines(300, (i) => `${i % 2 ? 'a' : 'b'},${numbers(3)(i)},${i % 2}`)}\n`,
      ['country', '0-14', '15-64', '65', 'target'],
    ],
    ['positions', `0,1,2\n${lines(300, (i) => `${(i * 17) % 91}.5,${(i * 5) % 77},${i % 2}`)}\n`, ['0', '1', '2']],
  ])('%s are names', async (_, text, names) => {
    const found = await read(text);
    expect(new Set(Object.keys(found.columns))).toEqual(new Set(names));
    expect(found.frame.rows).toBe(300);
    expect(found.rejected).toEqual([]);
  });

  const body = lines(200, (i) => `${i % 80};${i % 9};${i % 2 ? 'yes' : 'no'}`);
  test.each<[string, string, string]>([
    ['titles', `Report of sales\nGenerated 2024-05-01\n\nsize;rooms;sold\n${body}\n`, 'Report of sales'],
    ['sep=', `sep=;\nsize;rooms;sold\n${body}\n`, 'sep=;'],
  ])('%s before the header are left out, which is said', async (_, text, said) => {
    const found = await read(text);
    expect(types(found)).toEqual({ size: 'integer', rooms: 'integer', sold: 'category' });
    expect(found.frame.rows).toBe(200);
    expect(found.warnings.join()).toContain(said);
    const again = await read(text, { options: found.connector.options });
    expect(again.frame).toEqual(found.frame);
  });

  test('comments', async () => {
    const found = await read(`# exported by lab tool v3\nsize;rooms;sold\n${body}\n# end\n`);
    expect(found.connector.options.comment).toBe('#');
    expect(found.frame.rows).toBe(200);
    expect(found.rejected).toEqual([]);
  });

  test('the line that holds the target is the header', async () => {
    const text = `unit,,kg\nid,name,weight\n${lines(100, (i) => `x${i % 3},y${i % 4},z${i % 5}`)}\n`;
    const found = await read(text, { target: 'weight' });
    expect(Object.keys(found.columns)).toEqual(['id', 'name', 'weight']);
    expect(found.frame.rows).toBe(100);
  });

  test('mixed line ends', async () => {
    const found = await read('a,b\n1,x\r\n2,y\r3,z\n\r\n4,"u\r\nv"\r\n');
    expect(valuesOf(found, 'a')).toEqual([1, 2, 3, 4]);
    expect(valuesOf(found, 'b')).toEqual(['x', 'y', 'z', 'u\r\nv']);
  });

  test('a line end within a name', async () => {
    const found = await read(`"size\nin cm",sold\n${lines(50, (i) => `${i},${i % 2 ? 'yes' : 'no'}`)}\n`);
    expect(types(found)).toEqual({ 'size\nin cm': 'integer', sold: 'category' });
    expect(found.frame.rows).toBe(50);
  });
});

describe('types hold over all rows', () => {
  test.each<[string, (i: number) => string, string]>([
    ['the first leading zero', (i) => (i === 6000 ? '01018' : String(10_000 + i)), '01018'],
    [
      'the first number that a double does not hold',
      (i) => (i === 6000 ? '12345678901234567' : String(1_000_000 + i)),
      '12345678901234567',
    ],
  ])('%s, late, makes texts of all', async (_, code, late) => {
    const rows = Array.from({ length: 6500 }, (_, i) => `${code(i)},${i % 80},${i % 2}`);
    const found = await read(`code,age,y\n${rows.join('\n')}\n`);
    const reversed = await read(`code,age,y\n${rows.toReversed().join('\n')}\n`);
    expect(types(found)).toEqual({ code: 'string', age: 'integer', y: 'integer' });
    expect(types(reversed)).toEqual(types(found));
    expect(valuesOf(found, 'code')[6000]).toBe(late);
    expect(valuesOf(found, 'code')).toEqual(valuesOf(reversed, 'code').toReversed());
    expect(new Set(valuesOf(found, 'code')).size).toBe(6500);
    const json = rows.map((row) => JSON.stringify({ code: row.split(',')[0], age: Number(row.split(',')[1]) }));
    expect(types(await readFound(files.write('x.jsonl', json.join('\n'))))).toEqual({ code: 'string', age: 'integer' });
  });

  test('numbers of JSON that a double does not hold keep their digits', async () => {
    const found = await readFound(
      files.write('x.jsonl', '{"id": 9007199254740993}\n{"id": 5}\n{"id": -12345678901234567890}\n'),
    );
    expect(valuesOf(found, 'id')).toEqual(['9007199254740993', '5', '-12345678901234567890']);
  });

  test('codes with an e stay texts, numbers with an exponent do not', async () => {
    const codes = ['12e4', '70e1', '7e2', '3e5', '12000e1'];
    const found = await read(`batch,x,y\n${lines(400, (i) => `${codes[i % 5]},${i % 3 ? `1.${i}e+05` : '1e-07'},${i % 2}`)}\n`);
    expect(types(found)).toEqual({ batch: 'category', x: 'number', y: 'integer' });
    expect(new Set(valuesOf(found, 'batch'))).toEqual(new Set(codes));
  });
});

describe('numbers that are written for people', () => {
  const n = 400;
  test.each<[string, (i: number) => string, object, (i: number) => number, string]>([
    ['thousands', (i) => `"${10 + (i % 900)},064"`, { group: ',' }, (i) => (10 + (i % 900)) * 1000 + 64, 'integer'],
    [
      'currency',
      (i) => `"$${10 + (i % 900)},064.50"`,
      { group: ',', unit: '$' },
      (i) => (10 + (i % 900)) * 1000 + 64.5,
      'number',
    ],
    ['percent', (i) => `${i % 100}.5%`, { unit: '%' }, (i) => (i % 100) + 0.5, 'number'],
    [
      'euros',
      (i) => `"${1 + (i % 9)}.234,50 €"`,
      { decimal: ',', group: '.', unit: '€' },
      (i) => (1 + (i % 9)) * 1000 + 234.5,
      'number',
    ],
  ])('%s', async (_, text, reads, value, type) => {
    const found = await read(`amount,kids,y\n${lines(n, (i) => `${text(i)},${i % 3},${i % 2}`)}\n`);
    expect(found.columns['amount']).toMatchObject({ type, reads });
    expect(valuesOf(found, 'amount')).toEqual(Array.from({ length: n }, (_, i) => value(i)));
  });

  test('where commas may be either, it is said, and the option decides', async () => {
    const text = `x;y\n${lines(200, (i) => `${10 + (i % 80)},${100 + i};${i % 2}`)}\n`;
    const found = await read(text);
    expect(valuesOf(found, 'x')[0]).toBe(10_100);
    expect(found.warnings.join()).toContain("--decimal ','");
    expect(valuesOf(await read(text, { decimal: ',' }), 'x')[0]).toBe(10.1);
  });

  const words = ['\\N', '.', '--', '<NA>', '#N/A N/A', 'missing', 'unknown', '#DIV/0!', '(null)', 'none'];
  test.each(words)('%s means missing among numbers', async (word) => {
    const found = await read(`x,y\n${lines(n, (i) => `${i % 20 === 3 ? word : `${i}.5`},${i % 2}`)}\n`);
    expect(found.columns['x']).toMatchObject({ type: 'number', nullable: true, reads: { missing: [word] } });
    expect(valuesOf(found, 'x').filter((value) => value === null)).toHaveLength(20);
    expect(found.rejected).toEqual([]);
  });

  test('other words among numbers are named, and the option makes them missing', async () => {
    const text = `x,y\n${lines(n, (i) => `${i % 20 === 3 ? 'gone' : i},${i % 2}`)}\n`;
    const found = await read(text);
    expect(found.columns['x']?.type).toBe('string');
    expect(found.warnings).toEqual([expect.stringMatching(/380 of 400 values are numbers.*'gone' \(20 rows\).*--missing/)]);
    const said = await read(text, { options: { missing: ['gone'] } });
    expect(said.columns['x']).toMatchObject({ type: 'integer', reads: { missing: ['gone'] } });
  });

  test('a number that means missing', async () => {
    const found = await read(`x,y\n${lines(6000, (i) => `${i % 20 === 3 ? -999 : i * 3},${i % 2}`)}\n`, {
      options: { missing: ['-999'] },
    });
    expect(valuesOf(found, 'x').filter((value) => value === null)).toHaveLength(300);
    expect(found.columns['x']).toMatchObject({ type: 'integer', reads: { missing: ['-999'] } });
  });
});

describe('regions', () => {
  test.each([
    ['names of regions', ['EMEA', 'NA', 'APAC', 'LATAM']],
    ['countries', ['DE', 'NA', 'FR', 'ZA']],
  ])('NA is one of the %s', async (_, regions) => {
    for (const gap of [false, true]) {
      const found = await read(
        `region,x,y\n${lines(600, (i) => `${gap && i % 9 === 0 ? '' : regions[i % 4]},${i},${i % 2}`)}\n`,
      );
      expect(found.columns['region']).toMatchObject({ type: 'category', categories: [...regions].sort(), nullable: gap });
      expect(found.warnings.join()).toContain('--missing NA');
    }
  });

  test('and missing where the option says so, or among other words', async () => {
    const text = `region,x\n${lines(60, (i) => `${['EMEA', 'NA', 'APAC'][i % 3]},${i}`)}\n`;
    expect((await read(text, { options: { missing: ['NA'] } })).columns['region']?.categories).toEqual(['APAC', 'EMEA']);
    const words = await read(`grade,x\n${lines(60, (i) => `${['good', 'NA', 'bad'][i % 3]},${i}`)}\n`);
    expect(words.columns['grade']?.categories).toEqual(['bad', 'good']);
  });
});

describe('dates', () => {
  const pad = (value: number) => String(value).padStart(2, '0');
  const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
  const at = (i: number) => [2022 + (i % 2), i % 12, 1 + (i % 28)] as const;
  test.each<[string, (y: number, m: number, d: number) => string, string | undefined]>([
    ['US', (y, m, d) => `${pad(m + 1)}/${pad(d)}/${y}`, 'mdy'],
    ['German', (y, m, d) => `${pad(d)}.${pad(m + 1)}.${y}`, 'dmy'],
    ['with names', (y, m, d) => `${pad(d)}-${months[m]}-${y}`, 'named'],
    ['with names first', (y, m, d) => `"${months[m]?.[0]}${months[m]?.slice(1).toLowerCase()} ${d}, ${y}"`, 'named'],
    ['compact', (y, m, d) => `${y}${pad(m + 1)}${pad(d)}`, 'compact'],
    ['ISO', (y, m, d) => `${y}-${pad(m + 1)}-${pad(d)}`, undefined],
    ['months', (y, m) => `${y}-${pad(m + 1)}`, undefined],
  ])('%s', async (name, text, dates) => {
    const found = await read(`when,n,late\n${lines(400, (i) => `${text(...at(i))},${i % 9},${i % 2}`)}\n`);
    expect(found.columns['when']?.type).toBe('timestamp');
    expect(found.columns['when']?.reads?.dates).toBe(dates);
    const moments = Array.from({ length: 400 }, (_, i) => (name === 'months' ? day(at(i)[0], at(i)[1], 1) : day(...at(i))));
    expect(valuesOf(found, 'when')).toEqual(moments);
  });

  test('dates of zeros are missing', async () => {
    const found = await read(
      `when,n\n${lines(400, (i) => `${i % 40 === 0 ? '0000-00-00' : `2023-05-${pad(1 + (i % 28))}`},${i}`)}\n`,
    );
    expect(found.columns['when']).toMatchObject({ type: 'timestamp', reads: { missing: ['0000-00-00'] } });
    expect(found.rejected).toEqual([]);
    expect(valuesOf(found, 'when')[0]).toBeNull();
  });

  test('dates that read both ways are refused, and the option decides', async () => {
    const text = `when,n\n${lines(100, (i) => `${pad(1 + (i % 12))}/${pad(1 + (i % 11))}/2023,${i}`)}\n`;
    await expect(read(text)).rejects.toMatchObject({ code: 'MW_INGEST_DATES_AMBIGUOUS', where: { column: 'when' } });
    expect(valuesOf(await read(text, { dates: 'mdy' }), 'when')[1]).toBe(day(2023, 1, 2));
    expect(valuesOf(await read(text, { dates: 'dmy' }), 'when')[2]).toBe(day(2023, 2, 3));
  });
});

describe('quotes', () => {
  const notes = ['a, b', 'say "hi"', 'he said "well, no" twice', 'ends "', 'plain'];
  const backslash = (text: string) => `"${text.replaceAll('"', '\\"')}"`;
  const doubled = (text: string) => `"${text.replaceAll('"', '""')}"`;
  test.each([
    ['backslashes', backslash, '\\'],
    ['doubled quotes', doubled, undefined],
  ])('%s', async (_, quoted, escape) => {
    const found = await read(`note,n,y\n${lines(300, (i) => `${quoted(notes[i % 5] as string)},${i},${i % 2}`)}\n`);
    expect(found.connector.options.escape).toBe(escape);
    expect(found.rejected).toEqual([]);
    expect(valuesOf(found, 'note')).toEqual(Array.from({ length: 300 }, (_, i) => notes[i % 5]));
    expect(found.columns['n']?.type).toBe('integer');
  });

  test('one escape far behind the beginning', async () => {
    const many = lines(60_000, (i) => (i === 50_000 ? '"say \\"hi, you\\"",1,0' : `"plain note",${i},${i % 2}`));
    const found = await read(`note,n,y\n${many}\n`);
    expect(found.rejected).toEqual([]);
    expect(valuesOf(found, 'note')[50_000]).toBe('say "hi, you"');
  });

  test('a backslash before a closing quote is no escape where it is the end of a path', async () => {
    const found = await read(`path,n,y\n${lines(300, (i) => `${i % 2 ? '"C:\\data\\"' : '"plain"'},${i},${i % 2}`)}\n`);
    expect(valuesOf(found, 'path').slice(0, 2)).toEqual(['plain', 'C:\\data\\']);
    expect(found.rejected).toEqual([]);
  });

  test('a quote that is never closed costs its line', async () => {
    const found = await read(`note,n\n${lines(100, (i) => (i === 97 ? '"open,97' : `plain,${i}`))}\n`);
    expect(found.frame.rows).toBe(99);
    expect(found.rejected).toMatchObject([{ line: 99, raw: '"open,97' }]);
  });
});

describe('JSON', () => {
  test('the last of two equal keys counts, as in a request', async () => {
    const found = await readFound(files.write('x.jsonl', '{"a": 5, "b": 3, "a": 95}\n{"a": 95, "b": 3, "a": 5}\n'));
    expect(valuesOf(found, 'a')).toEqual([95, 5]);
  });

  test('an object is what JSON.parse makes of it, but for whole numbers that a double does not hold', () => {
    const number = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer(), fc.maxSafeInteger());
    const value = fc.oneof(number, fc.string(), fc.boolean(), fc.constant(null), fc.array(number, { maxLength: 3 }));
    fc.assert(
      fc.property(fc.dictionary(fc.string(), value), fc.nat(3), (object, indent) => {
        const text = JSON.stringify(object, null, indent);
        const whole = (inner: unknown) =>
          typeof inner === 'number' && Number.isInteger(inner) && !Number.isSafeInteger(inner) && !String(inner).includes('e');
        const wanted = JSON.parse(text, (_, inner: unknown) => (whole(inner) ? String(inner) : inner));
        expect(parseObject(text).object).toEqual(wanted);
      }),
      { numRuns: 500 },
    );
    expect(
      parseObject('{"a": [12345678901234567890, 0.12345678901234567, 1e-12345678901234567, "12345678901234567890"]}').object,
    ).toEqual({
      a: ['12345678901234567890', Number('0.12345678901234567'), 0, '12345678901234567890'],
    });
  });

  test('numbers and truth values in quotes are what they say', async () => {
    const text = lines(500, (i) => JSON.stringify({ clicks: String(i), vip: String(i % 2 === 0), spend: i / 2 }));
    expect(types(await readFound(files.write('x.jsonl', text)))).toEqual({
      clicks: 'integer',
      vip: 'boolean',
      spend: 'number',
    });
  });

  test('deep nesting is a rejected row', async () => {
    const deep = `{"a": ${'['.repeat(5000)}${']'.repeat(5000)}}`;
    for (const [name, text] of [
      ['x.jsonl', `{"a": 1}\n${deep}\n`],
      ['x.json', `[{"a": 1}, ${deep}]`],
    ] as const) {
      const found = await readFound(files.write(name, text));
      expect(found.frame.rows).toBe(1);
      expect(found.rejected).toMatchObject([{ reason: expect.stringContaining('nested') }]);
    }
  });
});

describe('encodings', () => {
  const gbk = (text: string) => {
    const table: Record<string, number[]> = { 上海: [0xc9, 0xcf, 0xba, 0xa3], 北京: [0xb1, 0xb1, 0xbe, 0xa9] };
    return Buffer.concat(text.split(/(上海|北京)/).map((part) => Buffer.from(table[part] ?? Buffer.from(part))));
  };
  const sjis = (text: string) => {
    const table: Record<string, number[]> = { 東京: [0x93, 0x8c, 0x8b, 0x9e], 札幌: [0x8e, 0x44, 0x96, 0x79] };
    return Buffer.concat(text.split(/(東京|札幌)/).map((part) => Buffer.from(table[part] ?? Buffer.from(part))));
  };
  const text = (cities: readonly string[]) => `city,n\n${lines(300, (i) => `${cities[i % cities.length]},${i}`)}\n`;
  test.each<[string, string, Uint8Array, string]>([
    ['gb18030', text(['上海', '北京']), gbk(text(['上海', '北京'])), 'gb18030'],
    ['shift_jis', text(['東京', '札幌']), sjis(text(['東京', '札幌'])), 'shift_jis'],
    ['latin-1', text(['Zürich', 'Orléans']), Buffer.from(text(['Zürich', 'Orléans']), 'latin1'), 'latin-1'],
  ])('%s is guessed, read as its UTF-8 twin, and said to be a guess', async (_, plain, bytes, encoding) => {
    const twin = await read(plain);
    const found = await readFound(files.write('x.csv', bytes));
    expect(found.connector.options.encoding).toBe(encoding);
    expect(found.frame).toEqual(twin.frame);
    expect(found.warnings.join()).toContain('--encoding');
    const said = await readFound(files.write('x.csv', bytes), { options: { encoding } });
    expect(said.frame).toEqual(twin.frame);
    expect(said.warnings).toEqual([]);
  });

  test('any label of the list is taken, and no other', async () => {
    const path = files.write('x.csv', Buffer.from('city,n\nGda\xf1sk,1\nKrak\xf3w,2\n', 'latin1'));
    expect(valuesOf(await readFound(path, { options: { encoding: 'windows-1250' } }), 'city')).toEqual(['Gdańsk', 'Kraków']);
    await expect(readFound(path, { options: { encoding: 'ebcdic' } })).rejects.toMatchObject({
      code: 'MW_INGEST_ENCODING_UNKNOWN',
    });
  });
});
