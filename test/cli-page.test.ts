import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { cliPage } from '../src/cli/docs-page.js';

test('docs/cli.md says what the declarations of the commands say', () => {
  expect(readFileSync(new URL('../docs/cli.md', import.meta.url), 'utf8')).toBe(cliPage());
});
