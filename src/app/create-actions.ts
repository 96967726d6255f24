import { CopyImageSet } from "../healthimaging/actions/CopyImageSet.ts";
import { CreateDatastore } from "../healthimaging/actions/CreateDatastore.ts";
import { DeleteDatastore } from "../healthimaging/actions/DeleteDatastore.ts";
import { DeleteImageSet } from "../healthimaging/actions/DeleteImageSet.ts";
import { GetDatastore } from "../healthimaging/actions/GetDatastore.ts";
import { GetDICOMImportJob } from "../healthimaging/actions/GetDICOMImportJob.ts";
import { GetImageFrame } from "../healthimaging/actions/GetImageFrame.ts";
import { GetImageSet } from "../healthimaging/actions/GetImageSet.ts";
import { GetImageSetMetadata } from "../healthimaging/actions/GetImageSetMetadata.ts";
import { ListDatastores } from "../healthimaging/actions/ListDatastores.ts";
import { ListDICOMImportJobs } from "../healthimaging/actions/ListDICOMImportJobs.ts";
import { ListImageSetVersions } from "../healthimaging/actions/ListImageSetVersions.ts";
import { ListTagsForResource } from "../healthimaging/actions/ListTagsForResource.ts";
import { SearchImageSets } from "../healthimaging/actions/SearchImageSets.ts";
import { StartDICOMImportJob } from "../healthimaging/actions/StartDICOMImportJob.ts";
import { TagResource } from "../healthimaging/actions/TagResource.ts";
import { UntagResource } from "../healthimaging/actions/UntagResource.ts";
import { UpdateImageSetMetadata } from "../healthimaging/actions/UpdateImageSetMetadata.ts";
import type { ClientTokens } from "../domain/client-tokens.ts";
import type { Datastores } from "../domain/datastores/datastores.ts";
import type { ImageSetCopies } from "../domain/image-sets/image-set-copies.ts";
import type { ImageSetDeletions } from "../domain/image-sets/image-set-deletions.ts";
import type { ImageSetUpdates } from "../domain/image-sets/image-set-updates.ts";
import type { ImportJobs } from "../domain/import-jobs/import-jobs.ts";
import type { RepeatedImports } from "../domain/import-jobs/repeated-imports.ts";
import type { Tags } from "../domain/tags.ts";
import type { Actions } from "../healthimaging/http/medical-imaging.ts";
import type { Importer } from "../importer/importer.ts";
import { createDicomwebActions, type DicomwebParts } from "./operations/create-dicomweb-actions.ts";
import type { FrameContainer } from "../imaging/pixels/htj2k/frame-container.ts";

/** The parts that actions act on. */
export interface ActionParts extends DicomwebParts {
  readonly clientTokens: ClientTokens;
  readonly copies: ImageSetCopies;
  readonly datastores: Datastores;
  readonly deletions: ImageSetDeletions;
  readonly frameContainer: FrameContainer;
  readonly importer: Importer;
  readonly importJobs: ImportJobs;
  readonly repeatedImports: RepeatedImports;
  readonly tags: Tags;
  readonly updates: ImageSetUpdates;
}

/** One action for each operation, by name. */
export const createActions = (parts: ActionParts): Actions =>
  new Map([
    ...createDicomwebActions(parts),
    ...Object.entries({
      CopyImageSet: CopyImageSet(parts),
      CreateDatastore: CreateDatastore(parts),
      DeleteDatastore: DeleteDatastore(parts),
      DeleteImageSet: DeleteImageSet(parts),
      GetDICOMImportJob: GetDICOMImportJob(parts),
      GetDatastore: GetDatastore(parts),
      GetImageFrame: GetImageFrame(parts),
      GetImageSet: GetImageSet(parts),
      GetImageSetMetadata: GetImageSetMetadata(parts),
      ListDICOMImportJobs: ListDICOMImportJobs(parts),
      ListDatastores: ListDatastores(parts),
      ListImageSetVersions: ListImageSetVersions(parts),
      ListTagsForResource: ListTagsForResource(parts),
      SearchImageSets: SearchImageSets(parts),
      StartDICOMImportJob: StartDICOMImportJob(parts),
      TagResource: TagResource(parts),
      UntagResource: UntagResource(parts),
      UpdateImageSetMetadata: UpdateImageSetMetadata(parts),
    }),
  ]);
