import type { DICOMTags, SearchCriteria } from "@aws-sdk/client-medical-imaging";
import { describe, expect, test } from "vitest";
import type { ImageSet } from "../../src/domain/image-set.ts";
import { cutPage } from "../../src/domain/paging.ts";
import { createMatcher, createPositioner } from "../../src/domain/search.ts";

const imageSet = (
  imageSetId: string,
  dicomTags: DICOMTags,
  createdAt = 1_000,
  updatedAt = createdAt,
): ImageSet => ({
  imageSetId,
  datastoreId: "d",
  createdAt,
  deletedAt: null,
  frameIds: [],
  tags: {},
  versions: [
    {
      versionId: 1,
      imageSetState: "ACTIVE",
      imageSetWorkflowStatus: "CREATED",
      updatedAt,
      message: null,
      metadataKey: "",
      dicomTags,
    },
  ],
});

const STORE = [
  imageSet(
    "a",
    {
      DICOMPatientId: "P1",
      DICOMAccessionNumber: "A1",
      DICOMStudyId: "S1",
      DICOMStudyInstanceUID: "1.2",
      DICOMSeriesInstanceUID: "1.2.1",
      DICOMStudyDate: "20240105",
      DICOMStudyTime: "101500.000001",
    },
    1_000,
    9_000,
  ),
  imageSet(
    "b",
    {
      DICOMPatientId: "p1",
      DICOMAccessionNumber: "A2",
      DICOMStudyId: "S2",
      DICOMStudyInstanceUID: "1.3",
      DICOMSeriesInstanceUID: "1.3.1",
      DICOMStudyDate: "20240105",
      DICOMStudyTime: "101500.000002",
    },
    2_000,
  ),
  imageSet(
    "c",
    {
      DICOMPatientId: "P2",
      DICOMStudyInstanceUID: "1.3",
      DICOMSeriesInstanceUID: "1.3.2",
      DICOMStudyDate: "20240106",
    },
    3_000,
  ),
  imageSet("d", { DICOMPatientId: "P3" }, 4_000),
  imageSet("e", { DICOMPatientId: "P4", DICOMStudyDate: "UNKNOWN" }, 5_250),
];

const search = (criteria: SearchCriteria): string[] =>
  cutPage(STORE.filter(createMatcher(criteria)), createPositioner(criteria), "", {}).items.map(
    ({ imageSetId }) => imageSetId,
  );

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
  ])("for %j finds %j", (value, expected) => {
    expect(search(equal(value))).toEqual(expected);
  });

  test("BETWEEN includes both bounds; an upper date without a time is its midnight", () => {
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
    expect(sort("DESC")).toEqual(["c", "b", "a", "d", "e"]);
  });

  test("sorted by a date that is none still ends", () => {
    const criteria: SearchCriteria = { sort: { sortField: "DICOMStudyDateAndTime", sortOrder: "ASC" } };
    const positionOf = createPositioner(criteria);
    const found: string[] = [];
    let nextToken: string | undefined;
    for (let page = 0; page < 9; page++) {
      const { items, nextToken: next } = cutPage(STORE, positionOf, "", { maxResults: 1, nextToken });
      found.push(...items.map(({ imageSetId }) => imageSetId));
      if (next === null) break;
      nextToken = next;
    }
    expect(found).toEqual(["a", "b", "c", "d", "e"]);
  });

  test.each<[SearchCriteria]>([
    [between({ createdAt: new Date(3) }, { createdAt: new Date(2) })],
    [between({ createdAt: new Date(1) }, { updatedAt: new Date(2) })],
    [{ filters: [{ operator: "BETWEEN", values: [{ createdAt: new Date(1) }] }] }],
    [{ filters: [{ operator: "EQUAL", values: [{ DICOMStudyId: "1" }, { DICOMStudyId: "2" }] }] }],
  ])("refuses criteria that make no sense: %j", (criteria) => {
    expect(() => search(criteria)).toThrow(expect.objectContaining({ code: "ValidationException" }));
  });
});
