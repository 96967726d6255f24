import type { DICOMTags, ImageSetState, SearchCriteria } from "@aws-sdk/client-medical-imaging";
import type { Caller } from "../../src/domain/caller.ts";
import { Datastores } from "../../src/domain/datastores/datastores.ts";
import { DEFAULT_DURATIONS } from "../../src/domain/time/durations.ts";
import type { ImageSet } from "../../src/domain/image-sets/image-set.ts";
import { ImageSets } from "../../src/domain/image-sets/image-sets.ts";
import type { FlagAttribute } from "../../src/domain/search/search-entry.ts";
import type { Page, PageRequest } from "../../src/domain/paging.ts";
import { Quotas } from "../../src/domain/limits/quotas.ts";
import { MemoryState } from "../../src/storage/documents/memory-state.ts";
import { ManualClock } from "../manual-clock.ts";
import { createTransitions } from "../transitions.ts";

const CALLER: Caller = { account: "000000000000", region: "us-east-1", accessKeyId: "test" };

/** Two data stores that are ACTIVE, and what searches them. */
export interface SearchStore {
  readonly state: MemoryState;
  readonly search: (criteria: SearchCriteria, page?: PageRequest, datastoreId?: string) => Page<ImageSet>;
}

/**
 * @param imageSets that are there before anything follows the state, as those of a folder are
 * @param primaryImageSets the flags that searches know
 */
export function openSearchStore(
  imageSets: readonly ImageSet[] = [],
  primaryImageSets: readonly FlagAttribute[] = [],
): SearchStore {
  const state = new MemoryState();
  const clock = new ManualClock();
  const ids = ["d", "e"].values();
  const createId = (): string => ids.next().value ?? "none";
  const datastores = new Datastores({
    state,
    clock,
    createId,
    transitions: createTransitions(clock),
    quotas: new Quotas(),
  });
  datastores.create(CALLER, {});
  datastores.create(CALLER, {});
  clock.advance(DEFAULT_DURATIONS.datastoreCreatingMs);
  for (const imageSet of imageSets) state.imageSets.load(imageSet);
  const parts = new ImageSets({ state, clock, datastores, behaviours: { primaryImageSets } });
  return {
    state,
    search: (criteria, page = {}, datastoreId = "d") => parts.search(CALLER, datastoreId, criteria, page),
  };
}

export interface ImageSetSketch {
  readonly imageSetId: string;
  readonly dicomTags: DICOMTags;
  readonly createdAt?: number;
  readonly updatedAt?: number;
  readonly imageSetState?: ImageSetState;
  readonly datastoreId?: string;
  readonly isPrimary?: boolean;
}

export function createImageSet({
  imageSetId,
  dicomTags,
  createdAt = 1_000,
  updatedAt = createdAt,
  imageSetState = "ACTIVE",
  datastoreId = "d",
  isPrimary = false,
}: ImageSetSketch): ImageSet {
  const version = {
    versionId: 1,
    imageSetState,
    imageSetWorkflowStatus: "CREATED",
    updatedAt,
    message: null,
    metadataKey: "",
    dicomTags,
  } as const;
  const primary = isPrimary ? ({ isPrimary } as const) : {};
  const content = { deletedAt: null, frameIds: [], tags: {}, versions: [version] } as const;
  return { imageSetId, datastoreId, createdAt, ...primary, ...content };
}
