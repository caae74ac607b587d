/**
 * Plans one block of memory before it is allocated: each array is reserved, then everything is allocated at once, so that too much
 * is known before anything fails. Offsets are in bytes, aligned to 16.
 */
export class Layout {
  #bytes = 0;

  /** Bytes reserved up to now. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Offset of a new array of so many bytes. */
  reserve(bytes: number): number {
    const offset = this.#bytes;
    this.#bytes += Math.ceil(bytes / 16) * 16;
    return offset;
  }
}

/** One block of memory seen as each kind of number; offsets in a view are byte offsets divided by its element size. */
export interface Memory {
  readonly buffer: ArrayBufferLike;
  readonly u8: Uint8Array;
  readonly i32: Int32Array;
  readonly u32: Uint32Array;
  readonly f32: Float32Array;
  readonly f64: Float64Array;
}

/** The views of a buffer whose length is a multiple of 8. */
export function viewMemory(buffer: ArrayBufferLike): Memory {
  return {
    buffer,
    u8: new Uint8Array(buffer),
    i32: new Int32Array(buffer),
    u32: new Uint32Array(buffer),
    f32: new Float32Array(buffer),
    f64: new Float64Array(buffer),
  };
}
