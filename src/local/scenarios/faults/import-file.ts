import type { FileFailure } from "../../../importer/protocol.ts";
import { FAILURE_TYPES } from "../../../importer/protocol.ts";
import type { Fault } from "./effect.ts";

export const importFile: Fault<Partial<FileFailure>> = {
  name: "importFile",
  schema: {
    description:
      "a file of an import fails without being read, and FAILURE/failure.ndjson has a line for it. InternalServerException counts as a server error, any other type as a customer error",
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
