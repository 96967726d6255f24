import {
  CopyImageSetCommand,
  DeleteImageSetCommand,
  GetImageSetCommand,
  SearchImageSetsCommand,
  UpdateImageSetMetadataCommand,
} from "@aws-sdk/client-medical-imaging";
import { importFiles, type Sandbox } from "../../clients.ts";
import { dicomFile, element, instanceElements } from "../../imaging/dicom/write-dicom.ts";
import { settle } from "../image-sets/image-sets.ts";

export const STUDY = "1.2.3.4.1";
export const seriesUid = (index: number): string => `1.2.3.4.2.${index}`;

interface StudyOptions {
  readonly study?: string;
  /** Number of series of one instance; each is a primary image set. */
  readonly series?: number;
  /** Of the first series alone. */
  readonly firstDescription?: string;
}

/** A file without pixels of a series of a study. */
export const instanceOf = (study: string, series: number, uid: string, description = "Study"): Uint8Array =>
  dicomFile(
    instanceElements(
      element("00080018", "UI", uid),
      element("00081030", "LO", description),
      element("00100010", "PN", "Doe^Jane"),
      element("0020000D", "UI", study),
      element("0020000E", "UI", seriesUid(series)),
    ),
  );

/** @returns the primary image sets of the study, in the order of their series */
export async function importStudy(
  sandbox: Sandbox,
  datastoreId: string,
  bucket: string,
  { study = STUDY, series = 2, firstDescription = "Study" }: StudyOptions = {},
): Promise<string[]> {
  const files = Array.from({ length: series }, (_, index) => {
    const description = index === 0 ? firstDescription : "Study";
    return [`${index}.dcm`, instanceOf(study, index, `${study}.3.${index}`, description)];
  });
  await importFiles(sandbox, datastoreId, bucket, Object.fromEntries(files));
  const found = await findStudy(sandbox, datastoreId, study);
  const primaries: string[] = [];
  for (const { imageSetId, isPrimary } of found)
    primaries.push(isPrimary ? imageSetId : await promote(sandbox, datastoreId, imageSetId));
  return primaries;
}

async function findStudy({ medicalImaging }: Sandbox, datastoreId: string, study: string) {
  const { imageSetsMetadataSummaries = [] } = await medicalImaging.send(
    new SearchImageSetsCommand({
      datastoreId,
      searchCriteria: { filters: [{ operator: "EQUAL", values: [{ DICOMStudyInstanceUID: study }] }] },
    }),
  );
  return imageSetsMetadataSummaries
    .map(({ imageSetId = "", isPrimary, DICOMTags }) => ({ imageSetId, isPrimary, ...DICOMTags }))
    .toSorted((a, b) => (a.DICOMSeriesInstanceUID ?? "").localeCompare(b.DICOMSeriesInstanceUID ?? ""));
}

/** A primary copy in the place of an image set. */
async function promote(sandbox: Sandbox, datastoreId: string, sourceImageSetId: string): Promise<string> {
  const { destinationImageSetProperties } = await sandbox.medicalImaging.send(
    new CopyImageSetCommand({
      datastoreId,
      sourceImageSetId,
      promoteToPrimary: true,
      copyImageSetInformation: { sourceImageSet: { latestVersionId: "1" } },
    }),
  );
  await settle(sandbox, datastoreId, sourceImageSetId);
  await sandbox.medicalImaging.send(new DeleteImageSetCommand({ datastoreId, imageSetId: sourceImageSetId }));
  await settle(sandbox, datastoreId, sourceImageSetId);
  return destinationImageSetProperties?.imageSetId ?? "";
}

interface StudyUpdate {
  readonly latestVersionId?: string;
  readonly updatable?: object;
  readonly removable?: object;
  readonly revertToVersionId?: string;
  readonly force?: boolean;
  /** False sends the call without it. */
  readonly includeStudyImageSets?: boolean;
}

const encode = (payload: object | undefined) =>
  payload && Buffer.from(JSON.stringify({ SchemaVersion: 1.1, ...payload }));

/** An update of the study of an image set: AWS's JavaScript client lacks the input, which is a parameter of the query. */
export function studyUpdate(
  datastoreId: string,
  imageSetId: string,
  { latestVersionId = "1", includeStudyImageSets = true, ...wanted }: StudyUpdate,
): UpdateImageSetMetadataCommand {
  const { updatable, removable, revertToVersionId, force } = wanted;
  const DICOMUpdates = { updatableAttributes: encode(updatable), removableAttributes: encode(removable) };
  const updates = revertToVersionId === undefined ? { DICOMUpdates } : { revertToVersionId };
  const command = new UpdateImageSetMetadataCommand({
    datastoreId,
    imageSetId,
    latestVersionId,
    ...(force === undefined ? {} : { force }),
    updateImageSetMetadataUpdates: updates,
  });
  command.middlewareStack.add(
    (next) => (args) => {
      const { query } = args.request as { query: Record<string, string> };
      if (includeStudyImageSets) query["includeStudyImageSets"] = "true";
      return next(args);
    },
    { step: "build" },
  );
  return command;
}

/** `versionId status`, and the message of a failure. */
export async function statusOf(
  { medicalImaging }: Sandbox,
  datastoreId: string,
  imageSetId: string,
): Promise<string> {
  const { versionId, imageSetState, imageSetWorkflowStatus, message } = await medicalImaging.send(
    new GetImageSetCommand({ datastoreId, imageSetId }),
  );
  return [versionId, imageSetState, imageSetWorkflowStatus, message].filter(Boolean).join(" ");
}
