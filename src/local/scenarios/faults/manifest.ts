import { DURATION, readScenarioDuration } from "../reading/scenario-duration.ts";
import type { Fault } from "./effect.ts";

interface Options {
  readonly delay?: string;
  readonly omit?: true;
}

export const manifest: Fault<Options> = {
  name: "manifest",
  schema: {
    description:
      "job-output-manifest.json is written this long after the end of its import job, on the emulator's clock (delay), or not at all (omit: true)",
    type: "object",
    properties: { delay: DURATION, omit: { type: "boolean" } },
    additionalProperties: false,
    minProperties: 1,
    maxProperties: 1,
  },
  check: ({ delay, omit }) => (delay === undefined && omit !== true ? "omit expects true" : undefined),
  create: ({ delay }) => ({
    kind: "manifest",
    delayMs: delay === undefined ? Infinity : readScenarioDuration(delay),
  }),
};
