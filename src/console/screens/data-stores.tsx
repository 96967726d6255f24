import { linkTo } from "../app/place.ts";
import { callApi, listAll, type ListedDatastore } from "../calls/medical-imaging-api.ts";
import { showTime } from "../calls/show-time.ts";
import { useAction } from "../calls/use-action.ts";
import { useAnswer } from "../calls/use-answer.ts";
import { ConfirmButton } from "../parts/confirm-button.tsx";
import { DataTable } from "../parts/data-table.tsx";
import { OtherCallers } from "../parts/other-callers.tsx";
import { Outcome } from "../parts/outcome.tsx";
import { ProblemNote } from "../parts/problem.tsx";
import { emptyForm, readForm } from "../parts/read-form.ts";
import { StatusBadge } from "../parts/status-badge.tsx";

/** Data stores of the account, with a form for a new one. */
export function DataStoresScreen() {
  const { answer, problem, reload } = useAnswer(
    () => listAll<ListedDatastore>("/datastore", "datastoreSummaries"),
    [],
  );
  const action = useAction();
  const create = (event: SubmitEvent): void => {
    const name = readForm(event)("datastoreName");
    action.run(async () => {
      const made = await callApi<ListedDatastore>("POST", "/datastore", {
        clientToken: crypto.randomUUID(),
        ...(name !== "" && { datastoreName: name }),
      });
      emptyForm(event);
      reload();
      return `Data store ${name || made.datastoreId} is ${made.datastoreStatus}.`;
    });
  };
  const remove = ({ datastoreId, datastoreName }: ListedDatastore): void =>
    action.run(async () => {
      await callApi("DELETE", `/datastore/${datastoreId}`);
      reload();
      return `Data store ${datastoreName ?? datastoreId} is being deleted.`;
    });
  return (
    <>
      <form class="row" onSubmit={create}>
        <label>
          Name <input name="datastoreName" maxLength={256} placeholder="optional" />
        </label>
        <button class="primary" disabled={action.isRunning}>
          Create data store
        </button>
        <button type="button" onClick={reload}>
          Refresh
        </button>
      </form>
      <Outcome of={action} />
      <ProblemNote of={problem} />
      <DataTable
        caption="Data stores"
        rows={answer}
        keyOf={({ datastoreId }) => datastoreId}
        empty={
          <>
            No data store yet. <a href={linkTo("import")}>Import DICOM files</a> to make one.
          </>
        }
        columns={[
          {
            title: "Name",
            cell: ({ datastoreId, datastoreName }) => (
              <a href={linkTo("data-stores", datastoreId)}>{datastoreName ?? "(no name)"}</a>
            ),
          },
          { title: "Status", cell: ({ datastoreStatus }) => <StatusBadge of={datastoreStatus} /> },
          { title: "Id", cell: ({ datastoreId }) => <code>{datastoreId}</code> },
          { title: "Created (UTC)", cell: ({ createdAt }) => showTime(createdAt) },
          {
            title: "Import jobs",
            cell: ({ datastoreId }) => <a href={linkTo("data-stores", datastoreId, "import-jobs")}>Jobs</a>,
          },
          {
            title: "Actions",
            cell: (store) =>
              store.datastoreStatus === "ACTIVE" && (
                <ConfirmButton
                  label="Delete"
                  warning="AWS deletes only an empty data store."
                  onConfirm={() => remove(store)}
                />
              ),
          },
        ]}
      />
      {answer !== undefined && <OtherCallers shown={answer} />}
    </>
  );
}
