import { isDicomwebOperation } from "../../api/model/dicomweb-operations.ts";
import type { Model } from "../../api/model/model.ts";
import { InstanceFinder } from "../../healthimaging/dicomweb/find-instance.ts";
import type { FrameDecoder } from "../../importer/decoding/decoder-pool.ts";
import { GetDICOMBulkdata } from "../../healthimaging/dicomweb/GetDICOMBulkdata.ts";
import { GetDICOMInstance } from "../../healthimaging/dicomweb/GetDICOMInstance.ts";
import { GetDICOMInstanceFrames } from "../../healthimaging/dicomweb/GetDICOMInstanceFrames.ts";
import { GetDICOMInstanceMetadata } from "../../healthimaging/dicomweb/GetDICOMInstanceMetadata.ts";
import { GetDICOMSeriesMetadata } from "../../healthimaging/dicomweb/GetDICOMSeriesMetadata.ts";
import { createSearchActions } from "../../healthimaging/dicomweb/search/search-actions.ts";
import type { Actions } from "../../healthimaging/http/medical-imaging.ts";
import type { Behaviours } from "../../api/releases/behaviours.ts";
import type { MeasuredBlobs } from "../../domain/blobs.ts";
import type { Datastores } from "../../domain/datastores/datastores.ts";
import type { ImageSets } from "../../domain/image-sets/image-sets.ts";
import type { StorageTiers } from "../../domain/image-sets/storage-tiers.ts";
import type { State } from "../../domain/state.ts";

/** The parts that actions of DICOMweb act on. */
export interface DicomwebParts {
  readonly behaviours: Behaviours;
  readonly blobs: MeasuredBlobs;
  readonly datastores: Datastores;
  readonly decoders: FrameDecoder;
  readonly imageSets: ImageSets;
  /** The operations. */
  readonly served: Pick<Model, "operations">;
  readonly state: State;
  readonly tiers: StorageTiers;
}

/** The actions of DICOMweb. */
function create(sharedParts: Omit<DicomwebParts, "served">): Actions {
  const parts = { ...sharedParts, instances: new InstanceFinder(sharedParts) };
  return new Map(
    Object.entries({
      GetDICOMBulkdata: GetDICOMBulkdata(parts),
      GetDICOMInstance: GetDICOMInstance(parts),
      GetDICOMInstanceFrames: GetDICOMInstanceFrames(parts),
      GetDICOMInstanceMetadata: GetDICOMInstanceMetadata(parts),
      GetDICOMSeriesMetadata: GetDICOMSeriesMetadata(parts),
      ...createSearchActions(parts),
    }),
  );
}

/** The actions of DICOMweb that are served: a release may have fewer. */
export const createDicomwebActions = ({ served, ...parts }: DicomwebParts): Actions =>
  new Map([...create(parts)].filter(([name]) => served.operations.has(name) || !isDicomwebOperation(name)));
