import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { random } from '../../src/base/random.js';
import { clear, damageCase } from './store-damage.js';

const folder = mkdtempSync(join(tmpdir(), 'millwright-damage-'));
afterAll(() => clear(folder));

test('damage anywhere in a store is seen, and mended without losing anything that is whole', async () => {
  const spoilt: string[] = [];
  for (let i = 0; i < 10; i++) {
    const dir = join(folder, String(i));
    spoilt.push(await damageCase(dir, random(21).fork(i)));
    clear(dir);
  }
  // The cases did reach every part.
  for (const part of ['artifacts', 'events', 'online', 'metadata']) expect(spoilt.join('\n')).toContain(part);
}, 60_000);
