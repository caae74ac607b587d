/** The part of the WebAssembly API that is used here; the type library of Node 20 does not declare it. */
export interface WasmMemory {
  readonly buffer: ArrayBufferLike;
  /** Adds pages of 64 KiB; throws a RangeError when it cannot. */
  grow(pages: number): number;
}
/** A compiled module: an opaque value that may be sent to workers. */
export interface WasmModule {
  readonly [Symbol.toStringTag]: string;
}
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => WasmModule;
  readonly Instance: new (
    module: WasmModule,
    imports: { readonly env: { readonly memory: WasmMemory } },
  ) => { readonly exports: unknown };
  readonly Memory: new (limits: { readonly initial: number; readonly maximum: number; readonly shared: true }) => WasmMemory;
  validate(bytes: Uint8Array): boolean;
}

const api = (globalThis as unknown as { readonly WebAssembly?: WebAssemblyApi }).WebAssembly;

export const PAGE = 65_536;

/** The compiled module, or undefined where the engine lacks WebAssembly or one of the features that the bytes use. */
export function compile(bytes: Uint8Array): WasmModule | undefined {
  return api?.validate(bytes) ? new api.Module(bytes) : undefined;
}

/** A shared memory of at least so many bytes, all zero, that may grow to `most`. */
export function sharedMemory(bytes: number, most = bytes): WasmMemory {
  if (!api) throw new TypeError('this engine has no WebAssembly');
  return new api.Memory({ initial: pagesFor(bytes), maximum: pagesFor(most), shared: true });
}

function pagesFor(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / PAGE));
}

/** The exports of a module over a memory; the caller knows their types. */
export function instantiate<Exports>(module: WasmModule, memory: WasmMemory): Exports {
  if (!api) throw new TypeError('this engine has no WebAssembly');
  return new api.Instance(module, { env: { memory } }).exports as Exports;
}
