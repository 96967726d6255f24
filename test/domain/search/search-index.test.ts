import type { DICOMTags, SearchCriteria, SearchFilter } from "@aws-sdk/client-medical-imaging";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { latestVersion, type ImageSet } from "../../../src/domain/image-sets/image-set.ts";
import { SearchIndex } from "../../../src/domain/search/search-index.ts";
import { createImageSet, openSearchStore, type SearchStore } from "../search-store.ts";

/** So few different values that many share them, and image sets enough to be held in order. */
const MANY = 700;
const second = fc.integer({ min: 0, max: 30 });
const text = fc.constantFrom("", "A", "B", "C");
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const tags: fc.Arbitrary<DICOMTags> = fc.record({
  DICOMPatientId: optional(text),
  DICOMStudyId: optional(text),
  DICOMSeriesInstanceUID: fc.nat(400).map((index) => `1.${index}`),
  DICOMStudyDate: optional(fc.constantFrom("20240105", "20240106", "2024.01.07", "UNKNOWN")),
  DICOMStudyTime: optional(fc.constantFrom("10", "101500.5", "235959.999999", "noon")),
});

const imageSet = (ids: fc.Arbitrary<number>): fc.Arbitrary<ImageSet> =>
  fc
    .record({
      index: ids,
      dicomTags: tags,
      isPrimary: fc.boolean(),
      createdAt: second,
      updatedAt: second,
      imageSetState: fc.constantFrom(
        "ACTIVE" as const,
        "ACTIVE" as const,
        "LOCKED" as const,
        "DELETED" as const,
      ),
    })
    .map(({ index, ...sketch }) =>
      createImageSet({
        ...sketch,
        imageSetId: `i${String(index).padStart(4, "0")}`,
        // An image set stays in its data store.
        datastoreId: index % 7 === 0 ? "e" : "d",
        createdAt: sketch.createdAt * 1_000,
        updatedAt: sketch.updatedAt * 1_000 + 7,
      }),
    );

const stock = fc.array(imageSet(fc.constant(0)), { minLength: 40, maxLength: 60 }).chain((patterns) =>
  fc.constantFrom(30, MANY).map((count) =>
    Array.from({ length: count }, (_, index) => {
      const pattern = patterns[index % patterns.length];
      if (pattern === undefined) throw new Error("there are patterns");
      const imageSetId = `i${String(index).padStart(4, "0")}`;
      return { ...pattern, imageSetId, datastoreId: index % 7 === 0 ? "e" : "d" };
    }),
  ),
);

/** What one change puts, and whether it fails at its end. */
const changes = fc.array(
  fc.record({
    puts: fc.array(imageSet(fc.integer({ min: 0, max: MANY + 20 })), { maxLength: 40 }),
    isFailing: fc.boolean(),
  }),
  { maxLength: 12 },
);

const date = (value: number) => new Date(value * 1_000);
const studyDay = fc.constantFrom("20240104", "20240105", "20240106", "20240107");
const studyTime = optional(fc.constantFrom("10", "101500", "101500.500000"));
const value = (isRange: boolean): fc.Arbitrary<[object, object]> =>
  fc.oneof(
    fc
      .tuple(second, second)
      .map(([a, b]): [object, object] => [
        { createdAt: date(Math.min(a, b)) },
        { createdAt: date(Math.max(a, b)) },
      ]),
    fc
      .tuple(second, second)
      .map(([a, b]): [object, object] => [
        { updatedAt: date(Math.min(a, b)) },
        { updatedAt: date(Math.max(a, b)) },
      ]),
    fc
      .tuple(text, text)
      .map(([a, b]): [object, object] => [
        { DICOMPatientId: a < b ? a : b },
        { DICOMPatientId: a < b ? b : a },
      ]),
    fc
      .boolean()
      .map((isPrimary): [object, object] => [
        { isPrimary: isRange ? false : isPrimary },
        { isPrimary: true },
      ]),
    text.map((studyId): [object, object] => [{ DICOMStudyId: studyId }, { DICOMStudyId: `${studyId}x` }]),
    fc
      .nat(420)
      .map((index): [object, object] => [
        { DICOMSeriesInstanceUID: `1.${index}` },
        { DICOMSeriesInstanceUID: `1.${index}9` },
      ]),
    fc.tuple(studyDay, studyTime).map(([DICOMStudyDate, DICOMStudyTime]): [object, object] => [
      {
        DICOMStudyDateAndTime:
          isRange || DICOMStudyTime === undefined ? { DICOMStudyDate } : { DICOMStudyDate, DICOMStudyTime },
      },
      { DICOMStudyDateAndTime: { DICOMStudyDate, DICOMStudyTime: "22" } },
    ]),
  );

