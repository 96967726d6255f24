import { useState } from "preact/hooks";
import type { ScenarioAnswer } from "../../local/sdk/control-operations.ts";
import { linkTo } from "../app/place.ts";
import { askControl } from "../calls/ask-control.ts";
import { showTime } from "../calls/show-time.ts";
import { type UserAction, useAction } from "../calls/use-action.ts";
import { useAnswer } from "../calls/use-answer.ts";
import { HeldResources } from "../parts/held-resources.tsx";
import { Outcome } from "../parts/outcome.tsx";
import { ProblemNote } from "../parts/problem.tsx";
import { StatusBadge } from "../parts/status-badge.tsx";
import { ScenarioEditor } from "./scenario-editor.tsx";

const POLL_MS = 1_500;

/** Scenarios, switched on and off, with the matches of their rules; what is held, and one's own scenario. */
export function ScenariosScreen() {
  const { answer, problem, reload } = useAnswer(() => askControl("listScenarios", {}), [], POLL_MS);
  const action = useAction();
  const [edited, setEdited] = useState<{ name: string; source: string }>();
  const edit = (name: string): void =>
    action.run(async () => {
      const { source } = await askControl("readScenario", { params: { name } });
      setEdited({ name, source });
      return undefined;
    });
  return (
    <>
      <p class="hint">
        An active scenario changes what every client is answered, this page too. The{" "}
        <a href={linkTo("journal")}>journal</a> shows which rule changed which request.
      </p>
      <Outcome of={action} />
      <ProblemNote of={problem} />
      {answer?.scenarios.map((scenario) => (
        <LoadedScenario key={scenario.name} {...{ scenario, action, reload, edit }} />
      ))}
      <h2>Scenarios of the package</h2>
      <ul class="presets">
        {answer?.presets.map((name) => (
          <li key={name} class="panel">
            <span class="mono">{name}</span>
            <span class="buttons">
              <button type="button" aria-label={`Show ${name}`} onClick={() => edit(name)}>
                Show
              </button>
              <button
                type="button"
                class="primary"
                disabled={action.isRunning}
                aria-label={`Switch on ${name}`}
                onClick={() => activate(action, name, reload)}
              >
                Switch on
              </button>
            </span>
          </li>
        ))}
      </ul>
      <HeldResources />
      <ScenarioEditor key={edited?.name} edited={edited} onLoaded={reload} />
    </>
  );
}

const activate = (action: UserAction, name: string, reload: () => void): void =>
  action.run(async () => {
    await askControl("activateScenario", { params: { name } });
    reload();
    return `${name} is active.`;
  });

interface LoadedScenarioProps {
  readonly scenario: ScenarioAnswer;
  readonly action: UserAction;
  readonly reload: () => void;
  readonly edit: (name: string) => void;
}

function LoadedScenario({ scenario, action, reload, edit }: LoadedScenarioProps) {
  const { name, description, status, state, rules, held = [] } = scenario;
  const isActive = status === "active";
  const change = (id: "deactivateScenario" | "resetScenario" | "removeScenario", result: string): void =>
    action.run(async () => {
      await askControl(id, { params: { name } });
      reload();
      return `${name} ${result}.`;
    });
  const signal = (sent: string): void =>
    action.run(async () => {
      await askControl("signalScenario", { params: { name }, body: { signal: sent } });
      reload();
      return `${sent} was sent to ${name}.`;
    });
  const signals = [...(state?.signals ?? []), ...held.flatMap(({ signal: one }) => one ?? [])];
  return (
    <section class="panel" aria-label={`Scenario ${name}`}>
      <div class="row">
        <strong>{name}</strong> <StatusBadge of={status} />
        {state !== undefined && <span class="hint">state {state.id}</span>}
        <span class="spread" />
        {isActive ? (
          <button type="button" onClick={() => change("deactivateScenario", "is off")}>
            Switch off
          </button>
        ) : (
          <button type="button" class="primary" onClick={() => activate(action, name, reload)}>
            Switch on
          </button>
        )}
        {isActive && (
          <button type="button" onClick={() => change("resetScenario", "begins again")}>
            Begin again
          </button>
        )}
        <button type="button" onClick={() => edit(name)}>
          Show
        </button>
        <button type="button" onClick={() => change("removeScenario", "is removed")}>
          Remove
        </button>
      </div>
      {description !== undefined && <p>{description}</p>}
      {scenario.expiresAt !== undefined && <p class="hint">Ends at {showTime(scenario.expiresAt)} (UTC)</p>}
      <ul class="rules">
        {rules.map(({ id, hits }) => (
          <li key={id}>
            <span class="mono">{id}</span>{" "}
            <span class={`badge ${hits > 0 ? "busy" : "plain"}`}>{hits} matches</span>
          </li>
        ))}
      </ul>
      {held.length > 0 && (
        <p>Holds {held.map(({ resource, status: at }) => `${resource} in ${at}`).join(", ")}</p>
      )}
      {[...new Set(signals)].map((one) => (
        <button key={one} type="button" onClick={() => signal(one)}>
          Send signal {one}
        </button>
      ))}
    </section>
  );
}
