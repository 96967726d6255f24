import { ENV_COMMAND, failure, fine, problem, type DoctorCheck, type Diagnosis } from "../check.ts";
import type { DoctorContext } from "../doctor-context.ts";

export const nodePrefix: DoctorCheck = {
  name: "prefix: node",
  summary: "whether this Node.js finds the host with runtime- before it, which the JavaScript SDK asks for",
  run: async (context) => [await checkNodePrefix(context)],
};

async function checkNodePrefix(context: DoctorContext): Promise<Diagnosis> {
  const { host, machine } = context;
  if (host.includes(":"))
    return problem(
      `the JavaScript SDK refuses runtime-[${host}]: an IPv6 address cannot have the prefix`,
      "name the endpoint by localhost, or with disableHostPrefix: true in the client",
    );
  const address = await machine.lookup(`runtime-${host}`);
  if (address !== undefined) return fine(`this Node.js finds runtime-${host} at ${address}`);
  return failure(
    context,
    `this Node.js does not find runtime-${host}: the eight operations of image sets end with getaddrinfo ENOTFOUND`,
    `new MedicalImagingClient(clientConfig(url)), which has disableHostPrefix: true; or, without a change of code, ${ENV_COMMAND}`,
  );
}
