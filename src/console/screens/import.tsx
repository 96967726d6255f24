import { useState } from "preact/hooks";
import { linkTo } from "../app/place.ts";
import { type DroppedFile, filesOfDrop, filesOfInput } from "../calls/dropped-files.ts";
import { listAll, type ListedDatastore } from "../calls/medical-imaging-api.ts";
import { type ImportResult, type ImportStep, importFiles } from "../calls/import-files.ts";
import { useAction } from "../calls/use-action.ts";
import { useAnswer } from "../calls/use-answer.ts";
import { DataTable } from "../parts/data-table.tsx";
import { Outcome } from "../parts/outcome.tsx";
import { StatusBadge } from "../parts/status-badge.tsx";

/** DICOM files become image sets: drop them, or choose a folder. */
export function ImportScreen() {
  const stores = useAnswer(() => listAll<ListedDatastore>("/datastore", "datastoreSummaries"), []);
  const [datastore, setDatastore] = useState("my-dicom");
  const [step, setStep] = useState<ImportStep>();
  const [result, setResult] = useState<ImportResult>();
  const [isOver, setOver] = useState(false);
  const action = useAction();
  const start = (files: readonly DroppedFile[]): void => {
    setResult(undefined);
    setStep(undefined);
    action.run(async () => {
      if (files.length === 0) throw new Error("There are no files in what was chosen.");
      setResult(await importFiles(files, datastore.trim() || "my-dicom", setStep));
      setStep(undefined);
      return undefined;
    });
  };
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    if (event.dataTransfer === null || action.isRunning) return;
    void filesOfDrop(event.dataTransfer).then(start);
  };
  const choose = ({ currentTarget }: { readonly currentTarget: HTMLInputElement }): void => {
    start(filesOfInput(currentTarget.files));
    currentTarget.value = "";
  };
  return (
    <>
      <div class="row">
        <label>
          Data store: a name or an id; a new name makes a new one
          <input
            list="stores"
            value={datastore}
            onInput={({ currentTarget }) => setDatastore(currentTarget.value)}
          />
        </label>
        <datalist id="stores">
          {stores.answer?.map(({ datastoreId, datastoreName }) => (
            <option key={datastoreId} value={datastoreName ?? datastoreId} />
          ))}
        </datalist>
      </div>
      <div
        class={`drop ${isOver ? "over" : ""}`}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <p>Drop DICOM files or a folder here</p>
        <div class="row">
          <label class="file">
            Choose a folder
            <input ref={chooseFolders} type="file" multiple disabled={action.isRunning} onChange={choose} />
          </label>
          <label class="file">
            Choose files
            <input type="file" multiple disabled={action.isRunning} onChange={choose} />
          </label>
        </div>
      </div>
      {step !== undefined && action.isRunning && (
        <p>
          {step.step}: {step.done} of {step.of}{" "}
          <progress value={step.done} max={Math.max(1, step.of)} aria-label={step.step} />
        </p>
      )}
      <Outcome of={action} />
      {result !== undefined && <ResultOf result={result} />}
    </>
  );
}

/** Its dialog then shows folders; the types of attributes do not have it. */
function chooseFolders(input: HTMLInputElement | null): void {
  if (input !== null) input.webkitdirectory = true;
}

function ResultOf({ result }: { readonly result: ImportResult }) {
  const { datastoreId, job, imageSetIds, failures } = result;
  const [only] = imageSetIds;
  return (
    <section aria-label="Result">
      <h2>Result</h2>
      <p role="status">
        <StatusBadge of={job.jobStatus} /> {imageSetIds.length} image sets, {failures.length} files failed.{" "}
        {job.message}
      </p>
      <p>
        {imageSetIds.length === 1 && only !== undefined ? (
          <a class="button" href={linkTo("data-stores", datastoreId, "image-sets", only)}>
            Show the images
          </a>
        ) : (
          <a class="button" href={linkTo("data-stores", datastoreId)}>
            Show the image sets
          </a>
        )}
      </p>
      {failures.length > 0 && (
        <DataTable
          caption="Files that failed"
          rows={failures}
          keyOf={({ file, message }) => `${file} ${message}`}
          empty=""
          columns={[
            { title: "File", cell: ({ file }) => file },
            { title: "Reason", cell: ({ message }) => message },
          ]}
        />
      )}
    </section>
  );
}
