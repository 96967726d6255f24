import { useState } from "preact/hooks";
import { linkTo, type Params } from "../app/place.ts";
import { callApi, type FoundImageSet, type ListedDatastore } from "../calls/medical-imaging-api.ts";
import { type ImageSetSearch, SEARCH_ATTRIBUTES, searchImageSets } from "../calls/search-image-sets.ts";
import { showTime } from "../calls/show-time.ts";
import { useAnswer } from "../calls/use-answer.ts";
import { type Column, DataTable } from "../parts/data-table.tsx";
import { ProblemNote } from "../parts/problem.tsx";
import { StatusBadge } from "../parts/status-badge.tsx";
import { SearchForm } from "./search-form.tsx";

const EVERYTHING: ImageSetSearch = { attribute: undefined, from: "", to: "", sortField: "", sortOrder: "" };

const STUDY = SEARCH_ATTRIBUTES.find(({ name }) => name === "DICOMStudyInstanceUID");

/** The image sets of a data store, as SearchImageSets finds them, page by page. */
export function ImageSetsScreen({ params: { datastoreId = "" } }: { readonly params: Params }) {
  const [search, setSearch] = useState(EVERYTHING);
  /** The tokens of the pages up to the one that is shown. */
  const [tokens, setTokens] = useState<readonly string[]>([]);
  const store = useAnswer(
    () => callApi<{ datastoreProperties: ListedDatastore }>("GET", `/datastore/${datastoreId}`),
    [datastoreId],
  );
  const { answer, problem, reload } = useAnswer(
    () => searchImageSets(datastoreId, search, tokens.at(-1)),
    [datastoreId, search, tokens],
  );
  const { datastoreName, datastoreStatus } = store.answer?.datastoreProperties ?? {};
  const next = answer?.nextToken;
  const begin = (wanted: ImageSetSearch): void => {
    setTokens([]);
    setSearch(wanted);
  };
  return (
    <>
      <p>
        Data store <strong>{datastoreName ?? datastoreId}</strong> <StatusBadge of={datastoreStatus} />{" "}
        <a href={linkTo("data-stores", datastoreId, "import-jobs")}>Import jobs</a>
      </p>
      <SearchForm onSearch={begin} />
      {search.attribute !== undefined && (
        <p class="hint">
          {search.attribute.label} {search.from} {search.to}{" "}
          <button type="button" class="link" onClick={() => begin(EVERYTHING)}>
            Show all
          </button>
        </p>
      )}
      <ProblemNote of={problem ?? store.problem} />
      <DataTable
        caption="Image sets"
        rows={answer?.imageSetsMetadataSummaries}
        keyOf={({ imageSetId }) => imageSetId}
        empty="No image set was found."
        columns={columnsFor(datastoreId, (study) => begin({ ...EVERYTHING, attribute: STUDY, from: study }))}
      />
      <div class="row pages">
        <button type="button" disabled={tokens.length === 0} onClick={() => setTokens(tokens.slice(0, -1))}>
          Previous page
        </button>
        <span>Page {tokens.length + 1}</span>
        <button type="button" disabled={!next} onClick={() => next && setTokens([...tokens, next])}>
          Next page
        </button>
        <button type="button" onClick={reload}>
          Refresh
        </button>
      </div>
    </>
  );
}

const text = (value: string | number | null | undefined): string => String(value ?? "-");

const columnsFor = (
  datastoreId: string,
  onStudy: (studyInstanceUID: string) => void,
): Column<FoundImageSet>[] => [
  {
    title: "Patient",
    cell: ({ imageSetId, DICOMTags: tags }) => (
      <a href={linkTo("data-stores", datastoreId, "image-sets", imageSetId)}>
        {text(tags["DICOMPatientName"] ?? tags["DICOMPatientId"] ?? imageSetId)}
      </a>
    ),
  },
  { title: "Patient ID", cell: ({ DICOMTags: tags }) => text(tags["DICOMPatientId"]) },
  { title: "Modality", cell: ({ DICOMTags: tags }) => text(tags["DICOMSeriesModality"]) },
  {
    title: "Study",
    cell: ({ DICOMTags: tags }) => (
      <>
        <button type="button" class="link" onClick={() => onStudy(text(tags["DICOMStudyInstanceUID"]))}>
          {tags["DICOMStudyDescription"] ?? "Study"}
        </button>
        <div class="hint">
          {text(tags["DICOMStudyDate"])} {tags["DICOMStudyTime"] ?? ""}
        </div>
      </>
    ),
  },
  { title: "Series", isNumber: true, cell: ({ DICOMTags: tags }) => text(tags["DICOMSeriesNumber"]) },
  {
    title: "Instances",
    isNumber: true,
    cell: ({ DICOMTags: tags }) => text(tags["DICOMNumberOfStudyRelatedInstances"]),
  },
  {
    title: "Version",
    isNumber: true,
    cell: ({ version, isPrimary }) => `${version}${isPrimary === true ? ", primary" : ""}`,
  },
  { title: "Updated (UTC)", cell: ({ updatedAt }) => showTime(updatedAt) },
];
