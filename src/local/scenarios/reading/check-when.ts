import type { ReportProblem } from "./check-transition.ts";
import { readScenarioDuration } from "./scenario-duration.ts";
import type { When } from "../scenario.ts";

/** The reason why a rule can never fire. */
export function checkWhen({ nth, from = 1, to = Infinity, window = {} }: When, report: ReportProblem): void {
  if (from > to) report("/when/to", `is below from, which is ${from}`);
  else if (nth !== undefined && ![nth].flat().some((ordinal) => ordinal >= from && ordinal <= to))
    report("/when/nth", "is outside the range of from and to");
  const { every, for: open } = window;
  if (every !== undefined && open === undefined)
    report("/when/window/every", "needs for, the length of each window");
  for (const name of ["every", "for"] as const) {
    const time = window[name];
    if (time !== undefined && readScenarioDuration(time) === 0)
      report(`/when/window/${name}`, "expects more than zero");
  }
}
