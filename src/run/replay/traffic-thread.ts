import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { type ErrorCode, type ErrorText, MillwrightError } from '../../base/error.js';
import { Traffic, type TrafficPlan, type TrafficReport } from './traffic.js';

type Answer = { report: TrafficReport } | { error: { code: ErrorCode; text: ErrorText } };

/** Traffic that is made and sent by a thread of its own, so that the server's core is left to the server. */
export class TrafficThread {
  readonly #worker: Worker;

  private constructor(worker: Worker) {
    this.#worker = worker;
  }

  /** In a thread where the compiled worker lies beside this module, else in this one. */
  static start(plan: TrafficPlan): { play(until: number): Promise<TrafficReport>; close(): void } {
    const script = new URL('./traffic-worker.js', import.meta.url);
    return existsSync(fileURLToPath(script)) ? new TrafficThread(new Worker(script, { workerData: plan })) : new Traffic(plan);
  }

  play(until: number): Promise<TrafficReport> {
    return new Promise((resolve, reject) => {
      const settle = () => {
        this.#worker.off('message', onMessage);
        this.#worker.off('error', onError);
      };
      const onMessage = (answer: Answer) => {
        settle();
        if ('report' in answer) resolve(answer.report);
        else reject(new MillwrightError(answer.error.code, answer.error.text));
      };
      const onError = (error: Error) => {
        settle();
        reject(error);
      };
      this.#worker.on('message', onMessage);
      this.#worker.on('error', onError);
      this.#worker.postMessage(until);
    });
  }

  close(): void {
    this.#worker.postMessage(null);
  }
}
