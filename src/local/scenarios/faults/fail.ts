import { INTERNAL_FAILURE } from "../../../domain/image-sets/metadata/invalid-change.ts";
import type { Fault } from "./effect.ts";

export const fail: Fault<{ readonly message?: string }> = {
  name: "fail",
  schema: {
    description:
      "a data store becomes CREATE_FAILED, an import job FAILED, an image set UPDATE_FAILED, COPY_FAILED or IMPORT_FAILED, with this message",
    type: "object",
    properties: { message: { type: "string", maxLength: 2048 } },
    additionalProperties: false,
  },
  create: ({ message = INTERNAL_FAILURE }) => ({
    kind: "transition",
    ends: true,
    step: { failure: message },
  }),
};
