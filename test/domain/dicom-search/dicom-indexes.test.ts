import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Blobs } from "../../../src/domain/blobs.ts";
import type { Caller } from "../../../src/domain/caller.ts";
import { Datastores } from "../../../src/domain/datastores/datastores.ts";
import { DicomIndexes } from "../../../src/domain/dicom-search/dicom-indexes.ts";
import {
  findInstances,
  findSeries,
  findStudies,
  type DicomQuery,
} from "../../../src/domain/dicom-search/find-dicom.ts";
import type { DicomIndex } from "../../../src/domain/dicom-search/dicom-index.ts";
import { createMatcher, type Matcher } from "../../../src/domain/dicom-search/match-values.ts";
import { Quotas } from "../../../src/domain/limits/quotas.ts";
import { DEFAULT_DURATIONS } from "../../../src/domain/time/durations.ts";
import { MemoryState } from "../../../src/storage/documents/memory-state.ts";
import { ManualClock } from "../../manual-clock.ts";
import { createTransitions } from "../../transitions.ts";
import { bruteForce, type Asked, type Level } from "./brute-force.ts";
import { documentOf, imageSetOf, keyOf, NAMES, sketches, type SketchedImageSet } from "./search-documents.ts";

const CALLER: Caller = { account: "000000000000", region: "us-east-1", accessKeyId: "test" };

/** A data store `d` whose documents are read from memory. */
function openStore(primaryOnly: boolean) {
  const state = new MemoryState();
  const clock = new ManualClock();
  const transitions = createTransitions(clock);
  const datastores = new Datastores({ state, clock, createId: () => "d", transitions, quotas: new Quotas() });
  datastores.create(CALLER, {});
  clock.advance(DEFAULT_DURATIONS.datastoreCreatingMs);
  const documents = new Map<string, string>();
  let reads = 0;
  const blobs: Pick<Blobs, "read"> = {
    read: async (key) => {
      reads += 1;
      const text = documents.get(key);
      if (text === undefined) throw new Error(`no document ${key}`);
      return Buffer.from(text);
    },
  };
  const indexes = new DicomIndexes({ state, blobs: blobs as Blobs, datastores, primaryOnly });
  return {
    put(all: readonly SketchedImageSet[], isFailing = false): void {
      for (const each of all) if (!isFailing) documents.set(keyOf(each), JSON.stringify(documentOf(each)));
      try {
        state.update(({ imageSets }) => {
          for (const each of all) imageSets.put(imageSetOf(each));
          if (isFailing) throw new Error("taken back");
        });
      } catch (error) {
        if (!isFailing) throw error;
      }
    },
    drop: (imageSetId: string) => state.update(({ imageSets }) => imageSets.drop(imageSetId)),
    forgetDocument: (key: string) => documents.delete(key),
    open: async () => (await indexes.open(CALLER, "d")).index,
    leftOut: async () => (await indexes.open(CALLER, "d")).leftOut,
    damage: (key: string) => documents.set(key, "{"),
    reads: () => reads,
  };
}

