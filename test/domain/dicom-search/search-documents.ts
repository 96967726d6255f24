import fc from "fast-check";
import type {
  Attributes,
  MetadataDocument,
} from "../../../src/domain/image-sets/metadata/metadata-document.ts";
import type { ImageSet } from "../../../src/domain/image-sets/image-set.ts";

/** An image set as tests of searches sketch it. */
export interface SketchedImageSet {
  readonly imageSetId: string;
  readonly study: string;
  readonly series: string;
  readonly patient: Attributes;
  readonly studyAttributes: Attributes;
  readonly seriesAttributes: Attributes;
  /** By SOP Instance UID. */
  readonly instances: Readonly<Record<string, Attributes>>;
  readonly version: number;
  readonly updatedAt: number;
  readonly isPrimary: boolean;
  readonly state: "ACTIVE" | "LOCKED" | "DELETED";
  readonly status?: "COPYING" | "COPIED";
}

export const keyOf = ({ imageSetId, version }: Pick<SketchedImageSet, "imageSetId" | "version">): string =>
  `${imageSetId}/${version}`;

export function documentOf(sketch: SketchedImageSet): MetadataDocument {
  const instances = Object.entries(sketch.instances).map(([sop, attributes]) => [
    sop,
    { DICOM: { SOPInstanceUID: sop, ...attributes }, DICOMVRs: {}, ImageFrames: [] },
  ]);
  return {
    SchemaVersion: "1.1",
    DatastoreID: "d",
    ImageSetID: sketch.imageSetId,
    Patient: { DICOM: sketch.patient },
    Study: {
      DICOM: { StudyInstanceUID: sketch.study, ...sketch.studyAttributes },
      Series: {
        [sketch.series]: {
          DICOM: { SeriesInstanceUID: sketch.series, ...sketch.seriesAttributes },
          Instances: Object.fromEntries(
            instances,
          ) as MetadataDocument["Study"]["Series"][string]["Instances"],
        },
      },
    },
  };
}

export function imageSetOf(sketch: SketchedImageSet): ImageSet {
  return {
    imageSetId: sketch.imageSetId,
    datastoreId: "d",
    createdAt: 1_000,
    deletedAt: null,
    versions: [
      {
        versionId: sketch.version,
        imageSetState: sketch.state,
        imageSetWorkflowStatus: sketch.state === "DELETED" ? "DELETED" : (sketch.status ?? "UPDATED"),
        updatedAt: sketch.updatedAt,
        message: null,
        metadataKey: keyOf(sketch),
        dicomTags: {},
      },
    ],
    frameIds: [],
    tags: {},
    ...(sketch.isPrimary ? { isPrimary: true } : {}),
  };
}

const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined });
/** Without the attributes that are undefined. */
const attributes = (model: Record<string, fc.Arbitrary<Attributes[string]>>): fc.Arbitrary<Attributes> =>
  fc
    .record(Object.fromEntries(Object.entries(model).map(([name, value]) => [name, optional(value)])))
    .map(
      (all) =>
        Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Attributes,
    );

export const NAMES = [
  "DOE^JANE",
  "Doe^John^^",
  "ROE^RICHARD",
  "Yamada^Tarou=山田^太郎",
  "",
  "de la Cruz^Ana",
];

/** Few different values, so that many match and many are equal. */
export const sketches: fc.Arbitrary<SketchedImageSet> = fc.record({
  imageSetId: fc.nat(14).map((index) => `i${index}`),
  study: fc.nat(4).map((index) => `1.2.${index}`),
  series: fc.nat(5).map((index) => `1.3.${index}`),
  patient: attributes({
    PatientID: fc.constantFrom("P1", "P2", "p1", "P 3"),
    PatientName: fc.constantFrom(...NAMES, null),
    PatientBirthDate: fc.constantFrom("19700101", "19991231"),
  }),
  studyAttributes: attributes({
    StudyDate: fc.constantFrom("20240101", "20240115", "2024.02.01", "bad", null),
    StudyTime: fc.constantFrom("10", "101500", "10:15:00.5", "235959.999999"),
    StudyDescription: fc.constantFrom("Nuclear medicine", "CT Nuclear", "Head"),
    AccessionNumber: fc.constantFrom("A1", "A22"),
  }),
  seriesAttributes: attributes({
    Modality: fc.constantFrom("CT", "MR", "US"),
    SeriesNumber: fc.constantFrom("1", "2 ", "10", "x", null),
  }),
  instances: fc.dictionary(
    fc.nat(7).map((index) => `1.4.${index}`),
    attributes({
      SOPClassUID: fc.constantFrom("1.5.1", "1.5.2"),
      InstanceNumber: fc.constantFrom("1", "2", "11", "-3", null),
      WarningReason: fc.constantFrom(45330, 45312),
    }),
    { minKeys: 1, maxKeys: 6 },
  ),
  version: fc.integer({ min: 2, max: 4 }),
  updatedAt: fc.nat(20),
  isPrimary: fc.boolean(),
  state: fc.constantFrom("ACTIVE" as const, "ACTIVE" as const, "LOCKED" as const, "DELETED" as const),
});
