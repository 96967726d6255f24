/** Which part of a request something on the command line becomes. */
export type RequestPlace = `params.${string}` | `query.${string}` | `body.${string}` | "params" | "body";

/** How the command line reads a value: by the name of a reader of `argument-readers.ts`; as a string where left out. */
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
  | "seed"
  | "since"
  | "snapshot"
  | "statusFilter"
  | "throttling"
  | "time";

export interface Argument {
  /** As help shows it: `DURATION`. */
  readonly name: string;
  readonly to?: RequestPlace;
  readonly reads?: Reader;
  readonly isOptional?: boolean;
  /** Any number of them. */
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
  /** May be given several times. */
  readonly isMany?: boolean;
  /** What stands for it where it is left out, as help shows it. */
  readonly default?: string;
  readonly summary: string;
}

/** How the command line shows a route. */
export interface Command {
  /** As typed: `clock advance`. */
  readonly words: string;
  readonly summary: string;
  /** True for the command of its first word alone: `clock`. */
  readonly isDefault?: boolean;
  readonly arguments?: readonly Argument[];
  readonly flags?: readonly Flag[];
  /** At least one flag must be given; without any, another command of the same words is meant. */
  readonly needsFlag?: boolean;
  /** Sent with everything else, by place. */
  readonly sends?: Readonly<Partial<Record<RequestPlace, unknown>>>;
  /** The message for an incomplete command line. */
  readonly usage?: string;
  /** Command lines, without the program's name. */
  readonly examples: readonly string[];
}
