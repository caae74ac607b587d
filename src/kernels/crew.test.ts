import { spawnSync } from 'node:child_process';
import type { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { muster } from './crew.js';
import { KERNELS_WASM } from './generated/kernels-wasm.js';
import { kernelModule, kernelsOver } from './wasm-module.js';
import { sharedMemory, type WasmModule } from './webassembly.js';

const module = kernelModule() as WasmModule;

describe('crew', () => {
  it('serves until it is sent home, and is ready at once for the next work', async () => {
    for (let work = 0; work < 3; work++) {
      const memory = sharedMemory(65_536);
      const crew = await muster(module, memory, 0, 3);
      expect(crew.threads).toBe(3);
      expect(kernelsOver(module, memory).lead(0, 0, 3)).toBe(1);
      crew.dismiss(true);
    }
  });

  it('is one thread as soon as a worker has ended', async () => {
    const workers: Worker[] = [];
    const note = (worker: Worker): void => {
      workers.push(worker);
    };
    process.on('worker', note);
    const memory = sharedMemory(65_536);
    // More workers than earlier work has left behind, so that some are new.
    const crew = await muster(module, memory, 0, 5);
    process.off('worker', note);
    expect([crew.threads, workers.length > 0]).toEqual([5, true]);
    await workers[0].terminate();
    expect(crew.threads).toBe(1);
    crew.dismiss(false);
    const next = await muster(module, sharedMemory(65_536), 0, 2);
    expect(next.threads).toBe(2);
    next.dismiss(false);
  });

  it('is one thread where workers cannot run the kernels', async () => {
    const crew = await muster({ [Symbol.toStringTag]: 'not a module' }, sharedMemory(65_536), 0, 2);
    expect(crew.threads).toBe(1);
  });

  it('neither keeps the process alive nor stops it from ending in the middle of work', () => {
    const script = (ending: string): string => `
      const { Worker } = require('node:worker_threads');
      const module = new WebAssembly.Module(Buffer.from('${KERNELS_WASM}', 'base64'));
      const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
      const worker = new Worker(\`require('node:worker_threads').parentPort.on('message', ({ module, memory }) => {
        const { exports } = new WebAssembly.Instance(module, { env: { memory } });
        require('node:worker_threads').parentPort.postMessage('ready');
        exports.serve(0, 1, 2, 0);
      })\`, { eval: true });
      worker.once('message', () => { worker.unref(); ${ending} });
      worker.postMessage({ module, memory });`;
    for (const ending of ['', 'setTimeout(() => {}, 50)', 'process.exit(0)']) {
      const { status, signal } = spawnSync(process.execPath, ['-e', script(ending)], { timeout: 10_000 });
      expect([ending, status, signal]).toEqual([ending, 0, null]);
    }
  });
});