const STUDY = ["StudyDate", "StudyTime", "StudyDescription", "PatientID", "PatientName", "StudyInstanceUID"];
const SERIES = ["Modality", "SeriesNumber", "SeriesInstanceUID"];
const VRS: Record<string, string> = {
  StudyDate: "DA",
  StudyTime: "TM",
  PatientName: "PN",
  SeriesNumber: "IS",
  WarningReason: "US",
};
const LISTS = new Set(["StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "ModalitiesInStudy"]);
const WILD = new Set(["PatientName", "StudyDescription", "Modality", "WarningReason"]);

const day = (text: string): string => text.replaceAll(".", "");
const second = (text: string, digit: string): string => {
  const [clock = "", fraction = ""] = text.replaceAll(":", "").split(".");
  return clock.padEnd(6, digit === "0" ? "000000" : "xx5959".slice(clock.length)) + fraction.padEnd(6, digit);
};
const expression = (text: string): RegExp =>
  new RegExp(`^${text.replaceAll(/[.^]/g, "\\$&").replaceAll("*", ".*").replaceAll("?", ".")}$`, "u");

const conditions: fc.Arbitrary<Asked> = fc.oneof(
  fc
    .constantFrom("P1", "P 3", "P*")
    .map((text) => ({ keyword: "PatientID", text, isMatch: (value: string) => value === text })),
  fc.constantFrom("20240101-20240131", "20240115-", "-20240115", "20240201").map((text) => {
    const [from = "", to = from] = text.split("-");
    const isMatch = (value: string) =>
      /^\d/.test(value) && day(value) >= from && (to === "" || day(value) <= to);
    return { keyword: "StudyDate", text, isMatch };
  }),
  fc.constantFrom("10", "1015-", "-11", "101500-235959.999999", "101500").map((text) => {
    const [from = "", to = from] = text.split("-");
    const isMatch = (value: string) =>
      second(value, "0") >= (from === "" ? "" : second(from, "0")) &&
      (to === "" || second(value, "0") <= second(to, "9"));
    return { keyword: "StudyTime", text, isMatch };
  }),
  fc.constantFrom("*Nuclear*", "*Nuclear", "Nuclear*", "H??d", "Head").map((text) => ({
    keyword: "StudyDescription",
    text,
    isMatch: (value: string) => expression(text).test(value),
  })),
  fc.constantFrom("D*", "DOE^J?NE", "*Tarou", ...NAMES.filter((name) => name !== "")).map((text) => ({
    keyword: "PatientName",
    text,
    isMatch: (value: string) =>
      [value, ...value.split("=")].some((group) =>
        expression(text.replace(/\^+$/, "")).test(group.replace(/\^+$/, "")),
      ),
  })),
  fc.constantFrom("C?", "MR", "*").map((text) => ({
    keyword: "Modality",
    text,
    isMatch: (value: string) => expression(text).test(value),
  })),
  fc.constantFrom("CT", "CT,US", "MR\\US").map((text) => ({
    keyword: "ModalitiesInStudy",
    text,
    isMatch: (value: string) => text.split(/[,\\]/).includes(value),
  })),
  fc.constantFrom("1.4.1", "1.4.1,1.4.2,1.4.3").map((text) => ({
    keyword: "SOPInstanceUID",
    text,
    isMatch: (value: string) => text.split(",").includes(value),
  })),
  fc.constantFrom("1", "02").map((text) => ({
    keyword: "SeriesNumber",
    text,
    isMatch: (value: string) => Number(value) === Number(text),
  })),
  fc.constantFrom("45330", "453*", "*").map((text) => ({
    keyword: "WarningReason",
    text,
    isMatch: (value: string) => expression(text).test(value),
  })),
);

/** A star alone asks for nothing, except of a number: leave that out where the attribute is text. */
const isMeaningful = ({ keyword, text }: Asked): boolean => text !== "*" || keyword === "WarningReason";

const levels: fc.Arbitrary<Level> = fc.oneof(
  fc.record({ level: fc.constantFrom("studies" as const, "series" as const, "instances" as const) }),
  fc.record({
    level: fc.constantFrom("series" as const, "instances" as const),
    study: fc.constantFrom("1.2.0", "1.2.1", "9"),
  }),
  fc.record({
    level: fc.constant("instances" as const),
    study: fc.constantFrom("1.2.0", "1.2.1"),
    series: fc.constantFrom("1.3.0", "1.3.1", "9"),
  }),
);

function matcherOf({ keyword, text }: Asked): Matcher {
  const matcher = createMatcher(text, {
    vr: VRS[keyword] ?? "LO",
    hasWildcards: WILD.has(keyword),
    isList: LISTS.has(keyword),
  });
  if (matcher === undefined) throw new Error(`${text} can match`);
  return matcher;
}

function queryOf(
  { study, series }: Level,
  asked: readonly Asked[],
  offset: number,
  limit: number,
): DicomQuery {
  const of = (keywords: readonly string[]) =>
    asked
      .filter(({ keyword }) => keywords.includes(keyword))
      .map((each) => [each.keyword, matcherOf(each)] as const);
  return {
    studyInstanceUID: study,
    seriesInstanceUID: series,
    study: of([...STUDY, "ModalitiesInStudy"]),
    series: of(SERIES),
    instance: of(["SOPInstanceUID", "WarningReason"]),
    offset,
    limit,
    key: JSON.stringify(asked.map(({ keyword, text }) => [keyword, text])),
  };
}

function uids(index: DicomIndex, { level }: Level, query: DicomQuery): string[] {
  if (level === "studies") return findStudies(index, query).map(({ studyInstanceUID }) => studyInstanceUID);
  if (level === "series") {
    return findSeries(index, query).map(
      ({ study, seriesInstanceUID }) => `${study.studyInstanceUID}/${seriesInstanceUID}`,
    );
  }
  return findInstances(index, query).map(
    ({ series, sopInstanceUID }) =>
      `${series.study.studyInstanceUID}/${series.seriesInstanceUID}/${sopInstanceUID}`,
  );
}

/** What a level can be asked for. */
const isOfLevel = ({ level }: Level, { keyword }: Asked): boolean =>
  level === "instances" ||
  STUDY.includes(keyword) ||
  keyword === "ModalitiesInStudy" ||
  (level === "series" && SERIES.includes(keyword));

const steps = fc.array(
  fc.record({
    puts: fc.array(sketches, { maxLength: 8 }),
    drops: fc.array(fc.nat(14), { maxLength: 1 }),
    touches: fc.array(fc.record({ index: fc.nat(14), updatedAt: fc.nat(20) }), { maxLength: 4 }),
    isFailing: fc.boolean(),
  }),
  { maxLength: 5 },
);

describe("the index of DICOM searches", () => {
  test("finds what a scan of all documents would, in the order of the search, after any changes", async () => {
    const searches = fc.array(
      fc.record({
        level: levels,
        asked: fc.array(conditions, { maxLength: 3 }),
        offset: fc.nat(6),
        limit: fc.integer({ min: 1, max: 9 }),
      }),
      { minLength: 1, maxLength: 6 },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(sketches, { maxLength: 15 }),
        steps,
        searches,
        fc.boolean(),
        async (there, made, asked, primaryOnly) => {
          const store = openStore(primaryOnly);
          const current = new Map<string, SketchedImageSet>();
          const check = async (): Promise<void> => {
            const index = await store.open();
            for (const { level, asked: all, offset, limit } of asked) {
              const own = all.filter((each) => isOfLevel(level, each) && isMeaningful(each));
              const distinct = [...new Map(own.map((each) => [each.keyword, each])).values()];
              const found = uids(index, level, queryOf(level, distinct, offset, limit));
              const wanted = bruteForce([...current.values()], primaryOnly, level, distinct);
              expect(found).toEqual(wanted.slice(offset, offset + limit));
            }
          };
          for (const { puts, drops, touches, isFailing } of [
            { puts: there, drops: [], touches: [], isFailing: false },
            ...made,
          ]) {
            const distinct = [...new Map(puts.map((each) => [each.imageSetId, each])).values()];
            // A version's document never changes.
            const fresh = distinct.map((each) => ({
              ...each,
              version: (current.get(each.imageSetId)?.version ?? 1) + each.version,
            }));
            store.put(fresh, isFailing);
            if (!isFailing) for (const each of fresh) current.set(each.imageSetId, each);
            for (const { index, updatedAt } of touches) {
              const known = current.get(`i${index}`);
              if (known === undefined) continue;
              current.set(known.imageSetId, { ...known, updatedAt });
              store.put([{ ...known, updatedAt }]);
            }
            for (const index of drops) {
              store.drop(`i${index}`);
              current.delete(`i${index}`);
            }
            await check();
          }
        },
      ),
      { numRuns: 300, endOnFailure: true },
    );
  });

  const one: SketchedImageSet = {
    imageSetId: "i",
    study: "1.2",
    series: "1.3",
    patient: { PatientID: "P" },
    studyAttributes: {},
    seriesAttributes: { SeriesNumber: "1" },
    instances: { "1.4": {} },
    version: 1,
    updatedAt: 1,
    isPrimary: true,
    state: "ACTIVE",
  };

  test("reads nothing before the first search, each document once, and again only what has changed", async () => {
    const store = openStore(true);
    store.put([one, { ...one, imageSetId: "j", study: "1.5" }]);
    expect(store.reads()).toBe(0);
    await Promise.all([store.open(), store.open()]);
    expect(store.reads()).toBe(2);
    store.put([{ ...one, updatedAt: 2 }]);
    await store.open();
    expect(store.reads()).toBe(2);
    store.put([{ ...one, version: 2 }]);
    await store.open();
    expect(store.reads()).toBe(3);
  });

  test("fails while a document cannot be read, and works again without its image set", async () => {
    const store = openStore(true);
    store.put([one, { ...one, imageSetId: "j", study: "1.5" }]);
    store.forgetDocument(keyOf(one));
    await expect(store.open()).rejects.toThrow("no document i/1");
    await expect(store.open()).rejects.toThrow("no document i/1");
    store.put([{ ...one, state: "DELETED" }]);
    expect(uids(await store.open(), { level: "studies" }, queryOf({ level: "studies" }, [], 0, 9))).toEqual([
      "1.5",
    ]);
  });

  test("leaves an image set whose document is damaged out, says so, and has it again once it can be read", async () => {
    const store = openStore(true);
    const search = async () =>
      uids(await store.open(), { level: "studies" }, queryOf({ level: "studies" }, [], 0, 9));
    store.put([one, { ...one, imageSetId: "j", study: "1.5" }]);
    store.damage(keyOf(one));
    expect(await search()).toEqual(["1.5"]);
    expect(await store.leftOut()).toEqual([expect.stringContaining("not JSON")]);
    store.put([one]);
    expect(await search()).toEqual(["1.2", "1.5"]);
    expect(await store.leftOut()).toEqual([]);
    store.put([{ ...one, version: 2 }]);
    store.damage(keyOf({ ...one, version: 2 }));
    expect(await search()).toEqual(["1.5"]);
    store.drop(one.imageSetId);
    expect(await store.leftOut()).toEqual([]);
  });

  test("finds an image set that is made by a copy once the copy is done", async () => {
    const store = openStore(false);
    const search = async () =>
      uids(await store.open(), { level: "studies" }, queryOf({ level: "studies" }, [], 0, 9));
    store.put([{ ...one, status: "COPYING", state: "LOCKED" }]);
    expect(await search()).toEqual([]);
    store.put([{ ...one, status: "COPIED" }]);
    expect(await search()).toEqual(["1.2"]);
  });
});
