import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SortedList } from "../../../src/domain/search/sorted-list.ts";

const fill = (numbers: Iterable<number>): SortedList<number> => {
  const list = new SortedList<number>((a, b) => a - b);
  for (const number of numbers) list.add(number);
  return list;
};

describe("a sorted list", () => {
  test("is iterated from any position in either direction, and counted, like a sorted array", () => {
    const steps = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 60 })), { maxLength: 200 });
    fc.assert(
      fc.property(steps, fc.integer({ min: -1, max: 61 }), (changes, bound) => {
        const list = fill([]);
        const plain = new Set<number>();
        for (const [isAddition, number] of changes) {
          if (!isAddition) list.delete(number);
          else if (!plain.has(number)) list.add(number);
          if (isAddition) plain.add(number);
          else plain.delete(number);
        }
        const sorted = [...plain].toSorted((a, b) => a - b);
        expect([...list.ascending((item) => item < bound)]).toEqual(sorted.filter((item) => item >= bound));
        expect([...list.descending((item) => item < bound)]).toEqual(
          sorted.filter((item) => item < bound).toReversed(),
        );
        expect(list.count((item) => item < bound)).toBe(sorted.filter((item) => item < bound).length);
      }),
    );
  });

  test.each([
    ["upwards", (index: number) => index],
    ["downwards", (index: number) => 9_999 - index],
    ["in no order", (index: number) => (index * 7_919) % 10_000],
  ])("holds what is added %s and drops what is deleted, across many chunks", (_, numberAt) => {
    const numbers = Array.from({ length: 10_000 }, (__, index) => numberAt(index));
    const list = fill(numbers);
    expect([...list.ascending(() => false)]).toEqual(numbers.toSorted((a, b) => a - b));
    for (const number of numbers) if (number % 3 !== 0) list.delete(number);
    const rest = numbers.filter((number) => number % 3 === 0).toSorted((a, b) => a - b);
    expect([...list.descending(() => true)]).toEqual(rest.toReversed());
    expect(list.count((item) => item < 5_000)).toBe(rest.filter((item) => item < 5_000).length);
    for (const number of rest) list.delete(number);
    expect([...list.ascending(() => false)]).toEqual([]);
    list.add(1);
    expect([...list.descending(() => true)]).toEqual([1]);
  });
});
