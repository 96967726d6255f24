import { DICOMWEB_OPERATIONS } from "../../../api/model/dicomweb-operations.ts";
import type { Caller } from "../../../domain/caller.ts";
import { requireDicomJson } from "../accept-plain.ts";
import type { DicomJsonAnswer } from "../json-answer.ts";
import { DicomSearch, type DicomSearchDependencies, type SearchRequest } from "./search-dicom.ts";
import { readSearchOptions } from "./search-options.ts";

/** An input, after validation. */
interface SearchInput extends Omit<SearchRequest, "query" | "options"> {
  /** As it was sent. */
  readonly query: string;
  /** The header. */
  readonly accept?: string | undefined;
}

type SearchAction = (input: SearchInput, caller: Caller) => Promise<DicomJsonAnswer>;

/**
 * The actions of QIDO-RS, by name. They share an index. What they do is loaded at the first search; it must not throw a
 * ServiceError, since it has classes of its own (tools/bundle/load-on-use.ts).
 */
export function createSearchActions(parts: DicomSearchDependencies): Readonly<Record<string, SearchAction>> {
  let dicom: DicomSearch | undefined;
  const searches = DICOMWEB_OPERATIONS.filter(({ query }) => query === "search");
  return Object.fromEntries(
    searches.map(({ name }): [string, SearchAction] => [
      name,
      async (input, caller) => {
        requireDicomJson(input.accept);
        const query = new URLSearchParams(input.query);
        const options = readSearchOptions(query);
        dicom ??= new DicomSearch(parts);
        return dicom.search(name, { ...input, query, options }, caller);
      },
    ]),
  );
}
