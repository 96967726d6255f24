import type { EmulatorHandle } from "../../api/http.ts";
import { ControlClientError } from "./control-client-error.ts";
import { OPERATIONS, type OperationId, type Operations } from "./control-operations.ts";
import type { TrustedCas } from "./http-client.ts";
import { LocalApi } from "./local-api.ts";

/** The input of an operation of `/_local`: `params` of its path, `query`, `body`. */
export type ControlInput<Id extends OperationId> = Omit<Operations[Id], "answer">;

/** The input of any operation. */
interface AnyInput {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: object;
  readonly body?: object | string | Uint8Array;
}

/** Calls operations of `/_local`. */
export class ControlCalls {
  readonly #api: LocalApi;

  /**
   * @param target the emulator's URL, the `handle` of an emulator in this process, or what already calls one
   * @param ca the CAs that HTTPS trusts; by default those of Node.js
   */
  constructor(target: string | EmulatorHandle | LocalApi, ca?: TrustedCas) {
    this.#api =
      target instanceof LocalApi
        ? target
        : new LocalApi({ endpoint: target, accessKeyId: "test", region: "us-east-1", ca });
  }

  /**
   * @param accepts statuses that are answers besides those below 300
   * @throws ControlClientError if the emulator refuses
   */
  async ask<Id extends OperationId>(
    id: Id,
    input: ControlInput<Id>,
    accepts: readonly number[] = [],
  ): Promise<Operations[Id]["answer"]> {
    const [method, path, answers]: Place = OPERATIONS[id];
    const { params = {}, query = {}, body }: AnyInput = input;
    const target = fill(path, params) + describeQuery(query);
    const { status, bytes } = await this.#api.call(method, target, write(body));
    if (status >= 300 && !accepts.includes(status))
      throw new ControlClientError(status, asDetails(parse(bytes)));
    // The table of routes defines the types of both input and answer.
    return (
      status === 204 ? undefined : answers === "bytes" ? bytes : parse(bytes)
    ) as Operations[Id]["answer"];
  }
}

type Place = readonly [method: string, path: string, answers?: "bytes"];

const fill = (template: string, params: Readonly<Record<string, string>>): string =>
  template.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ""));

function describeQuery(filters: object): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filters)) {
    if (value !== undefined) query.set(name, String(value));
  }
  return query.size === 0 ? "" : `?${query.toString()}`;
}

/** JSON; a string or bytes are sent unchanged. */
const write = (body: AnyInput["body"] = ""): string | Uint8Array =>
  typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body);

/** JSON, or text if it is not JSON: a proxy's answer, for example. */
function parse(bytes: Uint8Array): unknown {
  const answer = Buffer.from(bytes).toString();
  try {
    return JSON.parse(answer);
  } catch {
    return answer;
  }
}

const asDetails = (body: unknown): Readonly<Record<string, unknown>> =>
  typeof body === "object" && body !== null ? { ...body } : { message: String(body) };
