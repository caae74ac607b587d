import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { errorsPage } from '../src/base/errors/page.js';

test('docs/errors.md says what the declarations say', () => {
  expect(readFileSync(new URL('../docs/errors.md', import.meta.url), 'utf8')).toBe(errorsPage());
});
