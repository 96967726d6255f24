import { askControl, controlPath } from "../calls/ask-control.ts";
import { showTime } from "../calls/show-time.ts";
import { type UserAction, useAction } from "../calls/use-action.ts";
import { useAnswer } from "../calls/use-answer.ts";
import { ConfirmButton } from "../parts/confirm-button.tsx";
import { DataTable } from "../parts/data-table.tsx";
import { Outcome } from "../parts/outcome.tsx";
import { ProblemNote } from "../parts/problem.tsx";
import { emptyForm, readForm } from "../parts/read-form.ts";

/** Snapshots: saved, restored, exported, stored from a file; and the reset of everything. */
export function SnapshotsScreen() {
  const { answer, problem, reload } = useAnswer(() => askControl("listSnapshots", {}), []);
  const action = useAction();
  const change = (id: "restoreSnapshot" | "removeSnapshot", name: string, result: string): void =>
    action.run(async () => {
      await askControl(id, { params: { name } });
      reload();
      return `${name} ${result}.`;
    });
  return (
    <>
      <SaveForm action={action} onSaved={reload} />
      <StoreForm action={action} onStored={reload} />
      <Outcome of={action} />
      <ProblemNote of={problem} />
      <DataTable
        caption="Snapshots"
        rows={answer?.snapshots}
        keyOf={({ name }) => name}
        empty="No snapshot yet."
        columns={[
          { title: "Name", cell: ({ name }) => name },
          { title: "Saved (UTC)", cell: ({ savedAt }) => showTime(savedAt) },
          { title: "Release", cell: ({ serviceRelease }) => serviceRelease ?? "2024-05" },
          { title: "Data stores", isNumber: true, cell: ({ datastores }) => datastores },
          { title: "Image sets", isNumber: true, cell: ({ imageSets }) => imageSets },
          { title: "Buckets", isNumber: true, cell: ({ buckets }) => buckets ?? "-" },
          {
            title: "Actions",
            cell: ({ name }) => (
              <span class="buttons">
                <ConfirmButton
                  label="Restore"
                  warning="Replaces the current data."
                  onConfirm={() => change("restoreSnapshot", name, "is restored")}
                />
                <a
                  class="button"
                  href={controlPath("exportSnapshot", { params: { name } })}
                  download={`${name}.tar.gz`}
                >
                  Export
                </a>
                <ConfirmButton
                  label="Remove"
                  warning="Deletes the snapshot."
                  onConfirm={() => change("removeSnapshot", name, "is removed")}
                />
              </span>
            ),
          },
        ]}
      />
      <ResetForm />
    </>
  );
}

interface SaveFormProps {
  readonly action: UserAction;
  readonly onSaved: () => void;
}

function SaveForm({ action, onSaved }: SaveFormProps) {
  const save = (event: SubmitEvent): void => {
    const field = readForm(event);
    const name = field("name");
    const body = { buckets: field("buckets") === "on", replace: field("replace") === "on" };
    action.run(async () => {
      await askControl("saveSnapshot", { params: { name }, body });
      emptyForm(event);
      onSaved();
      return `${name} is saved.`;
    });
  };
  return (
    <form class="row" onSubmit={save}>
      <label>
        Name <input name="name" required pattern="[A-Za-z0-9_.\-]{1,64}" />
      </label>
      <label class="inline">
        <input type="checkbox" name="buckets" /> With buckets
      </label>
      <label class="inline">
        <input type="checkbox" name="replace" /> Replace one of that name
      </label>
      <button class="primary" disabled={action.isRunning}>
        Save the current data
      </button>
    </form>
  );
}

interface StoreFormProps {
  readonly action: UserAction;
  readonly onStored: () => void;
}

function StoreForm({ action, onStored }: StoreFormProps) {
  const store = ({ currentTarget }: { readonly currentTarget: HTMLInputElement }): void => {
    const [file] = currentTarget.files ?? [];
    if (file === undefined) return;
    currentTarget.value = "";
    const name = file.name.replace(/(\.tar)?\.gz$/, "");
    action.run(async () => {
      await askControl("importSnapshot", {
        params: { name },
        body: new Uint8Array(await file.arrayBuffer()),
      });
      onStored();
      return `${name} is stored. Restore makes it the current data.`;
    });
  };
  return (
    <p>
      <label class="file">
        Store an exported file
        <input type="file" accept=".gz,.tgz" onChange={store} />
      </label>
    </p>
  );
}

function ResetForm() {
  const action = useAction();
  const reset = (buckets: boolean): void =>
    action.run(async () => {
      const { epoch, cancelledJobs } = await askControl("reset", { body: { buckets } });
      return `Everything is as at the start. Reset ${epoch}, ${cancelledJobs} import jobs cancelled.`;
    });
  return (
    <section aria-label="Reset">
      <h2>Reset</h2>
      <p class="hint">
        Deletes data stores, jobs and image sets; clock, limits, durations, scenarios and journal are as at
        the start. Snapshots stay.
      </p>
      <div class="row">
        <ConfirmButton label="Reset" warning="Deletes all data." onConfirm={() => reset(false)} />
        <ConfirmButton
          label="Reset with buckets"
          warning="Deletes all data and all buckets."
          onConfirm={() => reset(true)}
        />
      </div>
      <Outcome of={action} />
    </section>
  );
}
