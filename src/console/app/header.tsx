import { askControl } from "../calls/ask-control.ts";
import { useAnswer } from "../calls/use-answer.ts";
import { CallerChoice } from "./caller-choice.tsx";
import { THEMES, type Theme, useTheme } from "./theme.ts";

const LABELS: Readonly<Record<Theme, string>> = { system: "System", light: "Light", dark: "Dark" };

/** What runs, who is asking, light or dark. */
export function Header() {
  const [theme, setTheme] = useTheme();
  const { answer } = useAnswer(() => askControl("readHealth", {}, [503]), []);
  return (
    <header>
      <a class="brand" href="#/">
        healthimaging-local
      </a>
      {answer !== undefined && (
        <span class="version">
          {answer.version}, service release {answer.serviceRelease}
        </span>
      )}
      {answer?.status === "error" && <span class="badge bad">unhealthy</span>}
      <span class="spread" />
      <CallerChoice />
      <label>
        Theme{" "}
        <select
          value={theme}
          onChange={({ currentTarget }) =>
            setTheme(THEMES.find((one) => one === currentTarget.value) ?? "system")
          }
        >
          {THEMES.map((one) => (
            <option key={one} value={one}>
              {LABELS[one]}
            </option>
          ))}
        </select>
      </label>
    </header>
  );
}
