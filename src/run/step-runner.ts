import { type ContentHash, hashData } from '../base/hash.js';
import { packageVersion } from '../base/package-version.js';
import type { PlainData } from '../registry/plain-data.js';
import type { Workspace } from './workspace.js';

/** What a step gives: plain data, and the artifacts that hold the rest. */
export interface StepOutputs {
  readonly data: PlainData;
  readonly artifacts: Readonly<Record<string, ContentHash>>;
}

export interface StepResult<O extends StepOutputs> {
  /** Hash of everything that went in; the next step's input. */
  readonly key: ContentHash;
  readonly outputs: O;
  /** True when it had been done before and was not done again. */
  readonly reused: boolean;
}

/** Runs the steps of one run: a step whose inputs were seen before, and whose artifacts are still there, is not done again. */
export class StepRunner {
  readonly #workspace: Workspace;
  readonly #runId: string;
  readonly #done: { name: string; reused: boolean; seconds: number }[] = [];

  constructor(workspace: Workspace, runId: string) {
    this.#workspace = workspace;
    this.#runId = runId;
  }

  /** Steps so far, in order. */
  get done(): readonly { readonly name: string; readonly reused: boolean; readonly seconds: number }[] {
    return this.#done;
  }

  /** @param isThere whether what the step left beside its outputs is still there */
  async run<O extends StepOutputs>(
    name: string,
    inputs: unknown,
    work: (key: ContentHash) => Promise<O>,
    isThere: (key: ContentHash) => Promise<boolean> = () => Promise.resolve(true),
  ): Promise<StepResult<O>> {
    const { steps, stopwatch, store, signal } = this.#workspace;
    signal?.throwIfAborted();
    const started = stopwatch.now();
    const key = hashData({ step: name, millwright: packageVersion(), inputs });
    const known = await steps.find(key);
    if (known) {
      const outputs = known.outputs as unknown as O;
      const there = await Promise.all(Object.values(outputs.artifacts).map((hash) => store.artifacts.has(hash)));
      if (there.every(Boolean) && (await isThere(key))) {
        this.#done.push({ name, reused: true, seconds: 0 });
        return { key, outputs, reused: true };
      }
    }
    const outputs = await work(key);
    await steps.remember({ key, name, outputs: outputs as unknown as PlainData, runId: this.#runId });
    this.#done.push({ name, reused: false, seconds: (stopwatch.now() - started) / 1000 });
    return { key, outputs, reused: false };
  }
}
