import { readFileSync } from 'node:fs';
import { createJiti } from 'jiti';
import { expect, test } from 'vitest';
import * as models from '../src/models.js';

const guide = readFileSync(new URL('../docs/estimators.md', import.meta.url), 'utf8');
const block = (language: string): string => new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 's').exec(guide)?.[1] ?? '';

test('the guide to estimators says what happens', async () => {
  const said: string[] = [];
  const jiti = createJiti(import.meta.url, { fsCache: false, virtualModules: { 'millwright/models': { ...models } } });
  const code = block('ts').replaceAll('console.log(', 'globalThis.millwrightGuide(');
  Object.assign(globalThis, { millwrightGuide: (line: unknown) => said.push(String(line)) });
  await jiti.evalModule(code, { filename: new URL('./guide.ts', import.meta.url).pathname, async: true });
  expect(`${said.join('\n')}\n`).toBe(block('text'));
});
