import { useState } from "preact/hooks";
import type { ClockAnswer, ClockMove, Duration } from "../../local/sdk/control-operations.ts";
import { askControl } from "../calls/ask-control.ts";
import { showTime } from "../calls/show-time.ts";
import { useAction } from "../calls/use-action.ts";
import { useAnswer } from "../calls/use-answer.ts";
import { DataTable } from "../parts/data-table.tsx";
import { Outcome } from "../parts/outcome.tsx";
import { ProblemNote } from "../parts/problem.tsx";
import { readForm } from "../parts/read-form.ts";
import { StatusBadge } from "../parts/status-badge.tsx";

const POLL_MS = 1_000;
const STEPS: readonly Duration[] = ["10s", "1m", "5m", "1h", "1d", "30d"];

/** The emulator's time: frozen, moved, and what happened meanwhile; how long transient states last. */
export function ClockScreen() {
  const { answer, problem, reload } = useAnswer(() => askControl("readClock", {}), [], POLL_MS);
  const [moved, setMoved] = useState<ClockAnswer>();
  const action = useAction();
  const move = (body: ClockMove): void =>
    action.run(async () => {
      const after = await askControl("moveClock", { body });
      setMoved(after);
      reload();
      return `It is ${showTime(after.now)} (UTC). ${after.fired.length + after.firedLeftOut} changes happened.`;
    });
  return (
    <>
      <ProblemNote of={problem} />
      {answer !== undefined && (
        <p class="time">
          <span class="mono">{showTime(answer.now)}</span> UTC{" "}
          <StatusBadge of={answer.isFrozen ? "frozen" : "running"} />{" "}
          <span class="hint">
            {answer.nextDue === null
              ? "Nothing is due."
              : `The next change is due at ${showTime(answer.nextDue)}.`}
          </span>
        </p>
      )}
      <div class="row">
        {answer?.isFrozen === true ? (
          <button type="button" class="primary" onClick={() => move({ action: "resume" })}>
            Resume
          </button>
        ) : (
          <button type="button" class="primary" onClick={() => move({ action: "freeze" })}>
            Freeze
          </button>
        )}
        {STEPS.map((by) => (
          <button key={by} type="button" onClick={() => move({ action: "advance", by })}>
            Advance {by}
          </button>
        ))}
        {typeof answer?.nextDue === "string" && <SetToNext at={answer.nextDue} onMove={move} />}
      </div>
      <form class="row" onSubmit={(event) => move({ action: "set", at: `${readForm(event)("at")}Z` })}>
        <label>
          Move to (UTC) <input name="at" type="datetime-local" step="1" required />
        </label>
        <button>Move</button>
      </form>
      <Outcome of={action} />
      {moved !== undefined && moved.fired.length > 0 && (
        <DataTable
          caption="What happened"
          rows={moved.fired}
          keyOf={({ at, resource, to }) => `${at} ${resource} ${to}`}
          empty=""
          columns={[
            { title: "At (UTC)", cell: ({ at }) => showTime(at) },
            { title: "Resource", cell: ({ resource }) => <span class="mono">{resource}</span> },
            { title: "From", cell: ({ from }) => <StatusBadge of={from ?? "-"} /> },
            { title: "To", cell: ({ to }) => <StatusBadge of={to ?? "gone"} /> },
          ]}
        />
      )}
      <Durations />
    </>
  );
}

const SetToNext = ({ at, onMove }: { readonly at: string; readonly onMove: (move: ClockMove) => void }) => (
  <button type="button" onClick={() => onMove({ action: "set", at })}>
    To the next change
  </button>
);

/** How long a resource stays in each transient state. */
function Durations() {
  const { answer, problem, reload } = useAnswer(() => askControl("readDurations", {}), []);
  const action = useAction();
  const change = (name: string, value: number): void =>
    action.run(async () => {
      await askControl("changeDurations", { body: { [name]: value } });
      reload();
      return `${name} is ${value}.`;
    });
  return (
    <>
      <h2>Durations</h2>
      <p class="hint">Milliseconds of the emulator's time. A change is for transitions that begin later.</p>
      <Outcome of={action} />
      <ProblemNote of={problem} />
      <div class="row">
        {Object.entries(answer ?? {}).map(([name, value]) => (
          <label key={name}>
            {name}
            <input
              type="number"
              min={0}
              value={value}
              onChange={({ currentTarget }) => change(name, currentTarget.valueAsNumber || 0)}
            />
          </label>
        ))}
      </div>
    </>
  );
}
