import { InstanceFinder, type FinderDependencies } from "./find-instance.ts";
import type { FrameSourceDependencies } from "./frame-source.ts";
import { GetDICOMBulkdata } from "./GetDICOMBulkdata.ts";
import { GetDICOMInstance, type GetDICOMInstanceDependencies } from "./GetDICOMInstance.ts";
import { GetDICOMInstanceFrames } from "./GetDICOMInstanceFrames.ts";
import { GetDICOMInstanceMetadata } from "./GetDICOMInstanceMetadata.ts";
import { GetDICOMSeriesMetadata } from "./GetDICOMSeriesMetadata.ts";
import { createSearchActions } from "./search/search-actions.ts";
import type { DicomSearchDependencies } from "./search/search-dicom.ts";

/** The parts that actions of DICOMweb act on. */
export type DicomwebActionParts = Omit<GetDICOMInstanceDependencies, "instances" | "behaviours"> &
  FrameSourceDependencies &
  Omit<DicomSearchDependencies, "behaviours"> & {
    readonly behaviours: GetDICOMInstanceDependencies["behaviours"] &
      FinderDependencies["behaviours"] &
      DicomSearchDependencies["behaviours"];
  };

/** All actions of DICOMweb. They share one cache of metadata documents. */
export function dicomwebActions(actionParts: DicomwebActionParts) {
  const parts = { ...actionParts, instances: new InstanceFinder(actionParts) };
  return {
    GetDICOMBulkdata: GetDICOMBulkdata(parts),
    GetDICOMInstance: GetDICOMInstance(parts),
    GetDICOMInstanceFrames: GetDICOMInstanceFrames(parts),
    GetDICOMInstanceMetadata: GetDICOMInstanceMetadata(parts),
    GetDICOMSeriesMetadata: GetDICOMSeriesMetadata(parts),
    ...createSearchActions(parts),
  };
}