const filter: fc.Arbitrary<SearchFilter> = fc.boolean().chain((isRange) =>
  value(isRange).map(
    (values) =>
      ({
        operator: isRange ? "BETWEEN" : "EQUAL",
        values: isRange ? values : values.slice(0, 1),
      }) as SearchFilter,
  ),
);

const criteria: fc.Arbitrary<SearchCriteria> = fc.record({
  filters: fc.array(filter, { maxLength: 2 }),
  sort: optional(
    fc.record({
      sortField: fc.constantFrom(
        "updatedAt" as const,
        "createdAt" as const,
        "DICOMStudyDateAndTime" as const,
      ),
      sortOrder: fc.constantFrom("ASC" as const, "DESC" as const),
    }),
  ),
});

/** The study date and time as digits, implemented separately for this test. */
function studyDigits({
  DICOMStudyDate = "",
  DICOMStudyTime = "",
}: {
  DICOMStudyDate?: string;
  DICOMStudyTime?: string;
}): string {
  const day = DICOMStudyDate.replaceAll(".", "");
  if (!/^\d{8}$/.test(day)) return "";
  const [clock = "", fraction = ""] = /^\d/.test(DICOMStudyTime) ? DICOMStudyTime.split(".") : [];
  return day + clock.padEnd(6, "0") + fraction.padEnd(6, "0");
}

function naiveKey(set: ImageSet, name: string): string | number | undefined {
  const { updatedAt, dicomTags } = latestVersion(set);
  if (name === "createdAt") return set.createdAt;
  if (name === "isPrimary") return String(set.isPrimary ?? false);
  if (name === "updatedAt") return updatedAt;
  if (name === "DICOMStudyDateAndTime") return studyDigits(dicomTags) || undefined;
  return dicomTags[name as "DICOMStudyId"];
}

function naiveMatch(set: ImageSet, { operator, values = [] }: SearchFilter): boolean {
  const [name = "", low] = Object.entries(values[0] ?? {})[0] ?? [];
  const [, high] = Object.entries(values[1] ?? {})[0] ?? [];
  const key = naiveKey(set, name);
  if (key === undefined) return false;
  if (low instanceof Date) {
    const offset = Number(key) - low.getTime();
    return high instanceof Date
      ? offset >= 0 && Number(key) <= high.getTime()
      : offset >= -500 && offset < 1_000;
  }
  if (typeof low === "boolean") return operator === "BETWEEN" || key === String(low);
  if (typeof low === "string") return operator === "EQUAL" ? key === low : key >= low && key <= String(high);
  const study = low as { DICOMStudyDate: string; DICOMStudyTime?: string };
  if (operator === "BETWEEN") return key >= studyDigits(study) && key <= studyDigits(high as typeof study);
  return study.DICOMStudyTime === undefined
    ? String(key).startsWith(study.DICOMStudyDate)
    : key === studyDigits(study);
}

function naive(sets: Iterable<ImageSet>, { filters = [], sort }: SearchCriteria): string[] {
  const { sortField = "updatedAt", sortOrder = "DESC" } = sort ?? {};
  const sign = sortOrder === "DESC" ? -1 : 1;
  const found = [...sets].filter(
    (set) =>
      latestVersion(set).imageSetState !== "DELETED" &&
      filters.every((condition) => naiveMatch(set, condition)),
  );
  const rank = (set: ImageSet) => (naiveKey(set, sortField) === undefined ? 1 : 0);
  found.sort((a, b) => {
    const [left, right] = [naiveKey(a, sortField) ?? 0, naiveKey(b, sortField) ?? 0];
    if (rank(a) !== rank(b)) return rank(a) - rank(b);
    if (left !== right) return left < right ? -sign : sign;
    return a.imageSetId < b.imageSetId ? -sign : sign;
  });
  return found.map(({ imageSetId }) => imageSetId);
}

