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
      "a data store, import job or image set stays in its state as long as the rule is armed; signal, for: not longer than until that signal, or for that time on the emulator's clock",
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
