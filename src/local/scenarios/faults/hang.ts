import type { HttpResponse } from "../../../api/http.ts";
import { DURATION, readScenarioDuration } from "../reading/scenario-duration.ts";
import type { Fault } from "./effect.ts";

const silence = (how: "hang" | "reset"): HttpResponse => ({
  status: 500,
  headers: {},
  breaksOff: { afterBytes: undefined, how },
});

export const hang: Fault<{ readonly for?: string }> = {
  name: "hang",
  schema: {
    description:
      "nothing is done and nothing is answered, until the client gives up; with for, its connection is reset after that time on the emulator's clock, in any case when the scenario ends",
    type: "object",
    properties: { for: DURATION },
    additionalProperties: false,
  },
  create: ({ for: time }) => ({
    kind: "call",
    ends: true,
    apply: async (_, { wait }) => {
      await wait(time === undefined ? Infinity : readScenarioDuration(time));
      return silence(time === undefined ? "hang" : "reset");
    },
  }),
};
