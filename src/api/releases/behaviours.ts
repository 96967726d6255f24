import { QUOTAS, THROTTLES, withQuotas, type Throttle } from "../limits/published-limits.ts";
import { GUIDE_REGIONS } from "../regions.ts";
import { behaviour, ofModel, type Behaviour, type NewMembers } from "./behaviour.ts";
import { DICOMWEB_BEHAVIOURS } from "./dicomweb-behaviours.ts";
import { IMPORTS } from "./imports.ts";
import { NOT_FOLLOWED } from "./not-followed.ts";
import { NEW_INPUTS } from "./new-inputs.ts";
import type { ServiceRelease } from "./service-release.ts";
import { guide, reference, TESTS } from "./sources.ts";

const NOT_THERE = "Not in the service.";

interface IgnoredInputs {
  /** In hints and in the log. */
  readonly because: string;
  /** In the report's text, in place of `newer`. */
  readonly reportedAs?: string;
}

/**
 * The only place that knows releases apart: every difference, with what each release does. A part takes its row's
 * value when it is composed. docs/reference/releases.md is written from this table.
 */
export const BEHAVIOURS = {
  ignoredInputs: behaviour<IgnoredInputs>({
    topic: "Why an input is ignored",
    launched: null,
    source: reference("Welcome"),
    releases: {
      "2024-05": {
        does: "Inputs of later releases are ignored, and reported as newer than the service.",
        value: { because: "newer than the service of 2024-05" },
      },
      "2026-06": {
        does: "Inputs that the emulator does not have are ignored, and reported as such.",
        value: { because: "not in the emulator yet", reportedAs: "not emulated yet" },
      },
    },
    test: { file: TESTS.ignored, title: "an ignored input is reported with the reason of its release" },
  }),
  regions: behaviour<ReadonlySet<string>>({
    topic: "Regions of `--regions guide`",
    launched: null,
    source: guide("endpoints-quotas"),
    releases: {
      "2024-05": { does: `Serves ${[...GUIDE_REGIONS].join(", ")}.`, value: GUIDE_REGIONS },
      "2026-06": {
        does: "Serves eu-west-2 as well.",
        value: new Set([...GUIDE_REGIONS, "eu-west-2"]),
      },
    },
    test: { file: TESTS.limits, title: "the regions of the guide are those of the release" },
  }),
  quotas: behaviour({
    topic: "Quotas",
    launched: null,
    source: guide("endpoints-quotas"),
    releases: {
      "2024-05": { does: "10 data stores; DICOM P10 files of up to 4 GB.", value: QUOTAS },
      "2026-06": {
        does: "100 data stores; DICOM P10 files of up to 10 GB.",
        value: withQuotas({
          "Maximum data stores": 100,
          "Maximum size of each DICOM P10 file in a DICOM import job": 10,
        }),
      },
    },
    test: { file: TESTS.limits, title: "the quotas are those of the release" },
  }),
  throttles: behaviour<ReadonlyMap<string, Throttle>>({
    topic: "Throttling",
    launched: null,
    source: guide("throttling-limits"),
    releases: {
      "2024-05": {
        does: "StartDICOMImportJob, CopyImageSet, UpdateImageSetMetadata and DeleteImageSet: 0.25 a second, 10 at once.",
        value: THROTTLES,
      },
      "2026-06": {
        does: "StartDICOMImportJob: 1 a second, 2 at once. The other three: 0.25 a second, 1 at once.",
        value: new Map([
          ...THROTTLES,
          ["StartDICOMImportJob", { rate: 1, burst: 2 }],
          ["CopyImageSet", { rate: 0.25, burst: 1 }],
          ["UpdateImageSetMetadata", { rate: 0.25, burst: 1 }],
          ["DeleteImageSet", { rate: 0.25, burst: 1 }],
        ]),
      },
    },
    test: { file: TESTS.limits, title: "the throttles are those of the release" },
  }),
  frameContentTypes: behaviour({
    topic: "Content-Type of GetImageFrame",
    launched: "2024-11-01",
    source: reference("API_GetImageFrame"),
    releases: {
      "2024-05": {
        does: "`application/octet-stream`.",
        value: { jph: "application/octet-stream", codestream: "application/octet-stream" },
      },
      "2026-06": {
        does: "`image/jph`; with `--frame-container codestream` `image/jphc`.",
        value: { jph: "image/jph", codestream: "image/jphc" },
      },
    },
    test: { file: TESTS.imageSets, title: "a frame has the content type of the release" },
  }),
  repeatedInstances: behaviour<string | null>({
    topic: "An instance that is imported again",
    launched: "2025-05-22",
    source: guide("understanding-import-jobs"),
    releases: {
      "2024-05": {
        does: "Is stored again, in another image set; the log and a hint say how many.",
        value: "today's service merges them, the service of 2024-05 stores them again",
      },
      "2026-06": {
        does: "Replaces the one that the primary image set has: nothing is reported.",
        value: null,
      },
    },
    test: { file: TESTS.ignored, title: "repeated instances are reported only where they are stored again" },
  }),
  bounds: ofModel({
    topic: "Lengths and UIDs of inputs",
    launched: "2024-06-28",
    source: guide("releases"),
    releases: {
      "2024-05":
        "Values of searches have the lengths of DICOM, UIDs no leading zeros; payloads have up to 10,000 bytes.",
      "2026-06":
        "Values of searches have up to 512 characters, UIDs any digits and dots; payloads have up to 30,000 bytes.",
    },
    test: { file: TESTS.models, title: "the bounds of inputs are those of the release" },
  }),
  errors: ofModel({
    topic: "Errors of operations",
    launched: "2024-11-01",
    source: reference("API_GetImageFrame"),
    releases: {
      "2024-05": "The errors of the model of 2023.",
      "2026-06":
        "GetImageFrame may also answer NotAcceptableException and BadRequestException, CreateDatastore ResourceNotFoundException.",
    },
    test: { file: TESTS.models, title: "the errors of operations are those of the release" },
  }),
  workflowStatuses: ofModel({
    topic: "Statuses of image sets",
    launched: "2025-05-22",
    source: guide("releases"),
    releases: {
      "2024-05": "Ten statuses.",
      "2026-06":
        "Also UPDATING_FOR_STUDY_CONSISTENCY, IMPORTING, IMPORTED and IMPORT_FAILED. State overrides, holds, waits and scenarios have the statuses of the release.",
    },
    test: { file: TESTS.statuses, title: "image sets can be pushed to the statuses of the release" },
  }),
  storageTiers: ofModel({
    topic: "`storageTier` and `lastAccessedAt`",
    launched: null,
    source: reference("API_GetImageSet"),
    brings: {
      outputsNeverSent: {
        GetImageSetResponse: ["lastAccessedAt", "storageTier"],
        ImageSetsMetadataSummary: ["lastAccessedAt", "storageTier"],
      },
    },
    releases: {
      "2024-05": "Not in the API; `GET /_local/image-sets/{imageSetId}` has them.",
      "2026-06": "GetImageSet and SearchImageSets answer them.",
    },
    test: { file: TESTS.imageSets, title: "reads tell the storage tier" },
  }),
  primaryImageSets: behaviour<readonly "isPrimary"[]>({
    topic: "`isPrimary`",
    launched: "2025-05-22",
    source: guide("understanding-image-sets"),
    brings: {
      inputsIgnored: { SearchImageSets: ["filters.values.isPrimary"] },
      outputsNeverSent: {
        GetImageSetResponse: ["isPrimary"],
        ImageSetProperties: ["isPrimary"],
        ImageSetsMetadataSummary: ["isPrimary"],
      },
    },
    releases: {
      "2024-05": { does: NOT_THERE, value: [] },
      "2026-06": {
        does: "Reads, versions and searches answer it, and a search may filter by it.",
        value: ["isPrimary"],
      },
    },
    test: {
      file: TESTS.imageSets,
      title: "reads, versions and searches tell whether an image set is primary",
    },
  }),
  updateForce: behaviour({
    topic: "UpdateImageSetMetadata with `force`",
    launched: "2024-07-24",
    source: guide("update-image-set-metadata"),
    brings: {
      inputsIgnored: { UpdateImageSetMetadata: ["force"] },
      outputsNeverSent: { GetImageSetResponse: ["overrides"], ImageSetProperties: ["overrides"] },
    },
    releases: {
      "2024-05": {
        does: "Ignored. What the guide excludes cannot be updated; instances can be removed.",
        value: { removalNeedsForce: false, unless: "", unlessPrimary: "" },
      },
      "2026-06": {
        does: "Updates and removes private, multi-valued and unknown attributes, sequences, UIDs and values of another VR, and removes instances, in image sets that are not primary. Without `force` these fail.",
        value: {
          removalNeedsForce: true,
          unless: " without force",
          unlessPrimary: " in a primary image set",
        },
      },
    },
    test: { file: TESTS.updates, title: "with force an update may change what it may not without" },
  }),

  ...IMPORTS,
  ...DICOMWEB_BEHAVIOURS,
} as const;

type Rows = typeof BEHAVIOURS;

/** The value of each row for one release. */
export type Behaviours = {
  readonly [Id in keyof Rows]: Rows[Id] extends Behaviour<infer Value> ? Value : never;
};

type Row = readonly [id: string, row: Behaviour<unknown>];

/** Every row by its id. A start needs only those from which something is built: the others are made when this is called. */
export const allRows = (): readonly Row[] =>
  Object.entries<Behaviour<unknown>>({ ...BEHAVIOURS, ...NEW_INPUTS, ...NOT_FOLLOWED });

const known = new Map<ServiceRelease, Behaviours>();

/** The values of a release, made once. */
export function behavioursOf(release: ServiceRelease): Behaviours {
  const values =
    known.get(release) ??
    (Object.fromEntries(
      Object.entries<Behaviour<unknown>>(BEHAVIOURS).map(([id, { releases }]) => [
        id,
        releases[release].value,
      ]),
    ) as Behaviours);
  known.set(release, values);
  return values;
}

/** What the newest model has and the emulator has not, in any release. */
export const missingMembers = (): readonly NewMembers[] =>
  allRows().flatMap(([, { isMissing = false, brings = {} }]) => (isMissing ? [brings] : []));
