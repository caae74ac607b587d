import { parentPort } from 'node:worker_threads';
import { asMillwrightError } from '../base/error.js';
import { BinCache } from '../models/trees/bin-cache.js';
import { type EncodedFold, type FoldsFitted, type FoldWork, fitFolds } from './fit-folds.js';

/** What a worker is sent: a fold to keep, or work on folds that it has. */
export type ToWorker =
  | { readonly kind: 'fold'; readonly key: string; readonly fold: EncodedFold }
  | { readonly kind: 'work'; readonly keys: readonly string[]; readonly work: FoldWork; readonly control: Int32Array };
export type FromWorker =
  | { readonly kind: 'fitted'; readonly fitted: FoldsFitted }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string };

/** Words of the control block: whether it is enough, and the rounds done. */
export const ENOUGH = 0;
export const DONE = 1;

/** Fits folds in a thread of its own; `parentPort` is null where this is imported outside of one. */
const port = parentPort;
const folds = new Map<string, EncodedFold>();
const shared = new BinCache();
const answer = (message: FromWorker, transfer: readonly ArrayBuffer[] = []) => port?.postMessage(message, transfer);

port?.on('message', (message: ToWorker) => {
  if (message.kind === 'fold') {
    folds.set(message.key, message.fold);
    return;
  }
  const { keys, work, control } = message;
  fitFolds(
    keys.map((key) => folds.get(key) as EncodedFold),
    work,
    {
      shared,
      enough: () => Atomics.load(control, ENOUGH) === 1,
      onProgress: ({ done }) => void Atomics.store(control, DONE, done),
    },
  ).then(
    (fitted) =>
      answer(
        { kind: 'fitted', fitted },
        fitted.outputs.map(({ buffer }) => buffer as ArrayBuffer),
      ),
    (thrown: unknown) => {
      const { code, message: what } = asMillwrightError(thrown);
      answer({ kind: 'failed', code, message: what });
    },
  );
});
