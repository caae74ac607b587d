// Builds the package: TypeScript to dist/, then the dashboard. Runs from `npm install` in a clone, `npm pack` and `npm run build`.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);
const bin = (name, script) => {
  const manifest = require.resolve(`${name}/package.json`);
  return join(dirname(manifest), script ?? require(manifest).bin[name] ?? Object.values(require(manifest).bin)[0]);
};
const run = (title, script, args) => {
  const { status } = spawnSync(process.execPath, [script, ...args], { cwd: root, stdio: 'inherit' });
  if (status !== 0) {
    console.error(`build: ${title} failed`);
    process.exit(status ?? 1);
  }
};

rmSync(join(root, 'dist'), { recursive: true, force: true });
run('tsc', bin('typescript', 'bin/tsc'), ['-p', 'tsconfig.build.json']);
chmodSync(join(root, 'dist/src/cli/main.js'), 0o755);
if (existsSync(join(root, 'dashboard/index.html')))
  run('dashboard', bin('vite', 'bin/vite.js'), [
    'build',
    'dashboard',
    '--outDir',
    join(root, 'dist/dashboard'),
    '--logLevel',
    'warn',
  ]);
