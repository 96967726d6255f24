import type { Caller } from "../../../domain/caller.ts";
import type { DicomJsonAnswer } from "../json-answer.ts";
import { SEARCHES, type SearchName } from "./search-attributes.ts";
import { DicomSearch, type DicomSearchDependencies, type SearchRequest } from "./search-dicom.ts";

type SearchAction = (request: SearchRequest, caller: Caller) => Promise<DicomJsonAnswer>;

/** The actions of QIDO-RS, by name. They share an index. */
export function createSearchActions(parts: DicomSearchDependencies): Readonly<Record<string, SearchAction>> {
  const dicom = new DicomSearch(parts);
  const names = Object.keys(SEARCHES) as SearchName[];
  return Object.fromEntries(
    names.map((name): [SearchName, SearchAction] => [
      name,
      (request, caller) => dicom.search(name, request, caller),
    ]),
  );
}
