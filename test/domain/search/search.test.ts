import type { SearchCriteria } from "@aws-sdk/client-medical-imaging";
import { describe, expect, test } from "vitest";
import { createImageSet, openSearchStore } from "../search-store.ts";

const STORE = openSearchStore(
  [
    {
      imageSetId: "a",
      dicomTags: {
        DICOMPatientId: "P1",
        DICOMAccessionNumber: "A1",
        DICOMStudyId: "S1",
        DICOMStudyInstanceUID: "1.2",
        DICOMSeriesInstanceUID: "1.2.1",
        DICOMStudyDate: "20240105",
        DICOMStudyTime: "101500.000001",
      },
      createdAt: 1_000,
      updatedAt: 9_000,
    },
    {
      imageSetId: "b",
      dicomTags: {
        DICOMPatientId: "p1",
        DICOMAccessionNumber: "A2",
        DICOMStudyId: "S2",
        DICOMStudyInstanceUID: "1.3",
        DICOMSeriesInstanceUID: "1.3.1",
        DICOMStudyDate: "2024.01.05",
        DICOMStudyTime: "10:15:00.000002",
      },
      createdAt: 2_000,
    },
    {
      imageSetId: "c",
      dicomTags: {
        DICOMPatientId: "P2",
        DICOMStudyInstanceUID: "1.3",
        DICOMSeriesInstanceUID: "1.3.2",
        DICOMStudyDate: "20240106",
      },
      createdAt: 3_000,
    },
    { imageSetId: "d", dicomTags: { DICOMPatientId: "P3", DICOMStudyId: "" }, createdAt: 4_000 },
    { imageSetId: "e", dicomTags: { DICOMPatientId: "P4", DICOMStudyDate: "UNKNOWN" }, createdAt: 5_250 },
    {
      imageSetId: "f",
      dicomTags: { DICOMPatientId: "P1", DICOMStudyDate: "20240105" },
      imageSetState: "DELETED" as const,
    },
    { imageSetId: "g", dicomTags: { DICOMPatientId: "P1" }, datastoreId: "e" },
  ].map(createImageSet),
);

const search = (criteria: SearchCriteria): string[] =>
  STORE.search(criteria).items.map(({ imageSetId }) => imageSetId);

const equal = (value: object): SearchCriteria => ({
  filters: [{ operator: "EQUAL", values: [value as never] }],
});
const between = (low: object, high: object): SearchCriteria => ({
  filters: [{ operator: "BETWEEN", values: [low as never, high as never] }],
});

