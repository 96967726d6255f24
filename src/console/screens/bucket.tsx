import { useState } from "preact/hooks";
import { linkTo, type Params } from "../app/place.ts";
import { type ListedObject, listFolder, objectPath } from "../calls/bucket-api.ts";
import { showBytes, showTime } from "../calls/show-time.ts";
import { useAnswer } from "../calls/use-answer.ts";
import { DataTable } from "../parts/data-table.tsx";
import { ProblemNote } from "../parts/problem.tsx";

type Entry = { readonly folder: string } | { readonly object: ListedObject };

/** One bucket, folder by folder. */
export function BucketScreen({ params: { bucket = "" } }: { readonly params: Params }) {
  const [prefix, setPrefix] = useState("");
  const [tokens, setTokens] = useState<readonly string[]>([]);
  const { answer, problem, reload } = useAnswer(
    () => listFolder(bucket, prefix, tokens.at(-1)),
    [bucket, prefix, tokens],
  );
  const open = (folder: string): void => {
    setTokens([]);
    setPrefix(folder);
  };
  const entries: Entry[] | undefined = answer && [
    ...answer.folders.map((folder) => ({ folder })),
    ...answer.objects.map((object) => ({ object })),
  ];
  const next = answer?.nextToken;
  const nameOf = (path: string): string => path.slice(prefix.length);
  return (
    <>
      <nav class="path" aria-label="Folder">
        <a href={linkTo("buckets")}>Buckets</a> /{" "}
        {foldersOf(prefix).map(({ name, folder }) => (
          <span key={folder}>
            <button type="button" class="link" onClick={() => open(folder)}>
              {name || bucket}
            </button>{" "}
            /{" "}
          </span>
        ))}
      </nav>
      <ProblemNote of={problem} />
      <DataTable
        caption={`Objects of ${bucket}`}
        rows={entries}
        keyOf={(entry) => ("folder" in entry ? entry.folder : entry.object.key)}
        empty="This folder is empty."
        columns={[
          {
            title: "Name",
            cell: (entry) =>
              "folder" in entry ? (
                <button type="button" class="link" onClick={() => open(entry.folder)}>
                  {nameOf(entry.folder)}
                </button>
              ) : (
                <a href={objectPath(bucket, entry.object.key)} download={nameOf(entry.object.key)}>
                  {nameOf(entry.object.key)}
                </a>
              ),
          },
          {
            title: "Size",
            isNumber: true,
            cell: (entry) => ("folder" in entry ? "" : showBytes(entry.object.byteLength)),
          },
          {
            title: "Modified (UTC)",
            cell: (entry) => ("folder" in entry ? "" : showTime(entry.object.lastModified)),
          },
        ]}
      />
      <div class="row pages">
        <button type="button" disabled={tokens.length === 0} onClick={() => setTokens(tokens.slice(0, -1))}>
          Previous page
        </button>
        <button
          type="button"
          disabled={next === undefined}
          onClick={() => next !== undefined && setTokens([...tokens, next])}
        >
          Next page
        </button>
        <button type="button" onClick={reload}>
          Refresh
        </button>
      </div>
    </>
  );
}

/** The folders above and around a prefix, the bucket itself first. */
function foldersOf(prefix: string): { name: string; folder: string }[] {
  const names = prefix.split("/").slice(0, -1);
  const inner = names.map((name, index) => ({ name, folder: `${names.slice(0, index + 1).join("/")}/` }));
  return [{ name: "", folder: "" }, ...inner];
}
