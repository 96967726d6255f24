import { START_DEFAULTS } from "../../src/local/sdk/start-defaults.ts";
import { code, table } from "../control/markdown.ts";

const NOT_KEPT = "in memory; temporary files are deleted at the end";

/** The defaults that depend on how an emulator is started. @param dockerfile its text, which has those of the image */
export function defaultsTable(dockerfile: string): string {
  const { server, inProcess, testcontainers } = START_DEFAULTS;
  const [host, data] = [variableIn(dockerfile, "HOST"), variableIn(dockerfile, "DATA")];
  return table(
    [
      "setting",
      "`healthimaging-local serve`",
      "image",
      "`createEmulator`, `startEmulator`, Vitest",
      "`HealthImagingContainer`",
    ],
    [
      [
        "throttling",
        code(server.throttling),
        code(server.throttling),
        code(inProcess.throttling),
        code(testcontainers.throttling),
      ],
      [
        "port",
        code(`${server.port}`),
        code(`${server.port}`),
        portOf(inProcess.port),
        `${code(`${server.port}`)} in the container, any free port outside`,
      ],
      ["host", hostOf(server.host), hostOf(host), hostOf(inProcess.host), hostOf(host)],
      [
        "data",
        NOT_KEPT,
        `in ${code(data)}, a volume`,
        NOT_KEPT,
        `in ${code(data)}, deleted with the container`,
      ],
    ],
  );
}

function variableIn(dockerfile: string, name: string): string {
  const value = new RegExp(`^ENV .*\\bHEALTHIMAGING_LOCAL_${name}=(\\S+)`, "m").exec(dockerfile)?.[1];
  if (value === undefined) throw new Error(`the Dockerfile sets no HEALTHIMAGING_LOCAL_${name}`);
  return value;
}

const portOf = (port: number): string =>
  port === 0 ? "any free port; `createEmulator` has none" : code(`${port}`);
const hostOf = (host: string): string => (host === "localhost" ? "both loopback addresses" : code(host));
