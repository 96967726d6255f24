import { DURATION, readScenarioDuration } from "../reading/scenario-duration.ts";
import type { Fault } from "./effect.ts";

export const delay: Fault<{ readonly for: string }> = {
  name: "delay",
  schema: {
    description:
      "a data store, import job or image set leaves its status later by this time, on the emulator's clock",
    type: "object",
    properties: { for: DURATION },
    required: ["for"],
    additionalProperties: false,
  },
  create: ({ for: time }) => ({
    kind: "transition",
    ends: false,
    step: { waitMs: readScenarioDuration(time) },
  }),
};
