import { commonElementsOf, primariesOf, seriesKey } from "../../domain/image-sets/primary-image-sets.ts";
import { latestVersion, type ImageSet } from "../../domain/image-sets/image-set.ts";
import type { ImageSetDraft } from "../image-set-drafts.ts";

/** Where the drafts of a job go. */
export interface MergePlan {
  readonly created: readonly NewImageSet[];
  /** Without a draft only their elements change. */
  readonly merged: readonly { readonly draft: ImageSetDraft | undefined; readonly target: ImageSet }[];
  /** Image sets whose change in progress decides where a draft goes. */
  readonly awaited: ReadonlySet<string>;
}

export interface NewImageSet {
  readonly draft: ImageSetDraft;
  readonly isPrimary: boolean;
}

export const seriesOfDraft = ({ datastoreId, dicomTags }: ImageSetDraft): string =>
  seriesKey(datastoreId, dicomTags) ?? "";

/**
 * For each series, the group of the first file becomes the primary image set, unless there is one. A group with the
 * elements of the primary is merged into it; any other becomes an image set that is not primary
 * (facts: import-jobs#merges).
 * Assumed: first-group-is-primary. Nothing says which of several groups does.
 * @param imageSets of the data store
 * @param enhanced ids of primary image sets whose elements change too
 */
export function planMerge(
  drafts: readonly ImageSetDraft[],
  imageSets: readonly ImageSet[],
  enhanced: ReadonlySet<string> = new Set(),
): MergePlan {
  const bySeries = Map.groupBy(drafts, seriesOfDraft);
  const primaries = primariesOf(imageSets, new Set(bySeries.keys()));
  const ofDrafts = [...bySeries].map(([series, group]) => planSeries(group, primaries.get(series)));
  const merging = new Set(ofDrafts.flatMap(({ merged }) => merged.map(({ target }) => target.imageSetId)));
  const others = imageSets.filter(
    ({ imageSetId, isPrimary }) => isPrimary === true && enhanced.has(imageSetId) && !merging.has(imageSetId),
  );
  const plans = [...ofDrafts, ...others.map(planEnhancement)];
  return {
    created: plans.flatMap(({ created }) => created),
    merged: plans.flatMap(({ merged }) => merged),
    awaited: new Set(plans.flatMap(({ awaited }) => [...awaited])),
  };
}

function planEnhancement(target: ImageSet): MergePlan {
  const { imageSetState } = latestVersion(target);
  const isLocked = imageSetState === "LOCKED";
  const isExisting = imageSetState !== "DELETED";
  return {
    created: [],
    merged: isLocked || !isExisting ? [] : [{ draft: undefined, target }],
    awaited: new Set(isLocked ? [target.imageSetId] : []),
  };
}

function planSeries(group: readonly ImageSetDraft[], primary: ImageSet | undefined): MergePlan {
  const inOrder = group.toSorted((a, b) => a.firstIndex - b.firstIndex);
  if (primary === undefined) {
    const created = inOrder.map((draft, position) => ({ draft, isPrimary: position === 0 }));
    return { created, merged: [], awaited: new Set() };
  }
  const { imageSetState, dicomTags } = latestVersion(primary);
  if (imageSetState === "LOCKED") return { created: [], merged: [], awaited: new Set([primary.imageSetId]) };
  const elements = commonElementsOf(dicomTags);
  const merging = inOrder.find((draft) => commonElementsOf(draft.dicomTags) === elements);
  return {
    created: inOrder.filter((draft) => draft !== merging).map((draft) => ({ draft, isPrimary: false })),
    merged: merging === undefined ? [] : [{ draft: merging, target: primary }],
    awaited: new Set(),
  };
}
