import { BODY_BOUNDS, isRecord, JsonExcess, parseBoundedJson } from "../../api/json.ts";
import { LocalError } from "../../api/local-errors.ts";
import type { HttpRequest } from "../../api/http.ts";
import { closest } from "../../domain/closest.ts";
import { readBody } from "../../healthimaging/http/read-body.ts";
import { isStrict } from "./routes/control-routes.ts";
import { checkBy, checkNames, quote } from "./refusal.ts";
import { type ControlRoute, mayLeaveOut } from "./routes/control-route.ts";

const MAX_BODY_BYTES = 64 * 1024;

type Values = Readonly<Record<string, unknown>>;

/** A strict route accepts each parameter at most once. @throws LocalError */
export function readQuery({ query: schema, noun = "parameter" }: ControlRoute, query: string): Values {
  if (schema === undefined) return {};
  const parameters = new URLSearchParams(query);
  const values = Object.fromEntries(parameters);
  checkBy(schema, values, { noun, example: "" });
  if (isStrict(schema)) {
    const twice = Object.keys(values).find((name) => parameters.getAll(name).length > 1);
    if (twice !== undefined) throw new LocalError("InvalidValue", `${twice} is given more than once`);
  }
  return values;
}

/** A hint that names unknown parameters of a route that is not strict; undefined if there are none. */
export function hintOfIgnored(
  { query: schema, noun = "parameter" }: ControlRoute,
  query: string,
): string | undefined {
  if (query === "" || (schema !== undefined && isStrict(schema))) return undefined;
  const known = Object.keys(schema?.shape ?? {});
  const ignored = [...new Set(new URLSearchParams(query).keys())].filter((name) => !known.includes(name));
  if (ignored.length === 0) return undefined;
  const names = ignored.map((name) => {
    const meant = closest(name, known);
    return meant === undefined ? quote(name) : `${quote(name)} (did you mean ${quote(meant)}?)`;
  });
  return `ignored ${noun}${names.length === 1 ? "" : "s"}: ${names.join(", ")}`;
}

/** Undefined if the handler reads the body. @throws LocalError */
export async function readJsonBody(
  { body, noun = "key", example = {} }: ControlRoute,
  request: HttpRequest,
): Promise<Values | undefined> {
  if (body?.kind !== "json" && body?.kind !== "names") return undefined;
  const bytes = await readBody(request, MAX_BODY_BYTES);
  const wording = { noun, example: JSON.stringify(example) };
  const isLeftOut = bytes.length === 0 && mayLeaveOut(body);
  const value = isLeftOut ? {} : parseObject(bytes, wording.example);
  if (body.kind === "names") checkNames(body.schema, value, wording);
  else checkBy(body.schema, value, wording);
  return value;
}

function parseObject(bytes: Uint8Array, example: string): Values {
  try {
    const value = parseBoundedJson(new TextDecoder("utf-8", { fatal: true }).decode(bytes), BODY_BOUNDS);
    if (isRecord(value)) return value;
  } catch (error) {
    if (error instanceof JsonExcess) throw new LocalError("InvalidBody", `The body ${error.message}`);
    // Reported below, as for JSON that is not an object.
  }
  throw new LocalError("InvalidBody", `The body is not a JSON object, expected for example ${example}`);
}
