import { DICOMWEB_OPERATIONS } from "../../api/model/dicomweb-operations.ts";
import type { Model } from "../../api/model/model.ts";
import type { Behaviours } from "../../api/releases/behaviours.ts";
import type { MeasuredBlobs } from "../../domain/blobs.ts";
import type { Caller } from "../../domain/caller.ts";
import type { Datastores } from "../../domain/datastores/datastores.ts";
import type { ImageSets } from "../../domain/image-sets/image-sets.ts";
import type { StorageTiers } from "../../domain/image-sets/storage-tiers.ts";
import type { State } from "../../domain/state.ts";
import type { Actions } from "../../healthimaging/http/medical-imaging.ts";
import type { FrameDecoder } from "../../importer/decoding/decoder-pool.ts";

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

/** The actions of the operations of DICOMweb that are served. They are loaded at the first call of one of them. */
export function createDicomwebActions(parts: DicomwebParts): Actions {
  let loading: Promise<Actions> | undefined;
  const { operations } = parts.served;
  return new Map(
    DICOMWEB_OPERATIONS.filter(({ name }) => operations.has(name)).map(({ name }) => [
      name,
      async (input: unknown, caller: Caller): Promise<unknown> => {
        const action = (await (loading ??= load(parts))).get(name);
        if (action === undefined) throw new Error(`the operation ${name} has no action`);
        return action(input, caller);
      },
    ]),
  );
}

async function load(parts: DicomwebParts): Promise<Actions> {
  const { dicomwebActions } = await import("../../healthimaging/dicomweb/dicomweb-actions.ts");
  return new Map(Object.entries(dicomwebActions(parts)));
}
