import { OPERATIONS, type OperationId, type Operations } from "../../local/sdk/control-operations.ts";
import { carry } from "./carry.ts";

interface AnyInput {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: object;
  readonly body?: object | string;
}

/**
 * Calls an operation of `/_local`, as `ControlClient` does.
 * @param accepts statuses that are answers besides those below 300
 * @throws CallError if it is refused or has no answer
 */
export async function askControl<Id extends OperationId>(
  id: Id,
  input: Omit<Operations[Id], "answer">,
  accepts: readonly number[] = [],
): Promise<Operations[Id]["answer"]> {
  const [method] = OPERATIONS[id];
  const { body }: AnyInput = input;
  const sent = body instanceof Uint8Array ? new Uint8Array(body) : textOf(body);
  const response = await carry(
    controlPath(id, input),
    { method, ...(sent !== undefined && { body: sent }) },
    accepts,
  );
  // The table of routes defines the types of both input and answer.
  return (response.status === 204 ? undefined : await response.json()) as Operations[Id]["answer"];
}

const textOf = (body: object | string | undefined): string | undefined =>
  typeof body === "string" || body === undefined ? body : JSON.stringify(body);

/** Where an operation is, for links too. */
export function controlPath(id: OperationId, { params = {}, query = {} }: AnyInput): string {
  const path = OPERATIONS[id][1].replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(params[name] ?? ""),
  );
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === "" ? [] : [[name, String(value)]],
  );
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given).toString()}`;
}
