import type { LimitChanges, LimitsAnswer, QuotaAnswer } from "../../local/sdk/control-operations.ts";
import { askControl } from "../calls/ask-control.ts";
import { useAction } from "../calls/use-action.ts";
import { useAnswer } from "../calls/use-answer.ts";
import { DataTable } from "../parts/data-table.tsx";
import { Outcome } from "../parts/outcome.tsx";
import { ProblemNote } from "../parts/problem.tsx";
import { readForm } from "../parts/read-form.ts";

const POLL_MS = 2_000;

/** Throttling, quotas with their use, and denied calls. */
export function LimitsScreen() {
  const { answer, problem, reload } = useAnswer(() => askControl("readLimits", {}), [], POLL_MS);
  const action = useAction();
  const change = (body: LimitChanges, result: string): void =>
    action.run(async () => {
      await askControl("changeLimits", { body });
      reload();
      return result;
    });
  return (
    <>
      <Outcome of={action} />
      <ProblemNote of={problem} />
      {answer !== undefined && <Throttling limits={answer} onChange={change} />}
      {answer !== undefined && <Quotas quotas={answer.quotas} onChange={change} />}
      {answer !== undefined && <Denied deny={answer.deny} onChange={change} />}
    </>
  );
}

type Change = (body: LimitChanges, result: string) => void;

function Throttling({ limits, onChange }: { readonly limits: LimitsAnswer; readonly onChange: Change }) {
  const { throttling, throttles } = limits;
  const name =
    typeof throttling === "object"
      ? "a table"
      : typeof throttling === "number"
        ? `${throttling}x`
        : throttling;
  return (
    <section>
      <h2>Throttling: {name}</h2>
      <div class="row">
        {(["aws", "off"] as const).map((mode) => (
          <button
            key={mode}
            type="button"
            aria-pressed={throttling === mode}
            onClick={() => onChange({ throttling: mode }, `Throttling is ${mode}.`)}
          >
            {mode === "aws" ? "AWS's limits" : "Off"}
          </button>
        ))}
        <form
          class="row"
          onSubmit={(event) => {
            const factor = Number(readForm(event)("factor"));
            onChange({ throttling: factor }, `Throttling is ${factor} times AWS's limits.`);
          }}
        >
          <label>
            Times AWS's limits{" "}
            <input name="factor" type="number" min="0.01" step="any" required class="short" />
          </label>
          <button>Set</button>
        </form>
      </div>
      <DataTable
        caption="Throttles"
        rows={Object.entries(throttles)}
        keyOf={([operation]) => operation}
        empty="Nothing is throttled."
        columns={[
          { title: "Operation", cell: ([operation]) => operation },
          { title: "Calls per second", isNumber: true, cell: ([, { rate }]) => rate },
          { title: "Burst", isNumber: true, cell: ([, { burst }]) => burst },
          {
            title: "Left",
            cell: ([, { tokens }]) =>
              tokens
                .map(({ account, region, left }) => `${account} ${region}: ${Math.floor(left)}`)
                .join(", "),
          },
        ]}
      />
    </section>
  );
}

interface QuotasProps {
  readonly quotas: LimitsAnswer["quotas"];
  readonly onChange: Change;
}

const Quotas = ({ quotas, onChange }: QuotasProps) => (
  <section>
    <h2>Quotas</h2>
    <DataTable
      caption="Quotas"
      rows={Object.entries(quotas)}
      keyOf={([name]) => name}
      empty="No quota."
      columns={[
        { title: "Quota", cell: ([name]) => name },
        {
          title: "Value",
          cell: ([name, quota]) => (
            <input
              type="number"
              class="short"
              min={0}
              aria-label={name}
              value={quota.value}
              onChange={({ currentTarget }) => {
                const value = currentTarget.valueAsNumber || 0;
                onChange(
                  { quotas: { [name]: quota.adjustable ? value : { value, force: true } } },
                  `${name}: ${value}.`,
                );
              }}
            />
          ),
        },
        { title: "Unit", cell: ([, { unit }]) => unit ?? "" },
        { title: "In use", cell: ([, quota]) => describeUse(quota) },
        { title: "AWS raises it", cell: ([, { adjustable }]) => (adjustable ? "on request" : "never") },
      ]}
    />
  </section>
);

const describeUse = ({ use = [] }: QuotaAnswer): string =>
  use
    .map((one) => `${"datastoreId" in one ? one.datastoreId : `${one.account} ${one.region}`}: ${one.inUse}`)
    .join(", ") || "-";

function Denied({ deny, onChange }: { readonly deny: readonly string[]; readonly onChange: Change }) {
  const add = (event: SubmitEvent): void => {
    const pattern = readForm(event)("pattern");
    onChange({ deny: [...deny, pattern] }, `${pattern} is denied.`);
  };
  return (
    <section>
      <h2>Denied calls</h2>
      <form class="row" onSubmit={add}>
        <label>
          Pattern <input name="pattern" required placeholder="medical-imaging:Delete*" />
        </label>
        <button>Deny</button>
      </form>
      <DataTable
        caption="Denied calls"
        rows={deny}
        keyOf={(pattern) => pattern}
        empty="No call is denied."
        columns={[
          { title: "Pattern", cell: (pattern) => <span class="mono">{pattern}</span> },
          {
            title: "Actions",
            cell: (pattern) => (
              <button
                type="button"
                onClick={() =>
                  onChange({ deny: deny.filter((one) => one !== pattern) }, `${pattern} is allowed.`)
                }
              >
                Allow
              </button>
            ),
          },
        ]}
      />
    </section>
  );
}
