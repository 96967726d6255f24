import { linkTo } from "../app/place.ts";
import { callS3, listBuckets } from "../calls/bucket-api.ts";
import { showTime } from "../calls/show-time.ts";
import { useAnswer } from "../calls/use-answer.ts";
import { useAction } from "../calls/use-action.ts";
import { DataTable } from "../parts/data-table.tsx";
import { Outcome } from "../parts/outcome.tsx";
import { ProblemNote } from "../parts/problem.tsx";
import { emptyForm, readForm } from "../parts/read-form.ts";

/** The buckets. */
export function BucketsScreen() {
  const { answer, problem, reload } = useAnswer(listBuckets, []);
  const action = useAction();
  const create = (event: SubmitEvent): void => {
    const name = readForm(event)("name");
    action.run(async () => {
      await callS3("PUT", `/${name}`);
      emptyForm(event);
      reload();
      return `Bucket ${name} is there.`;
    });
  };
  return (
    <>
      <form class="row" onSubmit={create}>
        <label>
          Name <input name="name" required pattern="[a-z0-9][a-z0-9.\-]{1,61}[a-z0-9]" />
        </label>
        <button class="primary" disabled={action.isRunning}>
          Create bucket
        </button>
        <button type="button" onClick={reload}>
          Refresh
        </button>
      </form>
      <Outcome of={action} />
      <ProblemNote of={problem} />
      <DataTable
        caption="Buckets"
        rows={answer}
        keyOf={({ name }) => name}
        empty="No bucket yet. An import makes one, or a folder in the data folder's `buckets`."
        columns={[
          { title: "Name", cell: ({ name }) => <a href={linkTo("buckets", name)}>{name}</a> },
          { title: "Created (UTC)", cell: ({ createdAt }) => showTime(createdAt) },
        ]}
      />
    </>
  );
}
