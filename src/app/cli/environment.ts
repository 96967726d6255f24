import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { trustFilesFor } from "../tls/trusted-cas.ts";
import { trustVariables } from "../tls/tls-folder.ts";
import type { EnvSettings } from "./settings/client-settings.ts";

/** How each shell sets a variable, with its value quoted. */
const FORMS: Readonly<Record<EnvSettings["shell"], (name: string, value: string) => string>> = {
  sh: (name, value) => `export ${name}='${value.replaceAll("'", "'\\''")}'`,
  fish: (name, value) => `set -gx ${name} '${value.replaceAll(/['\\]/g, "\\$&")}'`,
  powershell: (name, value) => `$env:${name} = '${value.replaceAll("'", "''")}'`,
  cmd: (name, value) => `set "${name}=${value}"`,
  dotenv: (name, value) => `${name}="${value.replaceAll(/["\\]/g, "\\$&")}"`,
};

/**
 * The environment variables that make the clients of a shell use the emulator: the AWS CLI, boto3 and the
 * SDKs by their endpoint, this command by its own, Node.js by the preloaded host names with `runtime-` and
 * `dicom-`. For an endpoint of HTTPS, also the variables that make them trust the CA.
 */
export function describeEnvironment(settings: EnvSettings): string {
  const { endpoint, accessKeyId, region, shell, nodeOptions, commonEndpoint } = settings;
  const files = trustFilesFor(endpoint, settings.tlsFolder);
  const register = `--import=${preload()}`;
  const variables = {
    // Not AWS_ENDPOINT_URL, so that other services keep their endpoints.
    AWS_ENDPOINT_URL_MEDICAL_IMAGING: endpoint,
    AWS_ENDPOINT_URL_S3: endpoint,
    // Programs begin with GetCallerIdentity; an STS elsewhere is kept.
    ...(commonEndpoint === undefined ? { AWS_ENDPOINT_URL_STS: endpoint } : {}),
    HEALTHIMAGING_LOCAL_ENDPOINT: endpoint,
    AWS_DISABLE_HOST_PREFIX_INJECTION: "true",
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    NODE_OPTIONS: nodeOptions.includes(register) ? nodeOptions : `${nodeOptions} ${register}`.trim(),
    ...(files === undefined ? {} : trustVariables(files)),
  };
  const form = FORMS[shell];
  return Object.entries(variables)
    .map(([name, value]) => `${form(name, value)}\n`)
    .join("");
}

/** In a bundle the module is a file beside this one. */
function preload(): string {
  const file = import.meta.url.endsWith(".ts") ? "../../register.ts" : "register.js";
  return pathToFileURL(resolve(import.meta.dirname, file)).href;
}
