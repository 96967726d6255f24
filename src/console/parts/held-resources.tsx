import type { ResourceName, StatusName } from "../../local/sdk/control-operations.ts";
import { askControl } from "../calls/ask-control.ts";
import { useAction } from "../calls/use-action.ts";
import { useAnswer } from "../calls/use-answer.ts";
import { DataTable } from "./data-table.tsx";
import { Outcome } from "./outcome.tsx";
import { ProblemNote } from "./problem.tsx";
import { readForm } from "./read-form.ts";

const POLL_MS = 1_500;

/** A resource's kind and id. */
function partsOfResource(resource: ResourceName): { kind: string; id: string } {
  const [kind = "", ...id] = resource.split("/");
  return { kind, id: id.join("/") };
}

/** What is held in a status, to be released; and a form to hold more. */
export function HeldResources() {
  const { answer, problem, reload } = useAnswer(() => askControl("listHolds", {}), [], POLL_MS);
  const action = useAction();
  const release = (resource: ResourceName): void =>
    action.run(async () => {
      await askControl("releaseResource", { params: partsOfResource(resource) });
      reload();
      return `${resource} is released.`;
    });
  const hold = (event: SubmitEvent): void => {
    const field = readForm(event);
    const status = field("status");
    action.run(async () => {
      const { resource } = await askControl("holdResource", {
        params: { kind: field("kind"), id: field("id") },
        body: status === "" ? {} : { status: status as StatusName },
      });
      reload();
      return `${resource} is held.`;
    });
  };
  return (
    <section aria-label="Holds">
      <h2>Held resources</h2>
      <form class="row" onSubmit={hold}>
        <label>
          Kind
          <select name="kind">
            <option>importJob</option>
            <option>datastore</option>
            <option>imageSet</option>
          </select>
        </label>
        <label>
          Id, * for all <input name="id" required defaultValue="*" />
        </label>
        <label>
          Status <input name="status" placeholder="the current one" />
        </label>
        <button>Hold</button>
      </form>
      <Outcome of={action} />
      <ProblemNote of={problem} />
      <DataTable
        caption="Held resources"
        rows={answer?.holds}
        keyOf={({ resource }) => resource}
        empty="Nothing is held."
        columns={[
          { title: "Resource", cell: ({ resource }) => <span class="mono">{resource}</span> },
          { title: "Statuses", cell: ({ statuses }) => statuses.join(", ") },
          {
            title: "Actions",
            cell: ({ resource }) => (
              <button type="button" onClick={() => release(resource)}>
                Release
              </button>
            ),
          },
        ]}
      />
    </section>
  );
}
