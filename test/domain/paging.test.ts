import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cutPage, type PageRequest } from "../../src/domain/paging.ts";

interface Item {
  readonly rank: number;
  readonly id: string;
}

const cut = (items: readonly Item[], page: PageRequest, listing = "list") =>
  cutPage(items, ({ rank, id }) => [rank, id], listing, page);

const uniqueItems = fc.uniqueArray(
  fc.record({ rank: fc.integer({ min: -5, max: 5 }), id: fc.string({ maxLength: 6 }) }),
  {
    selector: ({ id }) => id,
  },
);

describe("paging", () => {
  test("yields each item once, in order, for every page size", () => {
    fc.assert(
      fc.property(uniqueItems, fc.integer({ min: 1, max: 7 }), (items, maxResults) => {
        const seen: Item[] = [];
        let nextToken: string | undefined;
        do {
          const page = cut(items, { maxResults, nextToken });
          seen.push(...page.items);
          nextToken = page.nextToken ?? undefined;
        } while (nextToken !== undefined);
        expect(seen).toEqual(items.toSorted((a, b) => a.rank - b.rank || (a.id < b.id ? -1 : 1)));
      }),
    );
  });

  test("neither loses nor repeats a remaining item when others are added and removed between pages", () => {
    fc.assert(
      fc.property(uniqueItems, uniqueItems, fc.integer({ min: 1, max: 5 }), (items, others, maxResults) => {
        const ids = new Set(items.map(({ id }) => id));
        const strangers = others.filter(({ id }) => !ids.has(id));
        const first = cut([...items, ...strangers], { maxResults });
        const seen = [...first.items];
        let nextToken = first.nextToken;
        while (nextToken !== null) {
          const page = cut(items, { maxResults, nextToken });
          seen.push(...page.items);
          nextToken = page.nextToken;
        }
        const staying = seen.filter(({ id }) => ids.has(id)).map(({ id }) => id);
        expect(staying.toSorted()).toEqual([...ids].toSorted());
      }),
    );
  });

  test("accepts a token only in the listing that issued it", () => {
    const items = [1, 2, 3].map((rank) => ({ rank, id: String(rank) }));
    const { nextToken } = cut(items, { maxResults: 1 });
    if (nextToken === null) throw new Error("there are more pages");
    const foreign = { code: "ValidationException" };
    expect(() => cut(items, { nextToken }, "another list")).toThrow(expect.objectContaining(foreign));
    expect(() => cut(items, { nextToken: "garbage" })).toThrow(expect.objectContaining(foreign));
    const [head, ...rest] = JSON.parse(Buffer.from(nextToken, "base64url").toString()) as unknown[];
    const forged = Buffer.from(JSON.stringify([head, 2, ...rest.slice(1)])).toString("base64url");
    expect(() => cut(items, { nextToken: forged })).toThrow(expect.objectContaining(foreign));
    expect(cut(items, { nextToken }).items).toEqual(items.slice(1));
  });

  test("returns at most 50 items by default", () => {
    const items = Array.from({ length: 60 }, (_, rank) => ({ rank, id: String(rank) }));
    expect(cut(items, {}).items).toHaveLength(50);
  });
});
