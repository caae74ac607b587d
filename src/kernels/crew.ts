import { Worker } from 'node:worker_threads';
import type { WasmMemory, WasmModule } from './webassembly.js';

/**
 * What a worker runs: it waits for a memory, serves in it until its leader says that the work is over, and waits again. Plain
 * JavaScript in a string, so that it runs the same from sources, from the package and from a bundle.
 */
const SERVANT = `
const { parentPort } = require('node:worker_threads');
parentPort.on('message', ({ module, memory, controlAt, thread, threads }) => {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  parentPort.postMessage('ready');
  exports.serve(controlAt, thread, threads, 0);
});
`;

/** Milliseconds within which a worker must be ready. */
const PATIENCE = 10_000;

/** Workers that have nothing to do, kept for the next work; they do not keep the process alive. */
const idle: Worker[] = [];

/** Workers that serve in one memory. */
export interface Crew {
  /** Threads with the leader: 1 from when the event loop has heard of the end of a worker. */
  readonly threads: number;
  /** Gives the workers back once they have left the memory; or ends them when they may not have. */
  dismiss(left: boolean): void;
}

/**
 * Sends workers into a memory whose control block is zero. One thread alone is a crew too, and what remains where workers cannot be
 * had.
 */
export async function muster(module: WasmModule, memory: WasmMemory, controlAt: number, threads: number): Promise<Crew> {
  const workers: Worker[] = [];
  try {
    for (let thread = 1; thread < threads; thread++) workers.push(idle.pop() ?? new Worker(SERVANT, { eval: true }));
    await Promise.all(
      workers.map((worker, i) => {
        const ready = readiness(worker);
        worker.postMessage({ module, memory, controlAt, thread: i + 1, threads });
        return ready;
      }),
    );
  } catch {
    // No threads here, or they are broken: the leader does everything.
    for (const worker of workers) void worker.terminate();
    return { threads: 1, dismiss() {} };
  }
  let complete = true;
  const lose = (): void => {
    complete = false;
  };
  for (const worker of workers) worker.once('exit', lose);
  return {
    get threads() {
      return complete ? threads : 1;
    },
    dismiss(left) {
      for (const worker of workers) {
        worker.off('exit', lose);
        if (left && complete) rest(worker);
        else void worker.terminate();
      }
    },
  };
}

/** Keeps a worker for later unless it ends before. */
function rest(worker: Worker): void {
  idle.push(worker);
  worker.once('exit', () => {
    const place = idle.indexOf(worker);
    if (place >= 0) idle.splice(place, 1);
  });
}

function readiness(worker: Worker): Promise<void> {
  worker.ref();
  return new Promise<void>((resolve, reject) => {
    const settle = (then: () => void): void => {
      clearTimeout(timer);
      for (const event of ['message', 'error', 'exit']) worker.removeAllListeners(event);
      // A worker that dies later must not bring the process down; its leader notices that it does not answer.
      worker.on('error', () => {});
      worker.unref();
      then();
    };
    const timer = setTimeout(() => settle(() => reject(new Error('a worker did not start'))), PATIENCE);
    worker.once('message', () => settle(resolve));
    worker.once('error', (error) => settle(() => reject(error)));
    worker.once('exit', () => settle(() => reject(new Error('a worker ended'))));
  });
}
