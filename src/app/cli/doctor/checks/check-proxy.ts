import { notEmpty } from "../../settings/flags.ts";
import { fine, problem, type DoctorCheck, type Diagnosis } from "../check.ts";
import type { DoctorContext } from "../doctor-context.ts";

export const proxy: DoctorCheck = {
  name: "proxy",
  summary: "whether HTTP_PROXY would take requests for the endpoint, which NO_PROXY prevents",
  run: (context) => [checkProxy(context)],
};

function checkProxy({ env, endpoint, host }: DoctorContext): Diagnosis {
  const variables = endpoint.startsWith("https:")
    ? ["HTTPS_PROXY", "ALL_PROXY"]
    : ["HTTP_PROXY", "ALL_PROXY"];
  const name = variables
    .flatMap((one) => [one, one.toLowerCase()])
    .find((one) => notEmpty(env[one]) !== undefined);
  if (name === undefined) return fine("no proxy is set");
  const address = env[name] ?? "";
  if (isSameAddress(address, endpoint)) return fine(`${name} is the emulator itself`);
  const excepted = notEmpty(env["NO_PROXY"]) ?? notEmpty(env["no_proxy"]) ?? "";
  if (isExcepted(host, excepted)) return fine(`${name} is set, and NO_PROXY excepts ${host}`);
  const names = [excepted, host, `runtime-${host}`].filter(Boolean).join(",");
  return problem(
    `${name} is set, and NO_PROXY does not except ${host}: boto3, the AWS CLI and Node.js with NODE_USE_ENV_PROXY ask the proxy for it`,
    `export NO_PROXY=${names} no_proxy=${names}`,
  );
}

const isSameAddress = (one: string, other: string): boolean =>
  URL.canParse(one) && new URL(one).host === new URL(other).host;

/** Names and their ends, with or without a dot before and a port behind. */
const isExcepted = (host: string, list: string): boolean =>
  list.split(/[\s,]+/).some((entry) => {
    const name = entry
      .replace(/:\d+$/, "")
      .replace(/^\*?\./, "")
      .replace(/^\[|\]$/g, "")
      .toLowerCase();
    return entry === "*" || (name !== "" && (host === name || host.endsWith(`.${name}`)));
  });
