import { typeOf } from "./client-types.ts";
import { anchor, code, GENERATED, page, sentence, table } from "./markdown.ts";
import {
  routesOf,
  type OpenApi,
  type Parameter,
  type Response,
  type OpenApiRoute,
  type Schema,
} from "./openapi.ts";

const HEAD = `# Control API

Everything that only the emulator has is under \`/_local\`: clock, limits, statuses, scenarios, snapshots, the journal. It takes and answers
JSON, on the same port as the API. [The command line](cli.md) and \`ControlClient\` are made from the same table of routes;
\`GET /_local/openapi.json\` describes it in OpenAPI 3.1.

A refusal has a JSON body with \`message\`, and a code in the header \`x-local-error\`: see [errors](errors.md). A name that is unknown is
answered with what was probably meant.`;

/** Every route, and the types of what it takes and answers. */
export function controlApiPage(api: OpenApi): string {
  const routes = routesOf(api);
  return page([
    GENERATED,
    HEAD,
    table(
      ["Route", "What it does"],
      routes.map((route) => [`[${code(lineOf(route))}](#${anchor(lineOf(route))})`, route.operation.summary]),
    ),
    ...routes.flatMap(describeRoute),
    "## Types",
    "In TypeScript's notation; `healthimaging-local` exports them.",
    ...Object.entries(api.components.schemas)
      .filter(([name]) => name !== "LocalError")
      .flatMap(([name, schema]) => describeType(name, schema)),
  ]);
}

const lineOf = ({ method, path }: OpenApiRoute): string => `${method} ${path}`;

function describeRoute(route: OpenApiRoute): string[] {
  const { summary, description = "", parameters, requestBody, responses } = route.operation;
  const query = parameters.filter(({ in: place }) => place === "query");
  const bodies = Object.entries(requestBody?.content ?? {});
  const example = bodies.find(([, content]) => content.example !== undefined)?.[1].example;
  return [
    `## ${lineOf(route)}`,
    summary,
    description,
    table(["Query", "Type", ""], query.map(describeParameter)),
    bodies.length === 0
      ? ""
      : `Body${requestBody?.required === true ? "" : ", which may be left out"}: ${bodies
          .map(([media, { schema }]) => describeContent(media, schema))
          .join(", or ")}${example === undefined ? "" : `, such as ${code(JSON.stringify(example))}`}`,
    table(["Status", "Answer"], Object.entries(responses).map(describeResponse)),
  ];
}

const describeParameter = ({ name, required, description = "", schema }: Parameter): string[] => [
  code(name) + (required ? "" : " (optional)"),
  linked(schema),
  description,
];

function describeResponse([status, response]: [string, Response]): string[] {
  const codes = response["x-codes"];
  if (codes !== undefined)
    return [status, codes.map((name) => `[${code(name)}](errors.md#${anchor(name)})`).join(", ")];
  const contents = Object.entries(response.content ?? {});
  const answers = contents.map(([media, { schema }]) => describeContent(media, schema));
  return [status, answers.length === 0 ? "nothing" : answers.join(", or ")];
}

const describeContent = (media: string, schema: Schema | undefined): string =>
  media === "application/json" && schema !== undefined ? linked(schema) : code(media);

/** A type by its name, or as it is; a list of a named one leads to it, too. */
function linked(schema: Schema): string {
  const type = inOneLine(schema);
  const [, name] = /^(?:readonly )?([A-Z]\w*)(?:\[\])?$/.exec(type) ?? [];
  return name === undefined ? code(type) : `[${code(type)}](#${anchor(name)})`;
}

const inOneLine = (schema: Schema): string =>
  typeOf(schema, false)
    .replaceAll(/\/\*\*.*?\*\//g, "")
    .replaceAll(/\s+/g, " ");

function describeType(name: string, schema: Schema): string[] {
  const { description, properties, required = [] } = schema;
  const about = description === undefined ? "" : sentence(description);
  if (properties === undefined) return [`### ${name}`, about, code(inOneLine(schema))];
  const rows = Object.entries(properties).map(([member, type]) => [
    code(member) + (required.includes(member) ? "" : " (optional)"),
    linked(type),
    type.description ?? "",
  ]);
  return [`### ${name}`, about, table(["Member", "Type", ""], rows)];
}
