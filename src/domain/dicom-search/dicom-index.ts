import type { MetadataDocument } from "../image-sets/metadata/metadata-document.ts";
import { SortedList } from "../search/sorted-list.ts";
import {
  compareInstances,
  compareSeries,
  compareStudies,
  type IndexedImageSet,
  type IndexedInstance,
  type IndexedSeries,
  type IndexedStudy,
} from "./indexed.ts";
import { orderOf } from "./search-keys.ts";
import { SearchProgresses } from "./search-progress.ts";
import { compareParts, mergeInstances, seriesPartsOf, type SeriesPart } from "./series-part.ts";

type Changeable<T> = { -readonly [Name in keyof T]: T[Name] };

interface Study extends Changeable<IndexedStudy> {
  readonly byUid: Map<string, Series>;
}

interface Series extends Changeable<IndexedSeries> {
  readonly study: Study;
  /** What image sets have of it, the one that was updated last first. */
  parts: Part[];
}

type Part = SeriesPart<Series>;

/**
 * The studies, series and instances of a data store, in the orders of searches, from the metadata documents of
 * image sets. If several image sets have an instance, the one that was updated last counts.
 */
export class DicomIndex {
  readonly #imageSets = new Map<string, { imageSet: Changeable<IndexedImageSet>; parts: readonly Part[] }>();
  readonly #studies = new Map<string, Study>();
  /** Changed since the last search, and not in the order of studies: their series are sorted once, not at each change. */
  readonly #unsettled = new Set<Study>();
  readonly #byUpdate = new SortedList<IndexedStudy>(compareStudies);
  readonly #bySeriesNumber = new SortedList<IndexedSeries>(compareSeries);
  readonly #byInstanceNumber = new SortedList<IndexedInstance>(compareInstances);

  /** Searches of the three lists, which end with each change. */
  readonly progress = {
    studies: new SearchProgresses<IndexedStudy>(),
    series: new SearchProgresses<IndexedSeries>(),
    instances: new SearchProgresses<IndexedInstance>(),
  };

  /** The last update first. */
  get studies(): SortedList<IndexedStudy> {
    this.#settle();
    return this.#byUpdate;
  }

  /** By Series Number. */
  get series(): SortedList<IndexedSeries> {
    this.#settle();
    return this.#bySeriesNumber;
  }

  /** By Instance Number. */
  get instances(): SortedList<IndexedInstance> {
    this.#settle();
    return this.#byInstanceNumber;
  }

  study(studyInstanceUID: string): IndexedStudy | undefined {
    this.#settle();
    return this.#studies.get(studyInstanceUID);
  }

  imageSet(imageSetId: string): IndexedImageSet | undefined {
    return this.#imageSets.get(imageSetId)?.imageSet;
  }

  /** Adds an image set, or replaces it. */
  put(imageSet: IndexedImageSet, document: MetadataDocument): void {
    this.drop(imageSet.imageSetId);
    const own = { ...imageSet };
    const parts = seriesPartsOf(own, document, (study, series) => this.#find(study, series));
    this.#imageSets.set(own.imageSetId, { imageSet: own, parts });
    for (const part of parts) this.#replace(part.series, [...part.series.parts, part]);
  }

  drop(imageSetId: string): void {
    const { parts = [] } = this.#imageSets.get(imageSetId) ?? {};
    this.#imageSets.delete(imageSetId);
    for (const part of parts)
      this.#replace(
        part.series,
        part.series.parts.filter((other) => other !== part),
      );
  }

  /** A change of an image set whose content stays. */
  touch(imageSetId: string, updatedAt: number): void {
    const known = this.#imageSets.get(imageSetId);
    if (known === undefined || known.imageSet.updatedAt === updatedAt) return;
    known.imageSet.updatedAt = updatedAt;
    for (const { series } of known.parts) {
      this.#unsettle(series.study);
      series.updatedAt = updatedAt;
      if (series.parts.length > 1) this.#replace(series, series.parts);
    }
  }

  #find(studyInstanceUID: string, seriesInstanceUID: string): Series {
    const study = this.#studies.get(studyInstanceUID) ?? newStudy(studyInstanceUID);
    this.#studies.set(studyInstanceUID, study);
    const series = study.byUid.get(seriesInstanceUID) ?? newSeries(study, seriesInstanceUID);
    study.byUid.set(seriesInstanceUID, series);
    return series;
  }

  /** Changes which image sets a series consists of. */
  #replace(series: Series, parts: readonly Part[]): void {
    this.#unsettle(series.study);
    this.#bySeriesNumber.delete(series);
    for (const instance of series.instances) this.#byInstanceNumber.delete(instance);
    series.parts = parts.toSorted(compareParts);
    series.instances = mergeInstances(series.parts);
    const [latest] = series.parts;
    if (latest === undefined) return void series.study.byUid.delete(series.seriesInstanceUID);
    series.keys = latest.seriesKeys;
    series.seriesNumber = orderOf(latest.seriesKeys["SeriesNumber"]);
    series.imageSet = latest.imageSet;
    series.updatedAt = latest.imageSet.updatedAt;
    this.#bySeriesNumber.add(series);
    for (const instance of series.instances) this.#byInstanceNumber.add(instance);
  }

  #unsettle(study: Study): void {
    for (const progresses of Object.values(this.progress)) progresses.clear();
    if (this.#unsettled.has(study)) return;
    this.#unsettled.add(study);
    this.#byUpdate.delete(study);
  }

  #settle(): void {
    for (const study of this.#unsettled) this.#place(study);
    this.#unsettled.clear();
  }

  /** A study is as its latest image set describes it. */
  #place(study: Study): void {
    study.series = [...study.byUid.values()].toSorted(compareSeries);
    const [latest] = [...study.byUid.values()]
      .flatMap(({ parts }) => parts.slice(0, 1))
      .toSorted(compareParts);
    if (latest === undefined) return void this.#studies.delete(study.studyInstanceUID);
    study.keys = latest.studyKeys;
    study.imageSet = latest.imageSet;
    study.updatedAt = latest.imageSet.updatedAt;
    this.#byUpdate.add(study);
  }
}

const NO_IMAGE_SET: IndexedImageSet = { imageSetId: "", createdAt: 0, updatedAt: 0, metadataKey: "" };

const newStudy = (studyInstanceUID: string): Study => ({
  studyInstanceUID,
  keys: {},
  updatedAt: 0,
  series: [],
  imageSet: NO_IMAGE_SET,
  byUid: new Map(),
  testedBy: undefined,
  isFound: false,
});

const newSeries = (study: Study, seriesInstanceUID: string): Series => ({
  study,
  seriesInstanceUID,
  keys: {},
  seriesNumber: Infinity,
  updatedAt: 0,
  instances: [],
  imageSet: NO_IMAGE_SET,
  parts: [],
  testedBy: undefined,
  isFound: false,
});
