import type { FileFailure } from "../../../importer/protocol.ts";
import { FAILURE_TYPES } from "../../../importer/protocol.ts";
import type { Fault } from "./effect.ts";

export const importFile: Fault<Partial<FileFailure>> = {
  name: "importFile",
  schema: {
    description:
      "a file of an import fails, unread: a line of FAILURE/failure.ndjson. InternalServerException counts as the server's error, any other as the customer's",
    type: "object",
    properties: {
      exceptionType: { type: "string", enum: FAILURE_TYPES },
      message: { type: "string", maxLength: 2048 },
    },
    additionalProperties: false,
  },
  create: ({ exceptionType = "ValidationException", message = "The file could not be imported" }) => ({
    kind: "file",
    failure: { exceptionType, message },
  }),
};
