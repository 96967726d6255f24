import { ERROR_STATUS, ServiceError, type ErrorCode } from "../../../api/errors.ts";
import type { Operation } from "../../../api/model/model.ts";
import { answerServiceError } from "../../../healthimaging/http/answers.ts";
import { refusing, replacing, type Fault } from "./effect.ts";

interface Options {
  readonly type: ErrorCode;
  readonly message?: string;
  /** Whether the operation is performed before it is reported as failed. */
  readonly after?: "admit" | "commit";
  readonly force?: boolean;
}

export const error: Fault<Options> = {
  name: "error",
  schema: {
    description: "the operation answers this error; with after: commit it does its work first",
    type: "object",
    properties: {
      type: { type: "string", enum: Object.keys(ERROR_STATUS) },
      message: { type: "string", maxLength: 2048 },
      after: { type: "string", enum: ["admit", "commit"] },
      force: { type: "boolean", description: "allow operations that never answer this error on AWS" },
    },
    required: ["type"],
    additionalProperties: false,
  },
  check: ({ type, force }, operations) => (force === true ? undefined : checkListed(type, operations)),
  create: ({ type, message, after = "admit" }) => {
    const answer = () => answerServiceError(new ServiceError(type, message ?? textOf(type)));
    return after === "admit" ? refusing(answer) : replacing(answer);
  },
};

function checkListed(type: ErrorCode, operations: readonly Operation[]): string | undefined {
  const without = operations.filter(({ errors }) => !errors.includes(type)).map(({ name }) => name);
  if (without.length === 0) return undefined;
  const named =
    without.length > 3
      ? `${without.slice(0, 3).join(", ")} and ${without.length - 3} more`
      : without.join(", ");
  return `${type} is not an error of ${named} in AWS's model; force: true allows it`;
}

/** Assumed: injected-messages. AWS does not document messages for most of them. */
const textOf = (type: ErrorCode): string => TEXTS[type] ?? `The request failed with ${type}.`;

const TEXTS: Partial<Record<ErrorCode, string>> = {
  InternalServerException: "An unexpected error occurred during processing of the request.",
  ThrottlingException: "The request was denied due to throttling.",
};
