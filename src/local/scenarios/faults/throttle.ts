import { ServiceError } from "../../../api/errors.ts";
import { answerServiceError } from "../../../healthimaging/http/answers.ts";
import { DURATION, readScenarioDuration } from "../reading/scenario-duration.ts";
import { refusing, type Fault } from "./effect.ts";

export const throttle: Fault<{ readonly retryAfter?: string }> = {
  name: "throttle",
  schema: {
    description: "ThrottlingException 429; SDKs wait for the time in retryAfter",
    type: "object",
    properties: { retryAfter: DURATION },
    additionalProperties: false,
  },
  create: ({ retryAfter }) =>
    refusing(() => {
      const error = new ServiceError("ThrottlingException", "The request was denied due to throttling.");
      const { headers, ...answer } = answerServiceError(error);
      if (retryAfter === undefined) return { ...answer, headers };
      // RFC 9110 10.2.3: whole seconds.
      const seconds = Math.ceil(readScenarioDuration(retryAfter) / 1000);
      return { ...answer, headers: { ...headers, "retry-after": String(seconds) } };
    }),
};
