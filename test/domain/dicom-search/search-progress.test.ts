import fc from "fast-check";
import { expect, test } from "vitest";
import { createMatcher, type Matcher } from "../../../src/domain/dicom-search/match-values.ts";
import {
  advance,
  SearchProgresses,
  type ItemCondition,
} from "../../../src/domain/dicom-search/search-progress.ts";
import type { JsonValue } from "../../../src/domain/image-sets/metadata/metadata-document.ts";

const COUNT = 12_000;

interface Item {
  readonly place: number;
  readonly values: Readonly<Record<string, JsonValue>>;
}

const items = Array.from({ length: COUNT }, (_, place): Item => ({ place, values: valuesOf(place) }));
const chunks = Array.from({ length: COUNT / 500 }, (_, at) => items.slice(at * 500, at * 500 + 500));

/** Of all kinds: one for each item, few, several at once, numbers, none. */
function valuesOf(place: number): Readonly<Record<string, JsonValue>> {
  return {
    PatientID: `P${place}`,
    StudyDate: `202401${String(1 + (place % 28)).padStart(2, "0")}`,
    ModalitiesInStudy: place % 5 === 0 ? ["CT", " MR"] : ["MR", "MR"],
    ...(place % 3 === 0 && { StudyDescription: place % 2 === 0 ? "Head " : "" }),
    ...(place % 4 === 0 && { WarningReason: place % 8 === 0 ? [45_330, 45_312] : 45_330 }),
  };
}

const RULES: Readonly<Record<string, Parameters<typeof createMatcher>[1]>> = {
  PatientID: { vr: "LO", hasWildcards: true, isList: false },
  StudyDate: { vr: "DA", hasWildcards: false, isList: false },
  ModalitiesInStudy: { vr: "CS", hasWildcards: false, isList: true },
  StudyDescription: { vr: "LO", hasWildcards: true, isList: false },
  WarningReason: { vr: "US", hasWildcards: true, isList: false },
};

const asked = fc.constantFrom(
  ["PatientID", "P11999"],
  ["PatientID", "P11*"],
  ["PatientID", "*99"],
  ["PatientID", "nobody"],
  ["StudyDate", "20240105-20240107"],
  ["ModalitiesInStudy", "CT"],
  ["ModalitiesInStudy", "CT,MR"],
  ["StudyDescription", "Head"],
  ["StudyDescription", "*"],
  ["WarningReason", "453*"],
  ["WarningReason", "45312"],
);

function conditionOf(
  [keyword = "", text = ""]: readonly string[],
  onRead = (): void => {},
): ItemCondition<Item> {
  const matches: Matcher =
    createMatcher(text, RULES[keyword] ?? { vr: "LO", hasWildcards: false, isList: false }) ?? (() => false);
  const read = ({ values }: Item): JsonValue | undefined => {
    onRead();
    return values[keyword];
  };
  return { name: keyword, read, matches };
}

function page(
  progresses: SearchProgresses<Item>,
  conditions: readonly ItemCondition<Item>[],
  key: string,
  end: number,
) {
  const progress = progresses.of(key);
  const isFound = (item: Item) => conditions.every(({ read, matches }) => matches(read(item)));
  advance(progress, chunks, isFound, (from) => progresses.candidates(chunks, conditions, from), end);
  return progress.found.slice(0, end);
}

test("finds what a scan of all items finds, in its order, page after page", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(asked, { minLength: 1, maxLength: 3, selector: ([keyword]) => keyword }),
      fc.array(fc.constantFrom(1, 100, 1_000, COUNT), { minLength: 1, maxLength: 3 }),
      (all, ends) => {
        const progresses = new SearchProgresses<Item>();
        const conditions = all.map((each) => conditionOf(each));
        const wanted = items.filter(({ values }) =>
          conditions.every(({ name, matches }) => matches(values[name])),
        );
        for (const end of ends)
          expect(page(progresses, conditions, JSON.stringify(all), end)).toEqual(wanted.slice(0, end));
      },
    ),
    { numRuns: 60 },
  );
});

test("after the first search by an attribute, another one reads a part of the items, until the list changes", () => {
  const progresses = new SearchProgresses<Item>();
  let reads = 0;
  const search = (patient: string): number => {
    reads = 0;
    const found = page(progresses, [conditionOf(["PatientID", patient], () => (reads += 1))], patient, 10);
    expect(found).toHaveLength(1);
    return reads;
  };
  expect(search("P11998")).toBeGreaterThan(COUNT);
  expect(search("P11999")).toBeLessThan(COUNT / 2);
  progresses.clear();
  expect(search("P11999")).toBeGreaterThan(COUNT);
});
