import { LOCAL_ERRORS, type LocalErrorCode } from "../../src/api/local-errors.ts";
import { ERROR_TEXTS } from "../../src/local/control/routes/error-texts.ts";
import { anchor, code, GENERATED, page, table } from "./markdown.ts";
import { routesOf, type OpenApi } from "./openapi.ts";

const HEAD = `# Errors of /_local

A refused request under \`/_local\` has one of these codes in the header \`x-local-error\`, and a JSON body whose \`message\` says what was
found and what was expected. \`ControlClient\` throws a \`ControlClientError\` with \`status\`, \`message\` and \`details\`, which is the body.
The command line prints the message and ends with 1.

Errors of the API itself are AWS's; \`x-local-hint\` explains them where AWS's message does not.`;

export function errorsPage(api: OpenApi): string {
  const codes = Object.keys(LOCAL_ERRORS) as LocalErrorCode[];
  return page([
    GENERATED,
    HEAD,
    table(
      ["Code", "Status", "Meaning"],
      codes.map((name) => [
        `[${code(name)}](#${anchor(name)})`,
        String(LOCAL_ERRORS[name]),
        ERROR_TEXTS[name].meaning,
      ]),
    ),
    ...codes.flatMap((name) => describeCode(api, name)),
  ]);
}

function describeCode(api: OpenApi, name: LocalErrorCode): string[] {
  const { meaning, remedy } = ERROR_TEXTS[name];
  const routes = routesOf(api)
    .filter(({ operation }) =>
      Object.values(operation.responses).some((response) => response["x-codes"]?.includes(name) === true),
    )
    .map(({ method, path }) => `${method} ${path}`);
  return [
    `## ${name}`,
    `Status ${LOCAL_ERRORS[name]}. ${meaning}`,
    `What to do: ${remedy}`,
    describeRoutes(routes, routesOf(api).length),
  ];
}

/** The codes that any body or query may cause are too many to list. */
const MAX_LISTED = 10;

function describeRoutes(routes: readonly string[], all: number): string {
  if (routes.length === 0) return "";
  if (routes.length === all) return "Any route may answer this.";
  if (routes.length > MAX_LISTED) return "Answered by routes that take a query or a body.";
  return `Answered by ${routes.map((route) => `[${code(route)}](control-api.md#${anchor(route)})`).join(", ")}.`;
}
