import type {
  DICOMTags,
  SearchByAttributeValue,
  SearchCriteria,
  SearchFilter,
  Sort,
} from "@aws-sdk/client-medical-imaging";
import { ServiceError } from "../api/errors.ts";
import { latestVersion, type ImageSet } from "./image-set.ts";
import type { Position } from "./paging.ts";

/** Reads one attribute of an image set: text, or a time in milliseconds; undefined where it has none. */
type Attribute = (imageSet: ImageSet) => string | number | undefined;

const ofTags =
  (name: keyof DICOMTags): Attribute =>
  (imageSet) =>
    latestVersion(imageSet).dicomTags[name];

const ATTRIBUTES: Readonly<Record<string, Attribute>> = {
  DICOMPatientId: ofTags("DICOMPatientId"),
  DICOMAccessionNumber: ofTags("DICOMAccessionNumber"),
  DICOMStudyId: ofTags("DICOMStudyId"),
  DICOMStudyInstanceUID: ofTags("DICOMStudyInstanceUID"),
  DICOMSeriesInstanceUID: ofTags("DICOMSeriesInstanceUID"),
  createdAt: ({ createdAt }) => createdAt,
  updatedAt: (imageSet) => latestVersion(imageSet).updatedAt,
  DICOMStudyDateAndTime: (imageSet) => {
    const { DICOMStudyDate, DICOMStudyTime } = latestVersion(imageSet).dicomTags;
    return DICOMStudyDate === undefined ? undefined : dateAndTime(DICOMStudyDate, DICOMStudyTime);
  },
};

const DEFAULT_SORT: Sort = { sortField: "updatedAt", sortOrder: "DESC" };

/**
 * Whether an image set is found: every filter holds. `EQUAL` compares exactly, `BETWEEN` includes
 * both bounds (Assumed).
 * @throws ServiceError ValidationException for criteria that make no sense.
 */
export function createMatcher({ filters = [] }: SearchCriteria): (imageSet: ImageSet) => boolean {
  const tests = filters.map(createTest);
  return (imageSet) => tests.every((test) => test(imageSet));
}

function createTest({ operator, values = [] }: SearchFilter): (imageSet: ImageSet) => boolean {
  const [first, second] = values.map(readValue);
  const wanted = operator === "BETWEEN" ? 2 : 1;
  if (first === undefined || values.length !== wanted) {
    throw invalid(
      `A filter with the operator ${operator} takes ${wanted === 1 ? "1 value" : "2 values"}, got ${values.length}`,
    );
  }
  const attribute = ATTRIBUTES[first.name];
  if (attribute === undefined) throw invalid(`${first.name} cannot be searched by`);
  if (second === undefined) return createEqual(attribute, first);
  return createRange(attribute, first, second);
}

interface Value {
  readonly name: string;
  readonly bound: string | number;
  /** A study date without a time. */
  readonly isWholeDay: boolean;
}

/**
 * Assumed: a study date without a time equals every time of that day, and a whole second every time
 * that is cut off or rounded to it, since clients send times so (boto3 cuts, others round).
 */
function createEqual(attribute: Attribute, { bound, isWholeDay }: Value): (imageSet: ImageSet) => boolean {
  if (typeof bound === "number" && bound % 1000 === 0) {
    return (imageSet) => {
      const offset = Number(attribute(imageSet) ?? Number.NaN) - bound;
      return offset >= -500 && offset < 1000;
    };
  }
  if (!isWholeDay) return (imageSet) => attribute(imageSet) === bound;
  const day = String(bound).slice(0, 8);
  return (imageSet) => String(attribute(imageSet) ?? "").slice(0, 8) === day;
}

function createRange(attribute: Attribute, low: Value, high: Value): (imageSet: ImageSet) => boolean {
  if (low.name !== high.name)
    throw invalid(`BETWEEN takes two values of one attribute, got ${low.name} and ${high.name}`);
  if (low.bound > high.bound) throw invalid(`BETWEEN takes the lower ${low.name} first`);
  return (imageSet) => {
    const value = attribute(imageSet);
    return value !== undefined && value >= low.bound && value <= high.bound;
  };
}

function readValue(value: SearchByAttributeValue): Value {
  const [entry] = Object.entries(value) as [string, unknown][];
  if (entry === undefined) throw invalid("A filter value names no attribute");
  const [name, bound] = entry;
  if (bound instanceof Date) return { name, bound: bound.getTime(), isWholeDay: false };
  if (typeof bound === "string") return { name, bound, isWholeDay: false };
  const { DICOMStudyDate = "", DICOMStudyTime } = bound as {
    DICOMStudyDate?: string;
    DICOMStudyTime?: string;
  };
  return {
    name,
    bound: dateAndTime(DICOMStudyDate, DICOMStudyTime),
    isWholeDay: DICOMStudyTime === undefined,
  };
}

/** `yyyyMMddHHmmss.FFFFFF`; a missing time is midnight (service-facts 6). */
function dateAndTime(date: string, time: string | undefined): string {
  const [clock = "", fraction = ""] = (time ?? "").replaceAll(":", "").split(".");
  return `${date.replaceAll(".", "").padEnd(8, "0")}${clock.padEnd(6, "0")}.${fraction.padEnd(6, "0")}`;
}

/** Where an image set stands among the results. Those whose sort field says nothing come last. */
export function createPositioner({ sort = DEFAULT_SORT }: SearchCriteria): (imageSet: ImageSet) => Position {
  const attribute = ATTRIBUTES[sort.sortField ?? "updatedAt"];
  const isDescending = sort.sortOrder === "DESC";
  return (imageSet) => {
    const value = attribute?.(imageSet);
    const last = [1, 0, 0, imageSet.imageSetId];
    if (value === undefined) return last;
    // A date and time has more digits than a number holds: its fraction is compared by itself.
    const [whole = 0, fraction = 0] = typeof value === "number" ? [value] : value.split(".").map(Number);
    if (Number.isNaN(whole) || Number.isNaN(fraction)) return last;
    const sign = isDescending ? -1 : 1;
    return [0, sign * whole, sign * fraction, imageSet.imageSetId];
  };
}

const invalid = (message: string): ServiceError => new ServiceError("ValidationException", message);
