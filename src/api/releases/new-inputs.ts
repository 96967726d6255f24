import { ofModel } from "./behaviour.ts";
import { guide, IGNORED_INPUT, reference, TESTS } from "./sources.ts";

/** Inputs that came after the first release: that release ignores them. */
export const NEW_INPUTS = {
  revert: ofModel({
    topic: "UpdateImageSetMetadata with `revertToVersionId`",
    launched: "2024-07-24",
    source: guide("update-image-set-metadata"),
    brings: {
      inputsIgnored: { UpdateImageSetMetadata: ["updateImageSetMetadataUpdates.revertToVersionId"] },
    },
    releases: {
      "2024-05": IGNORED_INPUT,
      "2026-06": "Makes a new version with the content of an older one.",
    },
    test: { file: TESTS.updates, title: "a revert makes a new version with the content of an older one" },
  }),

  studyUpdates: ofModel({
    topic: "UpdateImageSetMetadata with `includeStudyImageSets`",
    launched: "2026-03-31",
    source: guide("update-image-set-metadata"),
    brings: { inputsIgnored: { UpdateImageSetMetadata: ["includeStudyImageSets"] } },
    releases: {
      "2024-05": IGNORED_INPUT,
      "2026-06": "Changes patient and study of all primary image sets of the study, or of none.",
    },
    test: { file: TESTS.study, title: "an update of a study changes all its primary image sets at once" },
  }),
  subsetCopies: ofModel({
    topic: "CopyImageSet with `DICOMCopies`",
    launched: "2024-07-24",
    source: guide("copy-image-set"),
    brings: { inputsIgnored: { CopyImageSet: ["copyImageSetInformation.sourceImageSet.DICOMCopies"] } },
    releases: { "2024-05": IGNORED_INPUT, "2026-06": "Copies the instances that it names." },
    test: { file: TESTS.copies, title: "a copy of some instances has these alone" },
  }),

  copyForce: ofModel({
    topic: "CopyImageSet with `force`",
    launched: "2024-07-24",
    source: guide("copy-image-set"),
    brings: { inputsIgnored: { CopyImageSet: ["force"] } },
    releases: {
      "2024-05": IGNORED_INPUT,
      "2026-06": "Adds instances although patient, study or series differ; those of the destination stay.",
    },
    test: { file: TESTS.copies, title: "a forced copy keeps patient, study and series of its destination" },
  }),

  promotion: ofModel({
    topic: "CopyImageSet with `promoteToPrimary`",
    launched: "2025-05-22",
    source: reference("API_CopyImageSet"),
    brings: { inputsIgnored: { CopyImageSet: ["promoteToPrimary"] } },
    releases: {
      "2024-05": IGNORED_INPUT,
      "2026-06": "The new image set is the primary one of its series; COPY_FAILED while there is another.",
    },
    test: { file: TESTS.copies, title: "a promoted copy is the primary image set of its series" },
  }),

  importConfiguration: ofModel({
    topic: "StartDICOMImportJob with `importConfiguration`",
    launched: "2026-05-20",
    source: reference("API_StartDICOMImportJob"),
    brings: {
      inputsIgnored: { StartDICOMImportJob: ["importConfiguration"] },
      outputsNeverSent: { DICOMImportJobProperties: ["importConfiguration"] },
    },
    releases: {
      "2024-05": IGNORED_INPUT,
      "2026-06":
        "Elements of DICOM JSON files become part of the image sets of the job, and of primary ones that exist.",
    },
    test: { file: TESTS.jsonMetadata, title: "JSON metadata become part of the image sets of a job" },
  }),
  lambdaAuthorizers: ofModel({
    topic: "CreateDatastore with `lambdaAuthorizerArn`",
    launched: "2025-09-03",
    source: guide("releases"),
    brings: {
      inputsIgnored: { CreateDatastore: ["lambdaAuthorizerArn"] },
      outputsNeverSent: { DatastoreProperties: ["lambdaAuthorizerArn"] },
    },
    isMissing: true,
    releases: { "2024-05": IGNORED_INPUT, "2026-06": IGNORED_INPUT },
    test: { file: TESTS.ignored, title: "an ignored input is reported with the reason of its release" },
  }),
  storageFormats: ofModel({
    topic: "CreateDatastore with `losslessStorageFormat`",
    launched: "2025-11-25",
    source: guide("create-data-store"),
    brings: {
      inputsIgnored: { CreateDatastore: ["losslessStorageFormat"] },
      outputsNeverSent: { DatastoreProperties: ["losslessStorageFormat"] },
    },
    isMissing: true,
    releases: { "2024-05": IGNORED_INPUT, "2026-06": IGNORED_INPUT },
    test: { file: TESTS.ignored, title: "an ignored input is reported with the reason of its release" },
  }),
} as const;
