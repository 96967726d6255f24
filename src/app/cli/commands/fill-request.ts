import { basename, extname } from "node:path";
import { LocalError } from "../../../api/local-errors.ts";
import type { ResetOptions } from "../../../domain/resettable.ts";
import { EVERY_STATUS } from "../../../domain/resource.ts";
import type { HandlerInput } from "../../../local/control/handler.ts";
import { readHeldStatuses, readPush } from "../../../local/control/read-status.ts";
import { readWait } from "../../../local/control/read-wait.ts";
import {
  checkScenarioName,
  checkSnapshotName,
  readKind,
  readReset,
} from "../../../local/control/read-values.ts";
import { checkBy, checkNames } from "../../../local/control/refusal.ts";
import type { RequestPlace } from "../../../local/control/routes/command.ts";
import {
  isStrict,
  type ControlRoutes,
  type OperationId,
} from "../../../local/control/routes/control-routes.ts";
import { UsageError } from "../settings/usage-error.ts";
import { readTyped } from "./argument-readers.ts";
import type { ControlCommand } from "./control-commands.ts";
import type { Line } from "./read-line.ts";

type Values = Record<string, unknown>;

/** The request that a command line stands for. */
export interface Filled {
  readonly params: Values;
  readonly query: Values;
  readonly body?: unknown;
}

/** @param folder the base of relative file paths. @throws UsageError before anything is sent */
export async function fillRequest(found: ControlCommand, line: Line, folder: string): Promise<Filled> {
  const request = await fill(found, line, folder);
  try {
    check(found, request);
  } catch (error) {
    throw error instanceof LocalError ? new UsageError(`${found.command.words}: ${error.message}`) : error;
  }
  return request;
}

async function fill({ id, route, command }: ControlCommand, line: Line, folder: string): Promise<Filled> {
  const request: { params: Values; query: Values; body?: unknown } = { params: {}, query: {} };
  if (route.body?.kind !== undefined && IS_OBJECT.has(route.body.kind)) request.body = {};
  const put = (place: RequestPlace, value: unknown): void => {
    if (place === "body") request.body = value;
    else if (place === "params") [request.params["kind"], request.params["id"]] = String(value).split("/", 2);
    else putAt(request, place.split("."), value);
  };
  for (const [place, value] of Object.entries(command.sends ?? {})) put(place as RequestPlace, value);
  for (const [index, { name, to, reads, isMany }] of (command.arguments ?? []).entries()) {
    const texts = line.positionals.slice(index, isMany === true ? undefined : index + 1);
    const [text] = texts;
    if (text === undefined) continue;
    const value = await readTyped(reads, { label: `${command.words} ${name}`, text, texts, folder });
    if (to !== undefined) put(to, value);
  }
  for (const { flag, to, reads } of command.flags ?? []) {
    const text = line.flags[flag];
    if (text === undefined) continue;
    const value =
      text === true
        ? isOnAt(to)
        : await readTyped(reads, { label: `--${flag}`, text, texts: [text], folder });
    if (to !== undefined) put(to, value);
  }
  request.params["name"] ??= NAMES[id]?.(line.positionals[0] ?? "");
  return request;
}

const IS_OBJECT: ReadonlySet<string> = new Set(["json", "names", "checked"]);

/** A query has `1` for true. */
const isOnAt = (to: RequestPlace | undefined): true | "1" => (to?.startsWith("query") === true ? "1" : true);

/** Sets the value at a path such as `body.scope.account`, and creates the objects on the way. */
function putAt(target: Values | Filled, path: readonly string[], value: unknown): void {
  const [name = "", ...rest] = path;
  const members = target as Values;
  if (rest.length === 0) members[name] = value;
  else putAt((members[name] ??= {}) as Values, rest, value);
}

/** A resource that is made from a file has the file's name if none is given. */
const NAMES: Partial<Record<OperationId, (file: string) => string>> = {
  loadScenario: (file) => basename(file, extname(file)),
  importSnapshot: (file) => basename(file).replace(/(\.snapshot)?(\.tar)?\.(gz|tgz)$/, ""),
};

/** Checks the request as the emulator would. @throws LocalError */
function check({ id, route, command }: ControlCommand, { params, query, body }: Filled): void {
  const { query: schema, body: wanted, noun } = route;
  if (schema !== undefined && isStrict(schema))
    checkBy(schema, query, { noun: noun ?? "parameter", example: "" });
  const wording = { noun: noun ?? "key", example: command.examples[0] ?? "" };
  if (wanted?.kind === "json") checkBy(wanted.schema, body as Values, wording);
  if (wanted?.kind === "names") checkNames(wanted.schema, body as Values, wording);
  CHECKS[id]?.({ params, query, body });
}

/** What the handlers of these refuse, whatever the emulator holds. The schemas have checked the forms. */
const CHECKS: Partial<Record<OperationId, (filled: Filled) => unknown>> = {
  wait: ({ query }) => readWait(EVERY_STATUS, query as HandlerInput<ControlRoutes["wait"]>["query"]),
  changeStatus: ({ params, body }) =>
    readPush(
      EVERY_STATUS,
      readKind(String(params["kind"])),
      body as HandlerInput<ControlRoutes["changeStatus"]>["body"],
    ),
  holdResource: ({ params, body }) => {
    const { status } = body as HandlerInput<ControlRoutes["holdResource"]>["body"];
    const kind = readKind(String(params["kind"]));
    return status === undefined ? undefined : readHeldStatuses(EVERY_STATUS, kind, status);
  },
  reset: ({ body }) => readReset(body as ResetOptions),
  loadScenario: ({ params }) => checkScenarioName(String(params["name"])),
  importSnapshot: ({ params }) => checkSnapshotName(String(params["name"])),
};
