import type { HttpResponse } from "../../../api/http.ts";
import { refusing, type Fault } from "./effect.ts";

interface Options {
  readonly status?: number;
  readonly body?: keyof typeof BODIES;
}

const BODIES = {
  none: ["", undefined],
  html: ["<html><body><h1>503 Service Unavailable</h1></body></html>\n", "text/html"],
  xml: [
    '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>ServiceUnavailable</Code></Error>\n',
    "application/xml",
  ],
} as const;

export const unavailable: Fault<Options> = {
  name: "unavailable",
  schema: {
    description: "the answer of a load balancer while the service is down: 503 without an AWS error",
    type: "object",
    properties: {
      status: { type: "integer", minimum: 500, maximum: 599 },
      body: { type: "string", enum: Object.keys(BODIES) },
    },
    additionalProperties: false,
  },
  create: ({ status = 503, body = "none" }) =>
    refusing((): HttpResponse => {
      const [text, type] = BODIES[body];
      return { status, headers: type === undefined ? {} : { "content-type": type }, body: text };
    }),
};
