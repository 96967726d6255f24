/**
 * Bounds the bytes that are held at once. Work begins in the order in which it comes, once what it
 * holds fits beside the rest; what is larger than the whole budget goes alone.
 */
export class ByteBudget {
  readonly #maxBytes: number;
  readonly #waiting: { readonly byteLength: number; readonly begin: () => void }[] = [];
  #heldBytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  async during<T>(byteLength: number, work: () => Promise<T>): Promise<T> {
    await new Promise<void>((begin) => {
      this.#waiting.push({ byteLength, begin });
      this.#beginNext();
    });
    try {
      return await work();
    } finally {
      this.#heldBytes -= byteLength;
      this.#beginNext();
    }
  }

  #beginNext(): void {
    for (
      let [next] = this.#waiting;
      next !== undefined && this.#fits(next.byteLength);
      [next] = this.#waiting
    ) {
      this.#waiting.shift();
      this.#heldBytes += next.byteLength;
      next.begin();
    }
  }

  #fits(byteLength: number): boolean {
    return this.#heldBytes === 0 || this.#heldBytes + byteLength <= this.#maxBytes;
  }
}
