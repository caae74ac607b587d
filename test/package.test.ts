import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const manifest = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as {
  readonly files: readonly string[];
  readonly scripts: Readonly<Record<string, string>>;
};
const packed = (path: string) => manifest.files.some((entry) => path === entry || path.startsWith(`${entry}/`));

test('the package installs on the oldest Node it promises, whatever a dependency publishes', () => {
  expect(execFileSync(process.execPath, ['scripts/check-engines.mjs'], { cwd: root, encoding: 'utf8' })).toMatch(
    /^engines: \d+ packages run on Node 20\.19\.0\n$/,
  );
});

test('nothing runs when the package is installed, and a clone builds itself', () => {
  expect(Object.keys(manifest.scripts).filter((name) => /^(pre|post)?(install|publish)$|^(pre)?prepare$/.test(name))).toEqual(
    [],
  );
  expect(manifest.scripts['postprepare']).toBe(manifest.scripts['build']);
});

const pages = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', ...readdirSync(`${root}/docs`).map((name) => `docs/${name}`)];

test.each(pages.filter((page) => page.endsWith('.md')))('the links of %s lead to what is packed', (page) => {
  expect(packed(page)).toBe(true);
  for (const [, target] of readFileSync(`${root}/${page}`, 'utf8').matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)/g)) {
    const path = posix.join(posix.dirname(page), target as string);
    expect({ target, packed: packed(path), there: existsSync(`${root}/${path}`) }).toEqual({
      target,
      packed: true,
      there: true,
    });
  }
});
