import { TREES_WASM } from './generated/trees.js';
import { type Memory, viewMemory } from './layout.js';
import { plainTreeKernels, type TreeKernels } from './tree-kernels.js';
import { compile, instantiate, sharedMemory, type WasmMemory, type WasmModule } from './webassembly.js';

let compiled: WasmModule | undefined;
let tried = false;

/** The compiled kernels, once a process; undefined where the engine cannot run them. */
export function treeModule(): WasmModule | undefined {
  if (!tried) compiled = compile(Buffer.from(TREES_WASM, 'base64'));
  tried = true;
  return compiled;
}

/** The kernels in WebAssembly over a shared memory. */
export function wasmTreeKernels(module: WasmModule, memory: WasmMemory): TreeKernels {
  return instantiate<TreeKernels>(module, memory);
}

/** A memory of so many bytes and the kernels over it: in WebAssembly if the engine can, in plain TypeScript otherwise. */
export function openTreeKernels(bytes: number, plain = false): { readonly memory: Memory; readonly kernels: TreeKernels } {
  const module = plain ? undefined : treeModule();
  if (!module) {
    const memory = viewMemory(new ArrayBuffer(bytes));
    return { memory, kernels: plainTreeKernels(memory) };
  }
  const shared = sharedMemory(bytes);
  return { memory: viewMemory(shared.buffer), kernels: wasmTreeKernels(module, shared) };
}
