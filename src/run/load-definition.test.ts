import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import flights from '../../test/types/flights.system.js';
import { MillwrightError } from '../base/error.js';
import { printDefinition } from '../define/print-definition.js';
import { loadDefinition } from './load-definition.js';

const folder = mkdtempSync(join(tmpdir(), 'millwright-load-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function written(name: string, code: string): string {
  const path = join(folder, name);
  writeFileSync(path, code);
  return path;
}
async function refusal(path: string): Promise<MillwrightError> {
  const error: unknown = await loadDefinition(path).then(
    () => new Error('it was loaded'),
    (thrown: unknown) => thrown,
  );
  if (error instanceof MillwrightError) return error;
  throw error;
}

const PLAIN = printDefinition(flights.plan);

describe('a definition loads', () => {
  test.each(['a.ts', 'a.mts', 'a.js', 'a.mjs'])('from %s, in any folder', async (name) => {
    const path = written(name, PLAIN);
    const { system, baseDir } = await loadDefinition(path);
    expect(system.hash).toBe(flights.hash);
    expect(system.plan).toEqual(flights.plan);
    expect(baseDir).toBe(folder);
  });

  test('from a folder whose package is CommonJS or a module', async () => {
    for (const type of ['commonjs', 'module']) {
      mkdirSync(join(folder, type), { recursive: true });
      writeFileSync(join(folder, type, 'package.json'), JSON.stringify({ type }));
      expect((await loadDefinition(written(`${type}/d.ts`, PLAIN))).system.hash).toBe(flights.hash);
    }
  });

  test('with types, imports of its own and awaited values', async () => {
    written('rows.ts', 'export enum Rows { most = 500 }\nexport const least: number = await Promise.resolve(10);\n');
    const code = PLAIN.replace('is.rowCount(1000, null)', 'is.rowCount(least, Rows.most as number)');
    const { system } = await loadDefinition(written('typed.ts', `import { least, Rows } from './rows.js';\n${code}`));
    expect(system.plan.sources.flights?.contract.checks.at(-1)).toMatchObject({ low: 10, high: 500 });
  });

  test('anew after it was changed', async () => {
    const path = written('again.ts', PLAIN);
    await loadDefinition(path);
    written('again.ts', PLAIN.replace("system('flight-delay'", "system('other'"));
    expect((await loadDefinition(path)).system.name).toBe('other');
  });

  test('that was written for the tests of types', async () => {
    const path = fileURLToPath(new URL('../../test/types/churn.system.ts', import.meta.url));
    expect((await loadDefinition(path)).system.name).toBe('churn');
  });
});

describe('what is no definition is refused with its place', () => {
  const at = (name: string) => join(folder, name);

  test('no file, a folder, a file of another kind', async () => {
    for (const path of [at('gone.ts'), folder, written('data.csv', 'a,b\n')]) {
      const error = await refusal(path);
      expect(error.code).toBe('MW_DEFINITION_MISSING');
      expect(error.where.file).toBe(path);
    }
  });

  test.each(['broken.ts', 'broken.mjs'])('a syntax error in %s', async (name) => {
    const error = await refusal(written(name, "import { col } from 'millwright';\nconst a = 1;\nexport default {{;\n"));
    expect(error.code).toBe('MW_DEFINITION_SYNTAX');
    expect(error.where).toMatchObject({ file: at(name), line: 3 });
    expect(error.toText()).not.toMatch(/\n\s+at /);
  });

  test('a syntax error in a file that it imports', async () => {
    written('part.ts', 'export const = 3;\n');
    const error = await refusal(written('whole.ts', "import { a } from './part.js';\nexport default a;\n"));
    expect(error.code).toBe('MW_DEFINITION_SYNTAX');
    expect(error.where).toMatchObject({ file: at('part.ts'), line: 1 });
  });

  test('an error of its own', async () => {
    const code = 'const a = 1;\n\nfunction f(): void {\n  throw new Error("boom");\n}\nf();\nexport default a;\n';
    const error = await refusal(written('throws.ts', code));
    expect(error.code).toBe('MW_DEFINITION_THREW');
    expect(error.message).toBe('The definition threw: boom.');
    expect(error.where).toEqual({ file: at('throws.ts'), line: 4 });
    expect(error.toText()).not.toMatch(/\n\s+at /);
  });

  test('something thrown that is no error', async () => {
    const error = await refusal(written('text.ts', "throw 'no';\n"));
    expect(error.message).toBe('The definition threw: no.');
  });

  test('an import that cannot be found', async () => {
    for (const missing of ['./missing.js', 'no-such-package-here']) {
      const error = await refusal(written('import.ts', `import x from '${missing}';\nexport default x;\n`));
      expect(error.code).toBe('MW_DEFINITION_THREW');
      expect(error.message).toContain(`'${missing}'`);
    }
  });

  test('a mistake of the definition keeps its code and says its line', async () => {
    const error = await refusal(
      written('mistake.ts', PLAIN.replace("time: 'date',\n  availableAt", "time: 'dat',\n  availableAt")),
    );
    expect(error.code).toBe('MW_DEFINE_UNKNOWN');
    expect(error.fix).toContain("Did you mean 'date'?");
    expect(error.where).toMatchObject({ file: at('mistake.ts'), place: "source('flights').time" });
    expect(error.where.line).toBe(PLAIN.split('\n').findIndex((line) => line.includes('= source(')) + 1);
  });

  test('no default export, and one that is no system', async () => {
    const none = await refusal(written('none.ts', 'export const system = 1;\n'));
    expect(none.code).toBe('MW_DEFINITION_NO_SYSTEM');
    expect(none.message).toContain('no default export');
    const other = await refusal(written('other.ts', 'export default { name: "x" };\n'));
    expect(other.code).toBe('MW_DEFINITION_NO_SYSTEM');
    expect(other.message).toContain('not a system');
  });
});
