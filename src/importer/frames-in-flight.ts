/**
 * Counts the bytes of frames that a worker has handed over and that are not kept yet, in memory that
 * it shares with the thread that keeps them: a worker that is faster than the disk waits for it.
 */
export class FramesInFlight {
  readonly shared: SharedArrayBuffer;
  readonly #bytes: Int32Array;

  constructor(shared = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) {
    this.shared = shared;
    this.#bytes = new Int32Array(shared);
  }

  /** Blocks the worker's thread until that fits; what is larger than `maxBytes` goes alone. */
  add(byteLength: number, maxBytes: number): void {
    for (;;) {
      const held = Atomics.load(this.#bytes, 0);
      if (held === 0 || held + byteLength <= maxBytes) break;
      Atomics.wait(this.#bytes, 0, held);
    }
    Atomics.add(this.#bytes, 0, byteLength);
  }

  remove(byteLength: number): void {
    Atomics.sub(this.#bytes, 0, byteLength);
    Atomics.notify(this.#bytes, 0);
  }
}
