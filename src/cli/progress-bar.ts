import type { Progress } from '../base/progress.js';

/** Parts of a step that a log is told of, where the step does not tell of itself by what has happened. */
const PARTS = 4;

/** Shows long work on a terminal as one live line, and elsewhere as a line when a step begins and when another quarter of it is done.
 * What has happened gets a line that stays. */
export class ProgressBar {
  readonly #write: (text: string) => void;
  readonly #live: boolean;
  readonly #columns: number;
  #shown = false;
  #step = '';
  #part = 0;

  constructor(output: { write(text: string): unknown; isTTY?: boolean; columns?: number }) {
    this.#write = (text) => output.write(text);
    this.#live = output.isTTY === true;
    // A terminal that does not know its width says 0.
    this.#columns = output.columns || 80;
  }

  show(progress: Progress): void {
    if (progress.event !== undefined) {
      this.clear();
      this.#write(`${progress.step}  ${progress.event}\n`);
      if (!this.#live) {
        this.#step = progress.step;
        this.#part = PARTS;
        return;
      }
    }
    const share = progress.total ? Math.min(1, progress.done / progress.total) : undefined;
    const percent = share === undefined ? '' : ` ${String(Math.floor(share * 100)).padStart(3)} %`;
    const note = progress.note ? `  ${progress.note}` : '';
    if (this.#live) {
      const bar = share === undefined ? '' : ` ${'█'.repeat(Math.round(share * 24)).padEnd(24, '░')}`;
      this.#write(`\r\x1b[2K${`${progress.step.padEnd(10)}${bar}${percent}${note}`.slice(0, this.#columns - 1)}`);
      this.#shown = true;
      return;
    }
    const begins = progress.step !== this.#step;
    const part = Math.min(PARTS - 1, share === undefined ? 0 : Math.floor(share * PARTS));
    if (!begins && (part <= this.#part || share === 1)) return;
    this.#step = progress.step;
    this.#part = part;
    this.#write(`${progress.step}${begins ? '' : percent}${note}\n`);
  }

  /** Takes the live line away, so that something else can be printed. */
  clear(): void {
    if (this.#shown) this.#write('\r\x1b[2K');
    this.#shown = false;
  }
}
