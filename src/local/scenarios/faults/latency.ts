import { DURATION, readScenarioDuration } from "../reading/scenario-duration.ts";
import type { Fault, FaultedCall } from "./effect.ts";

type Options =
  | { readonly fixed: string }
  | { readonly uniform: { readonly min: string; readonly max: string } }
  | { readonly lognormal: { readonly median: string; readonly sigma?: number; readonly max?: string } };

export const latency: Fault<Options> = {
  name: "latency",
  schema: {
    description:
      "the answer is delayed by this time, on the emulator's clock; the operation itself runs immediately",
    type: "object",
    properties: {
      fixed: DURATION,
      uniform: {
        type: "object",
        properties: { min: DURATION, max: DURATION },
        required: ["min", "max"],
        additionalProperties: false,
      },
      lognormal: {
        description: "like real services: mostly near the median, sometimes much slower",
        type: "object",
        properties: { median: DURATION, sigma: { type: "number", minimum: 0, maximum: 5 }, max: DURATION },
        required: ["median"],
        additionalProperties: false,
      },
    },
    additionalProperties: false,
    minProperties: 1,
    maxProperties: 1,
  },
  check: (options) =>
    "uniform" in options &&
    readScenarioDuration(options.uniform.min) > readScenarioDuration(options.uniform.max)
      ? "uniform expects the shorter time as min"
      : undefined,
  create: (options) => ({
    kind: "call",
    ends: false,
    apply: async (answer, call) => {
      const response = await answer();
      await call.wait(delayOf(options, call));
      return response;
    },
  }),
};

function delayOf(options: Options, { draw }: FaultedCall): number {
  if ("fixed" in options) return readScenarioDuration(options.fixed);
  if ("uniform" in options) {
    const [min, max] = [readScenarioDuration(options.uniform.min), readScenarioDuration(options.uniform.max)];
    return min + (max - min) * draw("latency");
  }
  const { median, sigma = 0.5, max } = options.lognormal;
  const delayMs = readScenarioDuration(median) * Math.exp(sigma * normal(draw));
  return max === undefined ? delayMs : Math.min(delayMs, readScenarioDuration(max));
}

/** The Box-Muller transform of two uniform numbers. */
const normal = (draw: FaultedCall["draw"]): number =>
  Math.sqrt(-2 * Math.log(1 - draw("latency"))) * Math.cos(2 * Math.PI * draw("latency, angle"));
