// Runs the deep suite: `npm run test:deep -- [--minutes N] [--seed N] [--full] [file filter ...]`. A fresh seed is printed; --seed runs
// one again. --full runs each file to its full count, however long that takes.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { minutes: { type: 'string', default: '8' }, seed: { type: 'string' }, full: { type: 'boolean', default: false } },
});
const minutes = Number(values.minutes);
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
if (!(minutes > 0) || !Number.isSafeInteger(seed)) {
  console.error('test:deep: --minutes takes a positive number, --seed a whole number');
  process.exit(2);
}
const files = readdirSync(join(root, 'test/deep'), { recursive: true })
  .map(String)
  .filter((file) => file.endsWith('.deep.ts') && (positionals.length === 0 || positionals.some((part) => file.includes(part))));
if (files.length === 0) {
  console.error(`test:deep: no file of test/deep matches ${positionals.join(' ')}`);
  process.exit(2);
}
console.log(`deep suite: ${files.length} files, seed ${seed}, ${values.full ? 'full counts' : `${minutes} minutes`}`);
const manifest = createRequire(import.meta.url).resolve('vitest/package.json');
const { status } = spawnSync(
  process.execPath,
  [join(dirname(manifest), 'vitest.mjs'), 'run', '--config', 'vitest.deep.config.ts', ...positionals],
  {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      MILLWRIGHT_DEEP_SEED: String(seed),
      MILLWRIGHT_DEEP_MS: String(Math.round((minutes * 60_000) / files.length)),
      MILLWRIGHT_DEEP_FULL: values.full ? '1' : '',
    },
  },
);
console.log(`deep suite: seed ${seed}`);
process.exit(status ?? 1);
