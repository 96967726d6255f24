import { CopyImageSet } from "../actions/CopyImageSet.ts";
import { CreateDatastore } from "../actions/CreateDatastore.ts";
import { DeleteDatastore } from "../actions/DeleteDatastore.ts";
import { DeleteImageSet } from "../actions/DeleteImageSet.ts";
import { GetDatastore } from "../actions/GetDatastore.ts";
import { GetDICOMImportJob } from "../actions/GetDICOMImportJob.ts";
import { GetImageFrame } from "../actions/GetImageFrame.ts";
import { GetImageSet } from "../actions/GetImageSet.ts";
import { GetImageSetMetadata } from "../actions/GetImageSetMetadata.ts";
import { ListDatastores } from "../actions/ListDatastores.ts";
import { ListDICOMImportJobs } from "../actions/ListDICOMImportJobs.ts";
import { ListImageSetVersions } from "../actions/ListImageSetVersions.ts";
import { ListTagsForResource } from "../actions/ListTagsForResource.ts";
import { SearchImageSets } from "../actions/SearchImageSets.ts";
import { StartDICOMImportJob } from "../actions/StartDICOMImportJob.ts";
import { TagResource } from "../actions/TagResource.ts";
import { UntagResource } from "../actions/UntagResource.ts";
import { UpdateImageSetMetadata } from "../actions/UpdateImageSetMetadata.ts";
import type { MeasuredBlobs } from "../domain/blobs.ts";
import type { ClientTokens } from "../domain/client-tokens.ts";
import type { Datastores } from "../domain/datastores.ts";
import type { ImageSetCopies } from "../domain/image-set-copies.ts";
import type { ImageSetDeletions } from "../domain/image-set-deletions.ts";
import type { ImageSetUpdates } from "../domain/image-set-updates.ts";
import type { ImageSets } from "../domain/image-sets.ts";
import type { ImportJobs } from "../domain/import-jobs.ts";
import type { RepeatedImports } from "../domain/repeated-imports.ts";
import type { StorageTiers } from "../domain/storage-tiers.ts";
import type { Tags } from "../domain/tags.ts";
import { GetDICOMInstance } from "../dicomweb/GetDICOMInstance.ts";
import type { Actions } from "../gateway/medical-imaging.ts";
import type { Importer } from "../importer/importer.ts";
import type { FrameContainer } from "../pixels/frame-container.ts";

/** What actions act on. */
export interface ActionParts {
  readonly blobs: MeasuredBlobs;
  readonly clientTokens: ClientTokens;
  readonly copies: ImageSetCopies;
  readonly datastores: Datastores;
  readonly deletions: ImageSetDeletions;
  readonly frameContainer: FrameContainer;
  readonly imageSets: ImageSets;
  readonly importer: Importer;
  readonly importJobs: ImportJobs;
  readonly repeatedImports: RepeatedImports;
  readonly tags: Tags;
  readonly tiers: StorageTiers;
  readonly updates: ImageSetUpdates;
}

/** One for each operation, by its name. */
export const createActions = (parts: ActionParts): Actions =>
  new Map(
    Object.entries({
      CopyImageSet: CopyImageSet(parts),
      CreateDatastore: CreateDatastore(parts),
      DeleteDatastore: DeleteDatastore(parts),
      DeleteImageSet: DeleteImageSet(parts),
      GetDICOMImportJob: GetDICOMImportJob(parts),
      GetDICOMInstance: GetDICOMInstance(parts),
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
  );
