/** Counts by name. Once there are `maxNames` names, further ones are counted together as `others`. */
export class NameCounts {
  readonly #counts = new Map<string, number>();
  readonly #maxNames: number;

  constructor(maxNames = 100) {
    this.#maxNames = maxNames;
  }

  add(name: string): void {
    const count = this.#counts.get(name);
    if (count !== undefined) this.#counts.set(name, count + 1);
    else if (this.#counts.size < this.#maxNames) this.#counts.set(name, 1);
    else this.#counts.set("others", (this.#counts.get("others") ?? 0) + 1);
  }

  get isEmpty(): boolean {
    return this.#counts.size === 0;
  }

  toJson(): Record<string, number> {
    return Object.fromEntries(this.#counts);
  }
}
