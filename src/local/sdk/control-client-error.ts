import type { ScenarioProblem } from "./control-operations.ts";

/** A refusal of the emulator, with its reason. */
export class ControlClientError extends Error {
  /** The HTTP status: 400, 404, 408, 409 ... */
  readonly status: number;
  /** All members of the answer, including `message`. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(status: number, details: Readonly<Record<string, unknown>>) {
    super(messageOf(details) ?? `the emulator answered ${status}`);
    this.name = "ControlClientError";
    this.status = status;
    this.details = details;
  }
}

/** The message of a refusal. The problems of a scenario are a list. */
function messageOf({ message, errors }: Readonly<Record<string, unknown>>): string | undefined {
  if (typeof message === "string") return message;
  return Array.isArray(errors)
    ? (errors as readonly ScenarioProblem[]).map(describeScenarioProblem).join("\n")
    : undefined;
}

const describeScenarioProblem = ({ line, pointer, message, hint }: ScenarioProblem): string =>
  (line === undefined ? "" : `line ${line}: `) +
  message +
  (pointer === "" ? "" : ` at ${pointer}`) +
  (hint === undefined ? "" : ` (${hint})`);
