import * as z from "zod/mini";
import { LOCAL_ERRORS, type LocalErrorCode } from "../../../api/local-errors.ts";
import { EVERY_STATUS, type Statuses } from "../../../domain/resource.ts";
import { ERROR_TEXTS } from "./error-texts.ts";
import { mayLeaveOut, SHAPES, type Answer, type Body, type ControlRoute } from "./control-route.ts";

type Json = Readonly<Record<string, unknown>>;

const PREFIX = "#/components/schemas/";
const OPTIONS = { io: "input", metadata: SHAPES, unrepresentable: "any" } as const;
const ERROR: Json = { $ref: `${PREFIX}LocalError` };

/**
 * The routes as an OpenAPI 3.1 document, with the statuses of a release. Its extensions: the client's types are made from `x-type` and
 * `x-keys`; `x-codes` are the error codes of a status.
 */
export function describeApi(
  routes: Readonly<Record<string, ControlRoute>>,
  version: string,
  statuses = EVERY_STATUS,
): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const [id, route] of Object.entries(routes)) {
    const operations = (paths[route.path] ??= {});
    operations[route.method.toLowerCase()] = describeRoute(id, route);
  }
  const info = { title: "healthimaging-local: /_local", version };
  return {
    openapi: "3.1.0",
    info,
    paths,
    components: { schemas: { ...namedSchemas(statuses), LocalError: LOCAL_ERROR } },
  };
}

const LOCAL_ERROR: Json = {
  description: "the reason of the error; the header x-local-error has its code",
  type: "object",
  properties: { message: { type: "string" } },
  additionalProperties: true,
};

function describeRoute(operationId: string, route: ControlRoute): Json {
  const { summary, description, params, query, body, example } = route;
  return {
    operationId,
    summary,
    ...(description === undefined ? {} : { description }),
    parameters: [...parametersIn("path", params), ...parametersIn("query", query)],
    ...(body === undefined ? {} : { requestBody: describeBody(body, example) }),
    responses: describeResponses(route),
  };
}

function parametersIn(place: "path" | "query", schema: z.ZodMiniObject | undefined): Json[] {
  return Object.entries(schema?.shape ?? {}).map(([name, member]) => {
    const { description, ...json } = describeSchema(member as z.ZodMiniType);
    const required = !z.safeParse(member, undefined).success;
    return { name, in: place, required, ...(description === undefined ? {} : { description }), schema: json };
  });
}

function describeBody(body: Body, example: ControlRoute["example"]): Json {
  switch (body.kind) {
    case "file":
      return { required: true, content: { [body.media]: {} } };
    case "scenario":
      return {
        required: true,
        content: { "application/yaml": { schema: { type: "string" } }, "application/json": {} },
      };
    case "json":
    case "names":
    case "checked": {
      const schema = describeSchema(body.schema);
      return {
        required: !mayLeaveOut(body),
        content: { "application/json": { schema, ...(example && { example }) } },
      };
    }
  }
}

/** By status; if an answer and errors share one, the body is either. */
function describeResponses(route: ControlRoute): Json {
  const codes = codesOf(route);
  const errors = [...codes].map(([status, ofStatus]) => [status, describeErrors(ofStatus)] as const);
  const answers = Object.entries(route.answers).map(([status, answer]) => {
    const { content, ...others }: Json = describeAnswer(answer);
    const ofStatus = codes.get(status);
    if (ofStatus === undefined)
      return [
        status,
        {
          description: status.startsWith("2") ? "done" : "the condition is not met",
          ...others,
          ...(content !== undefined && { content }),
        },
      ] as const;
    const { schema } = (content as Record<string, Json>)["application/json"] ?? {};
    return [
      status,
      {
        ...describeErrors(ofStatus),
        content: { "application/json": { schema: { anyOf: [schema, ERROR] } } },
      },
    ] as const;
  });
  return Object.fromEntries([...errors, ...answers]);
}

function describeAnswer(answer: Answer): Json {
  if (answer === null) return {};
  if ("media" in answer) return { content: { [answer.media]: {} } };
  if (!("schema" in answer)) return { content: { "application/json": { schema: describeSchema(answer) } } };
  const [media = ""] = answer.text.split(";");
  const text = { [media]: { schema: { type: "string" } } };
  return { content: { "application/json": { schema: describeSchema(answer.schema) }, ...text } };
}

/** What refuses a request before its route is looked up. */
const BEFORE_ROUTES: readonly LocalErrorCode[] = ["HostNotAllowed", "OriginNotAllowed"];

/** By status; parsing a body, query or path parameter adds codes. */
function codesOf({ errors = [], params, body, query }: ControlRoute): Map<string, LocalErrorCode[]> {
  const isJson = body?.kind === "json" || body?.kind === "names";
  const ofJson: LocalErrorCode[] = isJson ? ["InvalidBody"] : [];
  const ofValues: LocalErrorCode[] =
    isJson || query !== undefined ? ["UnknownName", "MissingValue", "InvalidValue"] : [];
  const ofBody: LocalErrorCode[] = body === undefined || body.kind === "file" ? [] : ["BodyTooLarge"];
  const ofResource: LocalErrorCode[] = Object.hasOwn(params?.shape ?? {}, "kind")
    ? ["UnknownName", "InvalidValue"]
    : [];
  const codes = new Set([...ofJson, ...ofResource, ...ofValues, ...BEFORE_ROUTES, ...errors, ...ofBody]);
  return Map.groupBy(codes, (code) => String(LOCAL_ERRORS[code]));
}

const describeErrors = (codes: readonly LocalErrorCode[]): Json => ({
  description: codes.map((code) => `${code}: ${ERROR_TEXTS[code].meaning}`).join(" "),
  "x-codes": codes,
  content: { "application/json": { schema: ERROR } },
});

/** Every schema with a name. */
function namedSchemas({ next }: Statuses): Json {
  const { schemas } = z.toJSONSchema(SHAPES, { ...OPTIONS, uri: (id) => `${PREFIX}${id}` });
  const ofRelease = (id: string, schema: object): object =>
    id === "ImageSetWorkflowStatus" ? { ...schema, enum: Object.keys(next.imageSet) } : schema;
  return Object.fromEntries(
    Object.entries(schemas).map(([id, schema]) => [id, simplify(ofRelease(id, schema))]),
  );
}

/** A schema within the document: a schema with a name is referenced. */
function describeSchema(schema: z.ZodMiniType): Json {
  const { id } = SHAPES.get(schema) ?? {};
  return id === undefined ? (simplify(z.toJSONSchema(schema, OPTIONS)) as Json) : { $ref: `${PREFIX}${id}` };
}

const DROPPED = new Set(["$schema", "$id", "$defs", "id", "readOnly", "~standard"]);

/** Removes what is redundant here: `$schema`, names, `readOnly`, and the bounds of every safe integer. */
function simplify(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(simplify);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).filter(
    ([name, member]) => !DROPPED.has(name) && Math.abs(Number(member)) !== Number.MAX_SAFE_INTEGER,
  );
  return Object.fromEntries(
    members.map(([name, member]) => [
      name,
      name === "$ref" ? String(member).replace("#/$defs/", PREFIX) : simplifyMember(name, member),
    ]),
  );
}

/** Properties may have the names of keywords. */
const simplifyMember = (name: string, member: unknown): unknown =>
  name === "properties"
    ? Object.fromEntries(Object.entries(member as object).map(([key, schema]) => [key, simplify(schema)]))
    : simplify(member);
