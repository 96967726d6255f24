/** What a search returns. */
export type SearchLevel = "study" | "series" | "instance";

interface SearchOperation {
  readonly level: SearchLevel;
  /** The attributes that it can be asked for, by keyword. */
  readonly keys: ReadonlySet<string>;
  /** The levels whose attributes its answers have: those of a study that the path names are known. */
  readonly answers: readonly SearchLevel[];
}

const words = (text: string): string[] => text.trim().split(/\s+/);

/** Which attributes of each level searches match (facts: dicomweb#search-keys). */
export const MATCHED: Readonly<Record<SearchLevel, readonly string[]>> = {
  study:
    words(`StudyDate StudyTime AccessionNumber ModalitiesInStudy ReferringPhysicianName StudyDescription PatientName
    PatientID PatientBirthDate PatientBirthTime StudyInstanceUID StudyID`),
  series: words(`Modality SeriesInstanceUID SeriesNumber PerformedProcedureStepStartDate
    PerformedProcedureStepStartTime`),
  instance: words("SOPClassUID SOPInstanceUID WarningReason"),
};

const OF_ALL_INSTANCES = [...MATCHED.study, ...MATCHED.series, "SOPClassUID", "SOPInstanceUID"];

export const SEARCHES = {
  SearchDICOMStudies: { level: "study", keys: new Set(MATCHED.study), answers: ["study"] },
  SearchDICOMSeries: {
    level: "series",
    keys: new Set(["Modality", "SeriesInstanceUID"]),
    answers: ["series"],
  },
  SearchDICOMInstances: { level: "instance", keys: new Set(MATCHED.instance), answers: ["instance"] },
  SearchDICOMAllSeries: {
    level: "series",
    keys: new Set([...MATCHED.study, ...MATCHED.series]),
    answers: ["study", "series"],
  },
  SearchDICOMAllInstances: {
    level: "instance",
    keys: new Set(OF_ALL_INSTANCES),
    answers: ["study", "series", "instance"],
  },
  SearchDICOMStudyInstances: {
    level: "instance",
    keys: new Set(OF_ALL_INSTANCES),
    answers: ["series", "instance"],
  },
} as const satisfies Record<string, SearchOperation>;

export type SearchName = keyof typeof SEARCHES;

export const isSearch = (name: string): name is SearchName => Object.hasOwn(SEARCHES, name);

/**
 * Attributes in which `*` and `?` are wildcards (facts: dicomweb#wildcards).
 * Assumed: other-wildcards. In others they are characters like any other.
 */
export const WITH_WILDCARDS: ReadonlySet<string> = new Set(
  words(
    "PatientName ReferringPhysicianName PatientID StudyDescription Modality AccessionNumber WarningReason",
  ),
);

/**
 * Attributes of which several values may be asked for at once.
 * Assumed: lists-of-values. PS3.18 has lists of UIDs; those of modalities cannot mean anything else.
 */
export const WITH_LISTS: ReadonlySet<string> = new Set(
  words("StudyInstanceUID SeriesInstanceUID SOPClassUID SOPInstanceUID ModalitiesInStudy"),
);

/** Names that `fuzzymatching` applies to (facts: dicomweb#fuzzy-matching). */
export const FUZZY: ReadonlySet<string> = new Set(["PatientName", "ReferringPhysicianName"]);

/**
 * Answered without `includefield`, where the data set has them.
 * Assumed: default-attributes. Those that PS3.18 requires (tables 10.6.3-3 to 10.6.3-5), and those that searches match.
 */
export const ANSWERED: Readonly<Record<SearchLevel, readonly string[]>> = {
  study:
    words(`StudyDate StudyTime AccessionNumber InstanceAvailability ModalitiesInStudy ReferringPhysicianName
    TimezoneOffsetFromUTC StudyDescription RetrieveURL PatientName PatientID PatientBirthDate PatientBirthTime
    PatientSex StudyInstanceUID StudyID NumberOfStudyRelatedSeries NumberOfStudyRelatedInstances`),
  series: words(`Modality SeriesDescription RetrieveURL StudyInstanceUID SeriesInstanceUID SeriesNumber
    NumberOfSeriesRelatedInstances PerformedProcedureStepStartDate PerformedProcedureStepStartTime
    RequestAttributesSequence`),
  instance: words(`SOPClassUID SOPInstanceUID InstanceAvailability WarningReason RetrieveURL StudyInstanceUID
    SeriesInstanceUID InstanceNumber NumberOfFrames Rows Columns BitsAllocated`),
};

/** All attributes of a study for `includefield=all` (facts: dicomweb#all-attributes). */
export const ALL_OF_STUDY = words(`
  00080005 00080020 00080030 00080050 00080051 00080056 00080061 00080062 00080090 0008009C 00080201 00081030
  00081032 00081048 00081060 00081080 00081190 00100010 00100020 00100021 00100022 00100024 00100026 00100027
  00100028 00100030 00100032 00100033 00100034 00100035 00100040 00100050 00100101 00100102 00100200 00100201
  00100213 00100214 00100215 00100217 00100219 00100223 00100229 00101001 00101005 00101010 00101020 00101021
  00101022 00101023 00101024 00101030 00101040 00101060 00101080 00101081 00102000 00102110 00102150 00102152
  00102154 00102160 00102180 001021A0 001021C0 001021D0 001021F0 00102201 00102202 00102203 00102210 00102292
  00102293 00102295 00102296 00102297 00102298 00102299 00109431 0020000D 00200010 00201206 00201208 00321032
  00321033 00321034 00321060 00321064 00321070 00380010 00380016 00380020 00380021 00380050 00380060 00380062
  00380300 00380400 00380500 00400244 00400245 00400250 00400251 00400253 00401012`);

/** Those of a series, besides those of its study (facts: dicomweb#all-attributes). */
export const ALL_OF_SERIES = words(`
  00080021 00080031 00080060 00080064 00080068 00080070 00080080 00080082 00081010 0008103E 0008103F 00081040
  00081041 00081050 00081070 00081090 00180010 00180015 00180050 00180088 00181000 00181016 00181018 00181019
  00181020 00181030 00181050 00181200 00181201 00185100 0020000D 0020000E 00200011 00200052 00200060 00201209
  00540081 00540101 00541000`);
