import { type Memory, viewMemory } from './layout.js';
import { kernelModule, kernelsOver } from './wasm-module.js';
import { PAGE, sharedMemory } from './webassembly.js';

/** Walks through trees, arguments and layout as in kernels/scoring.ts, and their Shapley values. */
export interface ScoringKernels {
  scoreRow(
    groupsAt: number,
    groups: number,
    rowAt: number,
    leavesAt: number,
    trees: number,
    outAt: number,
    outputs: number,
  ): void;
  scoreBlock(
    treesAt: number,
    trees: number,
    rowsAt: number,
    rowBytes: number,
    rows: number,
    outAt: number,
    outputs: number,
  ): void;
  /** Arguments as in kernels/shap.ts. */
  explainTree(...values: number[]): void;
}

/** Bytes that all models of a process may take together; what does not fit is scored in plain TypeScript. */
const MOST_BYTES = 2 ** 30;
const FIRST_BYTES = 2 ** 20;

/**
 * The memory in which the trees of all models of a thread lie for the WebAssembly walks: each memory of its own would cost gigabytes of
 * address space. Blocks come in powers of two; one that is released serves the next of its size.
 */
export class ScoringMemory {
  readonly kernels: ScoringKernels;
  readonly #grow: (pages: number) => void;
  readonly #buffer: () => ArrayBufferLike;
  readonly #free = new Map<number, number[]>();
  #memory: Memory;
  #used = 16;
  #scratch = { at: 0, bytes: 0 };

  constructor(kernels: ScoringKernels, grow: (pages: number) => void, buffer: () => ArrayBufferLike) {
    this.kernels = kernels;
    this.#grow = grow;
    this.#buffer = buffer;
    this.#memory = viewMemory(buffer());
  }

  /** The views as they are now; reserving may replace them. */
  get memory(): Memory {
    return this.#memory;
  }

  /** Address of a block of so many bytes, aligned to 16; undefined when there is no room. */
  reserve(bytes: number): number | undefined {
    const size = blockSize(bytes);
    const known = this.#free.get(size)?.pop();
    if (known !== undefined) return known;
    const end = this.#used + size;
    if (end > MOST_BYTES) return undefined;
    const lacking = end - this.#memory.buffer.byteLength;
    if (lacking > 0) {
      try {
        this.#grow(Math.ceil(lacking / PAGE));
      } catch {
        return undefined;
      }
      this.#memory = viewMemory(this.#buffer());
    }
    const at = this.#used;
    this.#used = end;
    return at;
  }

  /** Gives back a block that was reserved with the same number of bytes. */
  release(at: number, bytes: number): void {
    const size = blockSize(bytes);
    const list = this.#free.get(size);
    if (list) list.push(at);
    else this.#free.set(size, [at]);
  }

  /** Room whose contents last until the next call; undefined when there is none. */
  scratch(bytes: number): number | undefined {
    if (bytes <= this.#scratch.bytes) return this.#scratch.at;
    const at = this.reserve(bytes);
    if (at === undefined) return undefined;
    if (this.#scratch.bytes > 0) this.release(this.#scratch.at, this.#scratch.bytes);
    this.#scratch = { at, bytes };
    return at;
  }
}

const blockSize = (bytes: number): number => 2 ** Math.ceil(Math.log2(Math.max(1024, bytes)));

let opened: ScoringMemory | undefined;
let tried = false;

/** The memory of this thread; undefined where WebAssembly cannot run. */
export function scoringMemory(): ScoringMemory | undefined {
  if (!tried) opened = open();
  tried = true;
  return opened;
}

function open(): ScoringMemory | undefined {
  const module = kernelModule();
  if (!module) return undefined;
  const memory = sharedMemory(FIRST_BYTES, MOST_BYTES);
  return new ScoringMemory(
    kernelsOver(module, memory),
    (pages) => memory.grow(pages),
    () => memory.buffer,
  );
}
