import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { LAYERS } from './layers.js';

const src = fileURLToPath(new URL('../src', import.meta.url));

function files(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? files(path) : path.endsWith('.ts') ? [path] : [];
  });
}
const layerOf = (path: string) => relative(src, path).split(sep)[0] as string;
const imports = (text: string) =>
  [...text.matchAll(/(?:from\s+|import\s*\(\s*|import\s+)['"](\.[^'"]+)['"]/g)].map((match) => match[1] as string);

test('every folder of src is a layer of the table', () => {
  const folders = readdirSync(src).filter((name) => statSync(join(src, name)).isDirectory());
  expect(folders.filter((folder) => !(folder in LAYERS))).toEqual([]);
});

test('imports go one way', () => {
  const wrong: string[] = [];
  for (const path of files(src)) {
    const layer = layerOf(path);
    if (layer.endsWith('.ts') || path.endsWith('.test.ts')) continue;
    for (const target of imports(readFileSync(path, 'utf8'))) {
      const other = layerOf(resolve(dirname(path), target));
      if (other !== layer && !(LAYERS[layer] ?? []).includes(other)) wrong.push(`${relative(src, path)} -> ${target}`);
    }
  }
  expect(wrong).toEqual([]);
});

test('the table is a partial order', () => {
  const reach = (layer: string, seen: Set<string>): void => {
    for (const next of LAYERS[layer] ?? []) {
      if (seen.has(next)) continue;
      seen.add(next);
      reach(next, seen);
    }
  };
  for (const layer of Object.keys(LAYERS)) {
    const seen = new Set<string>();
    reach(layer, seen);
    expect(seen.has(layer), `${layer} reaches itself`).toBe(false);
  }
});
