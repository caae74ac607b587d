import { KERNELS_WASM } from './generated/kernels-wasm.js';
import type { MatrixKernels } from './matrix-kernels.js';
import type { ScoringKernels } from './scoring-memory.js';
import type { TreeKernels } from './tree-kernels.js';
import { compile, instantiate, type WasmMemory, type WasmModule } from './webassembly.js';

/** What kernels/index.ts exports. */
export interface KernelExports extends TreeKernels, ScoringKernels, MatrixKernels {
  exp(x: number): number;
  log(x: number): number;
  /** Arguments as in kernels/splits.ts. */
  scan(...values: number[]): void;
  /** Arguments as in kernels/bounded-splits.ts. */
  scanBounded(...values: number[]): void;
  /** Arguments as in kernels/categories.ts. */
  scanCategories(...values: number[]): void;
  /** See kernels/crew.ts. */
  lead(controlAt: number, kind: number, threads: number): number;
}

let compiled: WasmModule | undefined;
let tried = false;

/** The compiled kernels, once a process; undefined where the engine cannot run them. */
export function kernelModule(): WasmModule | undefined {
  if (!tried) compiled = compile(Buffer.from(KERNELS_WASM, 'base64'));
  tried = true;
  return compiled;
}

/** The kernels over a shared memory. */
export function kernelsOver(module: WasmModule, memory: WasmMemory): KernelExports {
  return instantiate<KernelExports>(module, memory);
}
