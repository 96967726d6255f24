import { damageOf, DicomIndexes } from "../../../domain/dicom-search/dicom-indexes.ts";
import {
  findInstances,
  findSeries,
  findStudies,
  type DicomQuery,
} from "../../../domain/dicom-search/find-dicom.ts";
import type { DicomIndex } from "../../../domain/dicom-search/dicom-index.ts";
import type { Blobs } from "../../../domain/blobs.ts";
import type { Caller } from "../../../domain/caller.ts";
import type { Datastores } from "../../../domain/datastores/datastores.ts";
import type { State } from "../../../domain/state.ts";
import { answerDicomJson, type DicomJsonAnswer } from "../json-answer.ts";
import { chooseFields } from "./answer-fields.ts";
import { describeResult, type DescriptionOptions } from "./described-results.ts";
import { readSearch } from "./read-search.ts";
import { ResultDocuments } from "./result-documents.ts";
import { isSearch, SEARCHES, type SearchLevel } from "./search-attributes.ts";
import { resultOfInstance, resultOfSeries, resultOfStudy, type SearchResult } from "./search-result.ts";
import type { SearchOptions } from "./search-options.ts";
import { ResultWriter } from "./write-results.ts";

export interface DicomSearchDependencies {
  readonly state: Pick<State, "imageSets">;
  readonly blobs: Blobs;
  readonly datastores: Datastores;
  /** Of the served release. */
  readonly behaviours: { readonly dicomwebImageSets: "newest" | "primary" };
}

/** An input that has been read. */
export interface SearchRequest {
  readonly datastoreId: string;
  readonly studyInstanceUID?: string | undefined;
  readonly seriesInstanceUID?: string | undefined;
  readonly query: URLSearchParams;
  /** Of the query. */
  readonly options: SearchOptions;
  /** That the client called. */
  readonly endpoint: string;
}

/**
 * QIDO-RS: searches for studies, series and instances (facts: dicomweb#searches).
 * Assumed: empty-searches. A search that finds nothing answers 200 and an empty array.
 */
export class DicomSearch {
  readonly #parts: DicomSearchDependencies;
  /** Created at the first search: before it, nothing follows the state. */
  #indexes: DicomIndexes | undefined;
  #documents: ResultDocuments | undefined;

  constructor(parts: DicomSearchDependencies) {
    this.#parts = parts;
  }

  /** @throws ServiceError ResourceNotFoundException, ValidationException for a data store that cannot be searched */
  async search(name: string, request: SearchRequest, caller: Caller): Promise<DicomJsonAnswer> {
    if (!isSearch(name)) throw new Error(`${name} is not a search`);
    const search = readSearch(name, request.query, request.options);
    this.#indexes ??= this.#createIndexes();
    const { index, leftOut } = await this.#indexes.open(caller, request.datastoreId);
    const remarks = [...leftOut, ...search.remarks];
    const { studyInstanceUID, seriesInstanceUID } = request;
    const results = FIND[SEARCHES[name].level](index, { ...search, studyInstanceUID, seriesInstanceUID });
    const fields = chooseFields(name, search.included);
    const root = `${request.endpoint}/datastore/${request.datastoreId}`;
    const writer = new ResultWriter({ fields: fields.indexed, root });
    const texts =
      fields.documented === undefined
        ? results.map((result) => writer.write(result))
        : await this.#describe(results, writer, {
            ...request,
            ...search,
            remarks,
            documented: fields.documented,
          });
    return answerDicomJson(texts, hintOf(remarks));
  }

  #createIndexes(): DicomIndexes {
    const primaryOnly = this.#parts.behaviours.dicomwebImageSets === "primary";
    return new DicomIndexes({ ...this.#parts, primaryOnly });
  }

  /**
   * Each document is read once for a page. A result whose image set is gone meanwhile is left out, and one whose document
   * is damaged, which is remarked.
   */
  async #describe(
    results: readonly SearchResult[],
    writer: ResultWriter,
    options: DescriptionOptions & { readonly remarks: string[] },
  ): Promise<string[]> {
    this.#documents ??= new ResultDocuments(this.#parts);
    const documents = this.#documents;
    const texts = new Map<SearchResult, string>();
    for (const [imageSet, own] of Map.groupBy(results, (result) => result.imageSet)) {
      const isWhole = own.some(({ instance }) => instance !== undefined);
      const reading = isWhole ? documents.read(imageSet) : documents.readLevels(imageSet);
      const document = await reading.catch((error: unknown) => void options.remarks.push(damageOf(error)));
      if (document === undefined) continue;
      for (const result of own) {
        const indexed = writer.attributesOf(result);
        texts.set(result, describeResult(result, document, indexed, options));
      }
    }
    return results.flatMap((result) => texts.get(result) ?? []);
  }
}

const FIND: Readonly<Record<SearchLevel, (index: DicomIndex, query: DicomQuery) => SearchResult[]>> = {
  study: (index, query) => findStudies(index, query).map(resultOfStudy),
  series: (index, query) => findSeries(index, query).map(resultOfSeries),
  instance: (index, query) => findInstances(index, query).map(resultOfInstance),
};

const MAX_HINT_LENGTH = 500;

/** A header value: printable. */
const hintOf = (remarks: readonly string[]): string | undefined =>
  remarks.length === 0
    ? undefined
    : remarks
        .join("; ")
        .replaceAll(/[^ -~]/g, "?")
        .slice(0, MAX_HINT_LENGTH);
