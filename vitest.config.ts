import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  resolve: {
    alias: {
      'millwright/client': at('./src/client.ts'),
      'millwright/models': at('./src/models.ts'),
      millwright: at('./src/index.ts'),
    },
  },
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'examples/**/*.test.ts', 'bench/**/*.test.ts'],
    testTimeout: 30_000,
    maxWorkers: 2,
    reporters: ['default', './test/closing-line.ts'],
  },
});
