/** The part of a request that a value of the command line is written to. */
export type RequestPlace = `params.${string}` | `query.${string}` | `body.${string}` | "params" | "body";

/**
 * How the command line parses a value: the name of a reader of `argument-readers.ts`; by default a string.
 */
export type Reader =
  | "account"
  | "deny"
  | "duration"
  | "durations"
  | "file"
  | "findings"
  | "newFile"
  | "number"
  | "oneResource"
  | "operation"
  | "quotas"
  | "resource"
  | "scenario"
  | "scenarioName"
  | "seed"
  | "since"
  | "snapshot"
  | "statusFilter"
  | "throttling"
  | "time";

export interface Argument {
  /** In help: `DURATION`. */
  readonly name: string;
  readonly to?: RequestPlace;
  readonly reads?: Reader;
  readonly isOptional?: boolean;
  /** May be repeated. */
  readonly isMany?: boolean;
  readonly summary: string;
}

export interface Flag {
  /** Without the dashes. */
  readonly flag: string;
  /** The name of its value; a flag without a value has no name. */
  readonly value?: string;
  readonly to?: RequestPlace;
  readonly reads?: Reader;
  readonly isRequired?: boolean;
  /** May be repeated. */
  readonly isMany?: boolean;
  /** The default value, as help shows it. */
  readonly default?: string;
  readonly summary: string;
}

/** The commands of a route. */
export interface Command {
  /** As typed: `clock advance`. */
  readonly words: string;
  readonly summary: string;
  /** True for the command of its first word alone: `clock`. */
  readonly isDefault?: boolean;
  readonly arguments?: readonly Argument[];
  readonly flags?: readonly Flag[];
  /** At least one flag must be given; without any, another command with the same words is meant. */
  readonly needsFlag?: boolean;
  /** Fixed values of the request, by place. */
  readonly sends?: Readonly<Partial<Record<RequestPlace, unknown>>>;
  /** The message for an incomplete command line. */
  readonly usage?: string;
  /** Command lines, without the program's name. */
  readonly examples: readonly string[];
}
