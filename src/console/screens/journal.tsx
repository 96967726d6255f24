import { useState } from "preact/hooks";
import type { RequestAnswer, RequestsAnswer } from "../../local/sdk/control-operations.ts";
import { askControl } from "../calls/ask-control.ts";
import { cliLineOf } from "../calls/cli-line.ts";
import { useAction } from "../calls/use-action.ts";
import { useAnswer } from "../calls/use-answer.ts";
import { ConfirmButton } from "../parts/confirm-button.tsx";
import { DataTable } from "../parts/data-table.tsx";
import { Outcome } from "../parts/outcome.tsx";
import { ProblemNote } from "../parts/problem.tsx";
import { StatusBadge } from "../parts/status-badge.tsx";

const POLL_MS = 1_000;
const NO_FILTERS = { op: "", status: "", fault: "", accessKey: "" };
type Filters = typeof NO_FILTERS;

/** The requests of clients as they arrive, newest first, and what scenarios did. */
export function JournalScreen() {
  const [filters, setFilters] = useState(NO_FILTERS);
  const [isLive, setLive] = useState(true);
  const [isWithUnsigned, setWithUnsigned] = useState(true);
  const [chosen, setChosen] = useState<number>();
  const action = useAction();
  const { answer, problem, reload } = useAnswer(
    () => askControl("listRequests", { query: queryOf(filters) }),
    [filters],
    isLive ? POLL_MS : undefined,
  );
  const requests = answer?.requests
    .filter(({ accessKeyId }) => isWithUnsigned || accessKeyId !== undefined)
    .toReversed();
  const request = requests?.find(({ seq }) => seq === chosen);
  const clear = (): void =>
    action.run(async () => {
      await askControl("clearRequests", {});
      reload();
      return "The journal is empty.";
    });
  return (
    <>
      <FilterForm filters={filters} onChange={setFilters} />
      <div class="row">
        <label class="inline">
          <input
            type="checkbox"
            checked={isLive}
            onChange={({ currentTarget }) => setLive(currentTarget.checked)}
          />
          Live
        </label>
        <label class="inline">
          <input
            type="checkbox"
            checked={isWithUnsigned}
            onChange={({ currentTarget }) => setWithUnsigned(currentTarget.checked)}
          />
          With unsigned requests, such as this console's
        </label>
        <button type="button" onClick={reload}>
          Refresh
        </button>
        <ConfirmButton
          label="Empty the journal"
          warning="Counts of requests begin again."
          onConfirm={clear}
        />
      </div>
      <Outcome of={action} />
      <ProblemNote of={problem} />
      {request !== undefined && <RequestDetails request={request} onClose={() => setChosen(undefined)} />}
      <RequestTable requests={requests} onChoose={setChosen} />
      {answer !== undefined && <Hits hits={answer.hits} />}
    </>
  );
}

const queryOf = ({ op, status, fault, accessKey }: Filters) => ({
  ...(op !== "" && { op: op as `${string}*${string}` }),
  ...(status !== "" && { status }),
  ...(fault !== "" && { fault }),
  ...(accessKey !== "" && { accessKey }),
});

const FIELDS: readonly (readonly [keyof Filters, string, string])[] = [
  ["op", "Operation", "Get*"],
  ["status", "Status or error", "4xx"],
  ["fault", "Scenario or rule", "nightly"],
  ["accessKey", "Access key", ""],
];

interface FilterFormProps {
  readonly filters: Filters;
  readonly onChange: (filters: Filters) => void;
}

const FilterForm = ({ filters, onChange }: FilterFormProps) => (
  <form class="row" role="search" onSubmit={(event) => event.preventDefault()}>
    {FIELDS.map(([name, label, example]) => (
      <label key={name}>
        {label}
        <input
          value={filters[name]}
          placeholder={example}
          onChange={({ currentTarget }) => onChange({ ...filters, [name]: currentTarget.value.trim() })}
        />
      </label>
    ))}
  </form>
);

