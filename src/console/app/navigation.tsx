import { SCREENS } from "../screens/screens.ts";
import type { Screen } from "./screen.ts";

const GROUPS = ["Data", "Behaviour", "Observe", "Emulator"] as const;

/** Links to the screens that need no parameter. */
export function Navigation({ current }: { readonly current: Screen | undefined }) {
  const isCurrent = ({ path }: Screen): boolean =>
    current?.path === path || current?.path.startsWith(`${path}/`) === true;
  return (
    <nav aria-label="Screens">
      {GROUPS.map((group) => (
        <section key={group}>
          <h2>{group}</h2>
          <ul>
            {SCREENS.filter((screen) => screen.group === group).map((screen) => (
              <li key={screen.path}>
                <a href={`#/${screen.path}`} aria-current={isCurrent(screen) ? "page" : undefined}>
                  {screen.title}
                </a>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </nav>
  );
}
