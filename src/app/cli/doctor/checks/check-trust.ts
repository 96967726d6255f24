import { notEmpty } from "../../settings/flags.ts";
import { trustVariables } from "../../../tls/tls-folder.ts";
import { failure, fine, warning, type DoctorCheck, type Diagnosis } from "../check.ts";
import { plainValue } from "../shared-config.ts";
import type { DoctorContext } from "../doctor-context.ts";

export const trust: DoctorCheck = {
  name: "https",
  summary: "whether variables make clients trust the CA of an emulator with --tls",
  run: async (context) =>
    context.endpoint.startsWith("https:")
      ? checkTrust(context)
      : [fine("the endpoint is plain HTTP: no certificate is checked")],
};

/** Those of clients of AWS; code of other programs may not need the other variables. */
const AWS_CLIENTS: Readonly<Record<string, string>> = {
  NODE_EXTRA_CA_CERTS: "Node.js does",
  AWS_CA_BUNDLE: "the AWS CLI, boto3 and the SDK for Go do",
};

async function checkTrust(context: DoctorContext): Promise<Diagnosis[]> {
  const { endpoint, trustFiles } = context;
  if (trustFiles === undefined)
    return [
      warning(
        "no CA of an emulator is on this machine: only what it trusts already can check the endpoint",
        "copy ca.pem from where the emulator runs, and name it in NODE_EXTRA_CA_CERTS and AWS_CA_BUNDLE; HEALTHIMAGING_LOCAL_TLS_FOLDER names another folder",
      ),
    ];
  const names = Object.keys(trustVariables(trustFiles));
  const isTrusting = await Promise.all(names.map((name) => namesCa(name, trustFiles.ca, context)));
  const missing = names.filter((_, index) => isTrusting[index] !== true);
  if (missing.length === 0) return [fine(`${names.join(", ")} name the CA in ${trustFiles.ca}`)];
  const cure = `eval "$(npx healthimaging-local env --endpoint ${endpoint})"`;
  const others = missing.filter((name) => AWS_CLIENTS[name] === undefined);
  return [
    ...missing.flatMap((name) => {
      const clients = AWS_CLIENTS[name];
      return clients === undefined
        ? []
        : [
            failure(
              context,
              `${name} does not name the emulator's CA: ${clients} not trust ${endpoint}`,
              cure,
            ),
          ];
    }),
    ...(others.length === 0
      ? []
      : [warning(`not set, or without the emulator's CA: ${others.join(", ")}`, cure)]),
  ];
}

/** Whether the file that a variable names holds the CA, alone or among others. */
async function namesCa(
  name: string,
  caFile: string,
  { env, config, machine }: DoctorContext,
): Promise<boolean> {
  const ofProfile = name === "AWS_CA_BUNDLE" ? plainValue(config.values["ca_bundle"]) : undefined;
  const file = notEmpty(env[name]) ?? ofProfile;
  if (file === undefined) return false;
  const [certificate, trusted] = await Promise.all([machine.readFile(caFile), machine.readFile(file)]);
  return certificate !== undefined && trusted?.includes(certificate.trim()) === true;
}