interface RequestTableProps {
  readonly requests: readonly RequestAnswer[] | undefined;
  readonly onChoose: (seq: number) => void;
}

const RequestTable = ({ requests, onChoose }: RequestTableProps) => (
  <DataTable
    caption="Requests"
    rows={requests}
    keyOf={({ seq }) => String(seq)}
    empty="No request yet."
    columns={[
      { title: "Time (UTC)", cell: ({ at }) => <span class="mono">{at.slice(11, 23)}</span> },
      {
        title: "Operation",
        cell: ({ seq, operation }) => (
          <button type="button" class="link" onClick={() => onChoose(seq)}>
            {operation}
          </button>
        ),
      },
      { title: "Outcome", cell: (request) => <RequestOutcome request={request} /> },
      { title: "Scenario", cell: ({ faults }) => faults.join(", ") },
      {
        title: "Took",
        isNumber: true,
        cell: ({ durationMs }) => durationMs && `${Math.round(durationMs)} ms`,
      },
      { title: "Access key", cell: ({ accessKeyId }) => accessKeyId ?? <span class="hint">unsigned</span> },
    ]}
  />
);

function RequestOutcome({ request }: { readonly request: RequestAnswer }) {
  const { status, errorType, brokeOff, isPending } = request;
  if (isPending) return <StatusBadge of="pending" />;
  if (brokeOff !== undefined) return <span class="badge bad">broken off: {brokeOff}</span>;
  if (status === undefined) return <span class="badge bad">no answer</span>;
  return (
    <span class={`badge ${status < 400 ? "good" : "bad"}`}>
      {status} {errorType}
    </span>
  );
}

interface RequestDetailsProps {
  readonly request: RequestAnswer;
  readonly onClose: () => void;
}

function RequestDetails({ request, onClose }: RequestDetailsProps) {
  const { method, path, query, requestBody, errorBody, requestId, account, region, invocationId, attempt } =
    request;
  const line = cliLineOf(request);
  return (
    <section class="panel" aria-label="Request">
      <h2>{request.operation}</h2>
      <dl class="facts">
        <dt>Request</dt>
        <dd class="mono">
          {method} {path}
          {query !== "" && `?${query}`}
        </dd>
        <dt>Account, region</dt>
        <dd>
          {account}, {region}
        </dd>
        {invocationId !== undefined && <dt>Call of the SDK</dt>}
        {invocationId !== undefined && (
          <dd>
            {invocationId}, attempt {attempt}
          </dd>
        )}
        <dt>Request id</dt>
        <dd>{requestId ?? "-"}</dd>
        <dt>Body</dt>
        <dd class="mono">{requestBody || "-"}</dd>
        {errorBody !== undefined && <dt>Error</dt>}
        {errorBody !== undefined && <dd class="mono">{errorBody}</dd>}
        {line !== undefined && <dt>AWS CLI</dt>}
        {line !== undefined && (
          <dd>
            <code class="line">{line}</code>{" "}
            <button type="button" onClick={() => void navigator.clipboard.writeText(line)}>
              Copy
            </button>
          </dd>
        )}
      </dl>
      <button type="button" onClick={onClose}>
        Close
      </button>
    </section>
  );
}

function Hits({ hits }: Pick<RequestsAnswer, "hits">) {
  if (hits.length === 0) return null;
  return (
    <>
      <h2>Scenarios on files, manifests and transitions</h2>
      <DataTable
        caption="Matches of scenarios"
        rows={hits.toReversed()}
        keyOf={({ at, fault }) => `${at} ${fault}`}
        empty=""
        columns={[
          { title: "Time (UTC)", cell: ({ at }) => <span class="mono">{at.slice(11, 23)}</span> },
          { title: "Rule", cell: ({ fault }) => fault },
          { title: "What", cell: ({ subject }) => <span class="mono">{JSON.stringify(subject)}</span> },
        ]}
      />
    </>
  );
}
