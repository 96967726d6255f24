const MAX_TOKENS = 500;

/** The latest `nextToken`s, and whether a client used them. */
export class Pages {
  readonly #tokens = new Map<string, { readonly operation: string; isUsed: boolean }>();

  handOut(operation: string, token: string): void {
    if (this.#tokens.has(token)) return;
    this.#tokens.set(token, { operation, isUsed: false });
    if (this.#tokens.size <= MAX_TOKENS) return;
    const [oldest = ""] = this.#tokens.keys();
    this.#tokens.delete(oldest);
  }

  use(token: string): void {
    const page = this.#tokens.get(token);
    if (page !== undefined) page.isUsed = true;
  }

  /** By operation, how many were never used. */
  unread(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { operation, isUsed } of this.#tokens.values())
      if (!isUsed) counts[operation] = (counts[operation] ?? 0) + 1;
    return counts;
  }
}
