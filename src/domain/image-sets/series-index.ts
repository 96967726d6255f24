import type { Follower } from "../state.ts";
import { latestVersion, type ImageSet } from "./image-set.ts";

/** Data store, study and series of an image set. */
type Place = readonly [datastoreId: string, studyInstanceUID: string, seriesInstanceUID: string];
type OfSeries = Map<string, ImageSet>;
type OfStudy = Map<string, OfSeries>;

/** The image sets of each series by the UIDs of their latest version, without deleted ones. It follows the state. */
export class SeriesIndex implements Follower<ImageSet> {
  readonly #places = new Map<string, Place>();
  readonly #studies = new Map<string, OfStudy>();

  put(imageSet: ImageSet): void {
    const place = placeOf(imageSet);
    const known = this.#places.get(imageSet.imageSetId);
    // One that stays in its series keeps its place in the order in which they were added.
    if (known?.some((uid, index) => uid !== place?.[index])) this.drop(imageSet);
    if (place === undefined) return;
    this.#places.set(imageSet.imageSetId, place);
    const ofStudy = getOrAdd<OfSeries>(getOrAdd<OfStudy>(this.#studies, keyOf(place)), place[2]);
    ofStudy.set(imageSet.imageSetId, imageSet);
  }

  drop({ imageSetId }: ImageSet): void {
    const place = this.#places.get(imageSetId);
    if (place === undefined) return;
    this.#places.delete(imageSetId);
    const study = this.#studies.get(keyOf(place));
    const series = study?.get(place[2]);
    series?.delete(imageSetId);
    if (series?.size === 0) study?.delete(place[2]);
    if (study?.size === 0) this.#studies.delete(keyOf(place));
  }

  /** By series; undefined for a study without image sets. */
  ofStudy(datastoreId: string, studyInstanceUID: string): ReadonlyMap<string, OfSeries> | undefined {
    return this.#studies.get(keyOf([datastoreId, studyInstanceUID]));
  }
}

const keyOf = ([datastoreId, study]: readonly [string, string, ...string[]]): string =>
  `${datastoreId} ${study}`;

/** Undefined for an image set that is in no series. */
function placeOf(imageSet: ImageSet): Place | undefined {
  const { imageSetState, dicomTags } = latestVersion(imageSet);
  const { DICOMStudyInstanceUID: study, DICOMSeriesInstanceUID: series } = dicomTags;
  if (imageSetState === "DELETED" || study === undefined || series === undefined) return undefined;
  return [imageSet.datastoreId, study, series];
}

function getOrAdd<T extends Map<string, unknown>>(map: Map<string, T>, key: string): T {
  const known = map.get(key) ?? (new Map() as T);
  map.set(key, known);
  return known;
}
