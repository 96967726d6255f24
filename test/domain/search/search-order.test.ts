import { describe, expect, test } from "vitest";
import { spanOf } from "../../../src/domain/search/search-order.ts";
import type { Range } from "../../../src/domain/search/search.ts";
import type { Attribute } from "../../../src/domain/search/search-entry.ts";

const between = (low: number, high: number, attribute: Attribute = "createdAt"): Range => ({
  attribute,
  low,
  high,
});
const span = (...ranges: readonly Range[]) => spanOf({ ranges, sortField: "createdAt", isDescending: false });

describe("the span of the field that a search sorts by", () => {
  test("is unlimited where no range is on that field", () => {
    expect(span(between(1, 2, "updatedAt"))).toEqual({ low: -Infinity, high: Infinity });
  });

  test.each([
    ["the narrower after the wider", [between(0, 100), between(20, 30)]],
    ["the wider after the narrower", [between(20, 30), between(0, 100)]],
    ["two that overlap", [between(0, 30), between(20, 100)]],
  ])("is the intersection of all ranges: %s", (_, ranges) => {
    expect(span(...ranges)).toEqual({ low: 20, high: 30 });
  });
});
