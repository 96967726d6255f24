import type { Attributes, JsonValue } from "../../../src/domain/image-sets/metadata/metadata-document.ts";
import type { SketchedImageSet } from "./search-documents.ts";

/** A condition of a search, as a client writes it, and what this test's own filter makes of it. */
export interface Asked {
  readonly keyword: string;
  readonly text: string;
  readonly isMatch: (value: string) => boolean;
}

interface Row {
  readonly owner: SketchedImageSet;
  readonly study: Attributes;
  readonly series: Attributes;
  readonly sop: string;
  readonly instance: Attributes;
}

/** The image set that was updated last comes first. */
const byRecency = (a: SketchedImageSet, b: SketchedImageSet): number =>
  b.updatedAt - a.updatedAt || (a.imageSetId < b.imageSetId ? -1 : 1);

/** Every instance once, with the attributes of its series and study, by scanning all image sets. */
function rowsOf(all: readonly SketchedImageSet[], primaryOnly: boolean): Row[] {
  const found = all
    .filter(({ state, isPrimary }) => state !== "DELETED" && (isPrimary || !primaryOnly))
    .toSorted(byRecency);
  const rows: Row[] = [];
  for (const owner of found)
    for (const [sop, instance] of Object.entries(owner.instances)) {
      const isKnown = rows.some(
        (row) => row.sop === sop && row.owner.study === owner.study && row.owner.series === owner.series,
      );
      if (isKnown) continue;
      const ofStudy = found.find(({ study }) => study === owner.study) ?? owner;
      const ofSeries =
        found.find(({ study, series }) => study === owner.study && series === owner.series) ?? owner;
      const modalities = found
        .filter((other, index) => {
          const isOfStudy = other.study === owner.study;
          return (
            isOfStudy &&
            found.findIndex((each) => each.study === other.study && each.series === other.series) === index
          );
        })
        .map(({ seriesAttributes }) => seriesAttributes["Modality"] ?? null);
      rows.push({
        owner,
        sop,
        instance: { ...instance, SOPInstanceUID: sop },
        series: { ...ofSeries.seriesAttributes, SeriesInstanceUID: owner.series },
        study: {
          ...ofStudy.patient,
          ...ofStudy.studyAttributes,
          StudyInstanceUID: owner.study,
          ModalitiesInStudy: modalities,
        },
      });
    }
  return rows;
}

const number = (value: JsonValue | undefined): number =>
  typeof value === "string" && value.trim() !== "" && !Number.isNaN(Number(value)) ? Number(value) : Infinity;

const textsOf = (value: JsonValue | undefined): string[] =>
  (Array.isArray(value) ? (value as JsonValue[]) : [value ?? null])
    .filter((each) => each !== null && each !== "")
    .map(String);

export interface Level {
  readonly level: "studies" | "series" | "instances";
  readonly study?: string | undefined;
  readonly series?: string | undefined;
}

/** What a search finds, as joined UIDs: an implementation of its own, without an index. */
export function bruteForce(
  all: readonly SketchedImageSet[],
  primaryOnly: boolean,
  { level, study, series }: Level,
  asked: readonly Asked[],
): string[] {
  const rows = rowsOf(all, primaryOnly).filter(
    (row) =>
      (study === undefined || row.owner.study === study) &&
      (series === undefined || row.owner.series === series) &&
      asked.every(({ keyword, isMatch }) =>
        textsOf({ ...row.study, ...row.series, ...row.instance }[keyword]).some(isMatch),
      ),
  );
  const updated = (row: Row, isWhole: boolean): number =>
    Math.max(
      ...all
        .filter(
          (other) =>
            other.state !== "DELETED" &&
            (other.isPrimary || !primaryOnly) &&
            other.study === row.owner.study &&
            (isWhole || other.series === row.owner.series),
        )
        .map(({ updatedAt }) => updatedAt),
    );
  const uid = (row: Row): string =>
    level === "studies"
      ? row.owner.study
      : [row.owner.study, row.owner.series, ...(level === "series" ? [] : [row.sop])].join("/");
  const seriesNumber = (row: Row): number => number(row.series["SeriesNumber"]);
  const keys = (row: Row): (number | string)[] => {
    if (level === "studies") return [-updated(row, true)];
    if (level === "series") return [seriesNumber(row)];
    if (study === undefined || series !== undefined) return [number(row.instance["InstanceNumber"])];
    return [
      -updated(row, false),
      seriesNumber(row),
      row.owner.series,
      number(row.instance["InstanceNumber"]),
    ];
  };
  const sorted = rows.toSorted((a, b) => {
    const [left, right] = [
      [...keys(a), uid(a)],
      [...keys(b), uid(b)],
    ];
    const at = left.findIndex((key, index) => key !== right[index]);
    return at < 0 ? 0 : (left[at] ?? 0) < (right[at] ?? 0) ? -1 : 1;
  });
  return [...new Set(sorted.map(uid))];
}