function change({ state }: SearchStore, puts: readonly ImageSet[], isFailing = false): void {
  const failure = new Error("taken back");
  try {
    state.update(({ imageSets }) => {
      for (const set of puts) imageSets.put(set);
      if (isFailing) throw failure;
    });
  } catch (error) {
    if (error !== failure) throw error;
  }
}

function searchAll(
  { search }: SearchStore,
  asked: SearchCriteria,
  maxResults: number,
  datastoreId: string,
): string[] {
  const found: string[] = [];
  let nextToken: string | null | undefined;
  while (nextToken !== null) {
    const page = search(asked, { maxResults, nextToken }, datastoreId);
    found.push(...page.items.map(({ imageSetId }) => imageSetId));
    nextToken = page.nextToken;
  }
  return found;
}

describe("the search index", () => {
  test("answers as a scan of all image sets would, after any changes, undone or not", () => {
    fc.assert(
      fc.property(
        stock,
        changes,
        fc.array(criteria, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 50 }),
        (there, made, searches, maxResults) => {
          const store = openSearchStore(there, ["isPrimary"]);
          for (const { puts, isFailing } of made) change(store, puts, isFailing);
          for (const datastoreId of ["d", "e"]) {
            const sets = [...store.state.imageSets.inDatastore(datastoreId)];
            for (const asked of searches) {
              expect(searchAll(store, asked, maxResults, datastoreId)).toEqual(naive(sets, asked));
            }
          }
        },
      ),
      // Shrinking would take longer than reading the failure: the seed is enough to repeat it.
      { numRuns: 80, endOnFailure: true },
    );
  });

  test("reads only image sets that are not primary to find the few that are not", () => {
    const count = 1_000;
    const sets = Array.from({ length: count }, (_, index) =>
      createImageSet({ imageSetId: `i${index}`, dicomTags: {}, isPrimary: index % 100 > 0 }),
    );
    const index = new SearchIndex(["isPrimary"]);
    for (const set of sets) index.put(set);
    let reads = 0;
    const range = {
      attribute: "isPrimary" as const,
      low: "false",
      get high() {
        reads += 1;
        return "false";
      },
    };
    const query = { ranges: [range], sortField: "createdAt", isDescending: false } as const;
    expect(index.find("d", query, undefined, 50)).toHaveLength(10);
    expect(reads).toBeLessThan(20);
  });

  test("returns the newest document, also after a change of its tags only", () => {
    const before = createImageSet({ imageSetId: "i", dicomTags: {} });
    const store = openSearchStore([before]);
    const after = { ...before, tags: { a: "b" } };
    change(store, [after]);
    expect(store.search({}).items).toEqual([after]);
    change(store, [before], true);
    expect(store.search({}).items).toEqual([after]);
  });

  test("shows within a change what the change has put", () => {
    const store = openSearchStore();
    const found = store.state.update(({ imageSets }) => {
      imageSets.put(createImageSet({ imageSetId: "i", dicomTags: { DICOMPatientId: "P" } }));
      return store.search({}).items.length;
    });
    expect(found).toBe(1);
  });
});

