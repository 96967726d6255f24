import { SERVE } from "../../src/app/cli/commands/own-commands.ts";
import type { Flag } from "../../src/local/control/routes/command.ts";
import { code, sentence, table } from "../control/markdown.ts";
import { SETTING_DETAILS } from "./setting-details.ts";

/** A row for each flag of `serve`: what help says, or more where there are details. */
export function settingsTable(): string {
  return table(
    ["flag", "variable", "default", "what it does"],
    SERVE.flags.map((flag: Flag) => [
      code(`--${flag.flag}${flag.value === undefined ? "" : ` ${flag.value}`}`),
      code(variableOf(flag)),
      flag.default ?? (flag.value === undefined ? "off" : "none"),
      SETTING_DETAILS[flag.flag] ?? `${sentence(flag.summary)}.`,
    ]),
  );
}

const variableOf = ({ flag, value }: Flag): string =>
  `HEALTHIMAGING_LOCAL_${flag.toUpperCase().replaceAll("-", "_")}${value === undefined ? "=1" : ""}`;