describe("a search", () => {
  test("without criteria finds all, newest update first", () => {
    expect(search({})).toEqual(["a", "e", "d", "c", "b"]);
  });

  test.each([
    [{ DICOMPatientId: "P1" }, ["a"]],
    [{ DICOMAccessionNumber: "A2" }, ["b"]],
    [{ DICOMStudyId: "S1" }, ["a"]],
    [{ DICOMStudyInstanceUID: "1.3" }, ["c", "b"]],
    [{ DICOMSeriesInstanceUID: "1.3.2" }, ["c"]],
    [{ createdAt: new Date(2_000) }, ["b"]],
    [{ createdAt: new Date(5_000) }, ["e"]],
    [{ createdAt: new Date(5_250) }, ["e"]],
    [{ createdAt: new Date(6_000) }, []],
    [{ updatedAt: new Date(9_000) }, ["a"]],
    [{ DICOMStudyDateAndTime: { DICOMStudyDate: "20240105" } }, ["a", "b"]],
    [{ DICOMStudyDateAndTime: { DICOMStudyDate: "20240105", DICOMStudyTime: "101500.000002" } }, ["b"]],
    [{ DICOMPatientId: "P" }, []],
    [{ DICOMStudyId: "" }, ["d"]],
  ])("for %j finds %j", (value, expected) => {
    expect(search(equal(value))).toEqual(expected);
  });

  test("with BETWEEN includes both bounds; an upper date without a time means its midnight", () => {
    const date = (DICOMStudyDate: string) => ({ DICOMStudyDateAndTime: { DICOMStudyDate } });
    expect(search(between(date("20240105"), date("20240106")))).toEqual(["a", "c", "b"]);
    expect(search(between(date("20240104"), date("20240105")))).toEqual([]);
    expect(search(between({ createdAt: new Date(2_000) }, { createdAt: new Date(3_000) }))).toEqual([
      "c",
      "b",
    ]);
  });

  test("sorts by study date and time to the microsecond, those without one last", () => {
    const sort = (sortOrder: "ASC" | "DESC") =>
      search({ sort: { sortField: "DICOMStudyDateAndTime", sortOrder } });
    expect(sort("ASC")).toEqual(["a", "b", "c", "d", "e"]);
    expect(sort("DESC")).toEqual(["c", "b", "a", "e", "d"]);
  });

  test.each(["ASC", "DESC"] as const)(
    "in %s order of study date has an end, with image sets without one last",
    (sortOrder) => {
      const criteria: SearchCriteria = { sort: { sortField: "DICOMStudyDateAndTime", sortOrder } };
      const found: string[] = [];
      let nextToken: string | null | undefined;
      while (nextToken !== null && found.length < 9) {
        const page = STORE.search(criteria, { maxResults: 1, nextToken });
        found.push(...page.items.map(({ imageSetId }) => imageSetId));
        nextToken = page.nextToken;
      }
      expect(found).toEqual(sortOrder === "ASC" ? ["a", "b", "c", "d", "e"] : ["c", "b", "a", "e", "d"]);
    },
  );

  test("sorts by each time in both orders", () => {
    const sort = (sortField: "createdAt" | "updatedAt", sortOrder: "ASC" | "DESC") =>
      search({ sort: { sortField, sortOrder } });
    expect(sort("createdAt", "ASC")).toEqual(["a", "b", "c", "d", "e"]);
    expect(sort("createdAt", "DESC")).toEqual(["e", "d", "c", "b", "a"]);
    expect(sort("updatedAt", "ASC")).toEqual(["b", "c", "d", "e", "a"]);
    expect(sort("updatedAt", "DESC")).toEqual(["a", "e", "d", "c", "b"]);
  });

  test("with two filters finds what matches both", () => {
    const [patient] = equal({ DICOMPatientId: "P1" }).filters ?? [];
    const [study] = equal({ DICOMStudyInstanceUID: "1.3" }).filters ?? [];
    const [times] = between({ createdAt: new Date(3_000) }, { createdAt: new Date(9_000) }).filters ?? [];
    const both = (...filters: (typeof patient)[]) =>
      search({ filters: filters.filter((filter) => filter !== undefined) });
    expect(both(study, times)).toEqual(["c"]);
    expect(both(times, study)).toEqual(["c"]);
    expect(both(patient, study)).toEqual([]);
    expect(both(times, times)).toEqual(["e", "d", "c"]);
  });

  test("with BETWEEN two strings finds what sorts between them", () => {
    expect(search(between({ DICOMPatientId: "P1" }, { DICOMPatientId: "P3" }))).toEqual(["a", "d", "c"]);
    expect(search(between({ DICOMStudyId: "S1" }, { DICOMStudyId: "S1" }))).toEqual(["a"]);
    expect(search(between({ DICOMAccessionNumber: "A2" }, { DICOMAccessionNumber: "B" }))).toEqual(["b"]);
    expect(search(between({ DICOMStudyInstanceUID: "1.3" }, { DICOMStudyInstanceUID: "1.4" }))).toEqual([
      "c",
      "b",
    ]);
  });

  test.each<[SearchCriteria]>([
    [between({ createdAt: new Date(3) }, { createdAt: new Date(2) })],
    [between({ createdAt: new Date(1) }, { updatedAt: new Date(2) })],
    [{ filters: [{ operator: "BETWEEN", values: [{ createdAt: new Date(1) }] }] }],
    [between({ DICOMStudyId: "1" }, { DICOMPatientId: "2" })],
    [between({ DICOMStudyId: "b" }, { DICOMStudyId: "a" })],
    [equal({ DICOMStudyDateAndTime: { DICOMStudyDate: "UNKNOWN" } })],
    [equal({ DICOMStudyDateAndTime: { DICOMStudyDate: "240105" } })],
    [equal({ DICOMStudyDateAndTime: { DICOMStudyDate: "20240230" } })],
    [equal({ DICOMStudyDateAndTime: { DICOMStudyDate: "20241301" } })],
    [equal({ DICOMStudyDateAndTime: { DICOMStudyDate: "00000000" } })],
    [equal({ DICOMStudyDateAndTime: { DICOMStudyDate: "00000101" } })],
    [equal({ DICOMStudyDateAndTime: { DICOMStudyDate: "20240105", DICOMStudyTime: "240000" } })],
    [equal({ DICOMStudyDateAndTime: { DICOMStudyDate: "20240105", DICOMStudyTime: "106000" } })],
    [equal({ DICOMStudyDateAndTime: { DICOMStudyDate: "20240105", DICOMStudyTime: "101561" } })],
    [equal({ DICOMStudyDateAndTime: { DICOMStudyDate: "20240105", DICOMStudyTime: "noon" } })],
    [equal({ isPrimary: true })],
    [equal({})],
    [{ filters: [{ operator: "EQUAL", values: [{ DICOMStudyId: "1" }, { DICOMStudyId: "2" }] }] }],
  ])("refuses criteria that make no sense: %j", (criteria) => {
    expect(() => search(criteria)).toThrow(expect.objectContaining({ code: "ValidationException" }));
  });
});
