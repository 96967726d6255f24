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
      "the operation does nothing and does not answer until the client gives up. The connection is reset when the scenario ends or, with for, after that time on the emulator's clock",
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
