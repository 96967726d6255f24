import { DURATION, readScenarioDuration } from "../reading/scenario-duration.ts";
import { NAME } from "../reading/name.ts";
import type { Fault } from "./effect.ts";

interface Options {
  readonly signal?: string;
  readonly for?: string;
}

export const hold: Fault<Options> = {
  name: "hold",
  schema: {
    description:
      "a data store, import job or image set keeps its status while the rule is armed. signal ends the hold with that signal, for ends it after that time on the emulator's clock",
    type: "object",
    properties: { signal: NAME, for: DURATION },
    additionalProperties: false,
  },
  create: ({ signal, for: time }) => ({
    kind: "transition",
    ends: false,
    step: { waitMs: time === undefined ? Infinity : readScenarioDuration(time), signal },
  }),
};
