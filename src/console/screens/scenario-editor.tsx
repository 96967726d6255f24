import { useState } from "preact/hooks";
import { askControl } from "../calls/ask-control.ts";
import { useAction } from "../calls/use-action.ts";
import { Outcome } from "../parts/outcome.tsx";

const EXAMPLE = `description: The first two frames are refused, as if the service were overloaded.
rules:
  - id: first-two
    match: { op: GetImageFrame }
    when: { to: 2 }
    effects:
      - throttle: {}
`;

interface ScenarioEditorProps {
  readonly edited: { readonly name: string; readonly source: string } | undefined;
  readonly onLoaded: () => void;
}

/** A scenario as text: checked, loaded and switched on. */
export function ScenarioEditor({ edited, onLoaded }: ScenarioEditorProps) {
  const [name, setName] = useState(edited?.name ?? "mine");
  const [source, setSource] = useState(edited?.source ?? EXAMPLE);
  const action = useAction();
  const check = (): void =>
    action.run(async () => {
      const { rules } = await askControl("validateScenario", { body: source });
      return `The scenario is right: ${rules} rules.`;
    });
  const load = (): void =>
    action.run(async () => {
      await askControl("loadScenario", { params: { name }, query: { activate: "1" }, body: source });
      onLoaded();
      return `${name} is active.`;
    });
  return (
    <section aria-label="Scenario as text">
      <h2>Your own scenario</h2>
      <div class="row">
        <label>
          Name <input value={name} onInput={({ currentTarget }) => setName(currentTarget.value)} />
        </label>
        <button type="button" onClick={check}>
          Check
        </button>
        <button type="button" class="primary" disabled={name === "" || action.isRunning} onClick={load}>
          Load and switch on
        </button>
      </div>
      <Outcome of={action} />
      <textarea
        aria-label="YAML or JSON"
        spellcheck={false}
        value={source}
        onInput={({ currentTarget }) => setSource(currentTarget.value)}
      />
    </section>
  );
}