describe("pages of a search with changes between them", () => {
  const sorts = fc.record({
    sortField: fc.constantFrom("updatedAt" as const, "createdAt" as const),
    sortOrder: fc.constantFrom("ASC" as const, "DESC" as const),
  });
  /** Between two pages: some come, some go, some are updated. */
  const between = fc.array(
    fc.record({
      come: fc.array(imageSet(fc.integer({ min: 10_000, max: 10_050 })), { maxLength: 4 }),
      go: fc.array(fc.nat(59), { maxLength: 3 }),
      update: fc.array(fc.nat(59), { maxLength: 3 }),
    }),
    { maxLength: 20 },
  );

  test("show each remaining image set once, except that an update moves it in the order of updatedAt", () => {
    fc.assert(
      fc.property(sorts, between, fc.integer({ min: 1, max: 9 }), (sort, steps, maxResults) => {
        const idAt = (index: number): string => `i${String(index).padStart(4, "0")}`;
        const store = openSearchStore(
          Array.from({ length: 60 }, (_, index) =>
            createImageSet({ imageSetId: idAt(index), dicomTags: {}, createdAt: (index * 17) % 60 }),
          ),
        );
        const gone = new Set<string>();
        const updated = new Set<string>();
        const seen: string[] = [];
        const rest = [...steps];
        let now = 1_000_000;
        let nextToken: string | null | undefined;
        while (nextToken !== null) {
          const page = store.search({ sort }, { maxResults, nextToken });
          seen.push(...page.items.map(({ imageSetId }) => imageSetId));
          nextToken = page.nextToken;
          const { come = [], go = [], update = [] } = rest.shift() ?? {};
          change(store, come);
          for (const [indices, imageSetState, ids] of [
            [update, "ACTIVE", updated],
            [go, "DELETED", gone],
          ] as const) {
            for (const imageSetId of indices.map(idAt).filter((id) => !gone.has(id))) {
              const set = store.state.imageSets.get(imageSetId);
              if (set === undefined) throw new Error("none goes from the state");
              ids.add(imageSetId);
              change(store, [
                { ...set, versions: [{ ...latestVersion(set), imageSetState, updatedAt: ++now }] },
              ]);
            }
          }
        }
        for (const imageSetId of Array.from({ length: 60 }, (_, index) => idAt(index))) {
          const times = seen.filter((id) => id === imageSetId).length;
          const isMoving = sort.sortField === "updatedAt" && updated.has(imageSetId);
          if (gone.has(imageSetId)) continue;
          if (!isMoving) expect(times).toBe(1);
          else if (sort.sortOrder === "ASC") expect(times).toBeGreaterThanOrEqual(1);
          else expect(times).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  test("continue after an image set that has been deleted", () => {
    const sets = ["a", "b", "c", "d"].map((imageSetId, createdAt) =>
      createImageSet({ imageSetId, dicomTags: {}, createdAt }),
    );
    const store = openSearchStore(sets);
    const oldestFirst: SearchCriteria = { sort: { sortField: "createdAt", sortOrder: "ASC" } };
    const { nextToken } = store.search(oldestFirst, { maxResults: 2 });
    if (nextToken === null) throw new Error("there are more pages");
    change(
      store,
      sets
        .slice(0, 2)
        .map((set) => ({ ...set, versions: [{ ...latestVersion(set), imageSetState: "DELETED" }] })),
    );
    expect(store.search(oldestFirst, { nextToken }).items.map(({ imageSetId }) => imageSetId)).toEqual([
      "c",
      "d",
    ]);
  });

  test("have tokens that are valid only for the same data store and equal criteria", () => {
    const store = openSearchStore(
      ["a", "b", "c"].map((imageSetId) => createImageSet({ imageSetId, dicomTags: { DICOMPatientId: "P" } })),
    );
    const { nextToken } = store.search({}, { maxResults: 1 });
    if (nextToken === null) throw new Error("there are more pages");
    const refused = expect.objectContaining({ code: "ValidationException" });
    const sort = { sortField: "updatedAt", sortOrder: "DESC" } as const;
    expect(store.search({ sort, filters: [] }, { nextToken }).items).toHaveLength(2);
    expect(() => store.search({}, { nextToken }, "e")).toThrow(refused);
    expect(() => store.search({ sort: { ...sort, sortOrder: "ASC" } }, { nextToken })).toThrow(refused);
    expect(() =>
      store.search({ filters: [{ operator: "EQUAL", values: [{ DICOMPatientId: "P" }] }] }, { nextToken }),
    ).toThrow(refused);
    for (const damaged of [
      `${nextToken}!`,
      ` ${nextToken}`,
      nextToken.slice(1),
      nextToken.slice(0, -1),
      "",
      "bnVsbA",
      "NQ",
    ]) {
      expect(() => store.search({}, { nextToken: damaged })).toThrow(refused);
    }
  });
});
