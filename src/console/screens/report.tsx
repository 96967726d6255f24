import type { AccountReport } from "../../local/sdk/control-operations.ts";
import { askControl } from "../calls/ask-control.ts";
import { showTime } from "../calls/show-time.ts";
import { useAction } from "../calls/use-action.ts";
import { useAnswer } from "../calls/use-answer.ts";
import { ConfirmButton } from "../parts/confirm-button.tsx";
import { DataTable } from "../parts/data-table.tsx";
import { Outcome } from "../parts/outcome.tsx";
import { ProblemNote } from "../parts/problem.tsx";

/** What clients called, and what AWS would have refused. */
export function ReportScreen() {
  const { answer, problem, reload } = useAnswer(() => askControl("readReport", {}), []);
  const action = useAction();
  const restart = (): void =>
    action.run(async () => {
      await askControl("clearReport", {});
      reload();
      return "The report begins again.";
    });
  return (
    <>
      <div class="row">
        <span>Since {showTime(answer?.since)} (UTC), without the requests of this console.</span>
        <button type="button" onClick={reload}>
          Refresh
        </button>
        <ConfirmButton label="Begin again" warning="Empties the report." onConfirm={restart} />
      </div>
      <Outcome of={action} />
      <ProblemNote of={problem} />
      {answer?.accounts.length === 0 && <p class="empty">No request yet.</p>}
      {answer?.accounts.map((account) => (
        <Account key={account.account} report={account} />
      ))}
      {answer !== undefined && answer.outOfReach.length > 0 && (
        <>
          <h2>What a report cannot show</h2>
          <ul>
            {answer.outOfReach.map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

function Account({ report }: { readonly report: AccountReport }) {
  const findings = findingsOf(report);
  return (
    <section aria-label={`Account ${report.account}`}>
      <h2>Account {report.account}</h2>
      {findings.length > 0 && (
        <ul class="panel findings">
          {findings.map((finding) => (
            <li key={finding}>{finding}</li>
          ))}
        </ul>
      )}
      <DataTable
        caption={`Operations of account ${report.account}`}
        rows={Object.entries(report.operations)}
        keyOf={([name]) => name}
        empty="No operation was called."
        columns={[
          { title: "Operation", cell: ([name]) => name },
          { title: "Requests", isNumber: true, cell: ([, { requests }]) => requests },
          { title: "Succeeded", isNumber: true, cell: ([, { succeeded }]) => succeeded },
          { title: "Errors", cell: ([, { errors }]) => countsOf(errors).join(", ") },
        ]}
      />
      <p class="hint">Never called: {report.neverCalled.join(", ") || "none"}</p>
    </section>
  );
}

const countsOf = (counts: Readonly<Record<string, number>>): string[] =>
  Object.entries(counts).map(([name, count]) => `${name}: ${count}`);

/** What a tester should look at. */
const findingsOf = ({
  refused,
  throttled,
  unread,
  unseen,
  ignored = {},
  notEmulated = {},
}: AccountReport): string[] => [
  ...countsOf(refused).map((one) => `AWS would have refused: ${one}`),
  ...countsOf(throttled).map((one) => `AWS would have throttled ${one}`),
  ...countsOf(unread).map((one) => `Pages that were not read: ${one}`),
  ...countsOf(ignored).map((one) => `Ignored input ${one}`),
  ...countsOf(notEmulated).map((one) => `Not emulated: ${one}`),
  ...unseen.map(({ resource, seen, now }) => `${resource} was last seen ${seen}, it is ${now ?? "gone"}`),
];
