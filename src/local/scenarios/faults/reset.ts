import type { HttpResponse } from "../../../api/http.ts";
import { checkCut, CUT, cutAt, type Cut } from "./cut.ts";
import { bending, refusing, replacing, type Fault } from "./effect.ts";

interface Options extends Cut {
  readonly after?: "admit" | "commit";
}

const RESET: HttpResponse = { status: 500, headers: {}, breaksOff: { afterBytes: undefined, how: "reset" } };

export const resetConnection: Fault<Options> = {
  name: "reset",
  schema: {
    description:
      "the connection is reset: before the status or, with bytes or fraction, in the body; with after: commit the operation does its work first",
    type: "object",
    properties: { ...CUT, after: { type: "string", enum: ["admit", "commit"] } },
    additionalProperties: false,
  },
  check: (options) => checkCut(options),
  create: (options) => {
    const { bytes, fraction, after = "admit" } = options;
    if (bytes === undefined && fraction === undefined) {
      return after === "admit" ? refusing(() => RESET) : replacing(() => RESET);
    }
    return bending((response) => ({
      ...response,
      breaksOff: { afterBytes: cutAt(options, response), how: "reset" },
    }));
  },
};
