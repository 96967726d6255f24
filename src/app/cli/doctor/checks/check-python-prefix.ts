import { isRecord } from "../../../../api/json.ts";
import { failure, fine, problem, type DoctorCheck, type Diagnosis } from "../check.ts";
import type { DoctorContext } from "../doctor-context.ts";

export const pythonPrefix: DoctorCheck = {
  name: "prefix: python",
  summary: "which host boto3 asks for, and whether Python finds it; nothing is sent",
  run: async (context) => [await checkPythonPrefix(context)],
};

/** Prints what there is as JSON. boto3 makes a request, which ends before it is sent. */
const PROGRAM = `
import json, socket, sys
try:
    import boto3, botocore
except ImportError:
    sys.exit(print(json.dumps({})))
from botocore.exceptions import UnknownServiceError
from urllib.parse import urlsplit
seen = {"boto3": boto3.__version__, "python": sys.version.split()[0]}
class Stop(Exception):
    pass
def stop(request, **_):
    seen["host"] = urlsplit(request.url).hostname
    raise Stop()
try:
    options = dict(region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test")
    client = boto3.session.Session().client("medical-imaging", endpoint_url=sys.argv[1], **options)
    client.meta.events.register("before-send", stop)
    client.get_image_set(datastoreId="a" * 32, imageSetId="a" * 32)
except UnknownServiceError:
    seen["isTooOld"] = "yes"
except Stop:
    pass
try:
    seen["address"] = socket.getaddrinfo(seen.get("host"), None)[0][4][0]
except OSError:
    pass
print(json.dumps(seen))
`;

async function checkPythonPrefix(context: DoctorContext): Promise<Diagnosis> {
  const seen = await askPython(context);
  if (seen === undefined) return fine("no working Python was found");
  const { boto3, python, host, address, isTooOld } = seen;
  if (boto3 === undefined) return fine("Python has no boto3");
  const versions = `boto3 ${boto3} on Python ${python}`;
  if (isTooOld !== undefined)
    return problem(`${versions} does not know HealthImaging`, "pip install --upgrade boto3");
  if (host === undefined)
    return problem(`${versions} cannot make a request`, "python3 -c 'import boto3' says more");
  if (address !== undefined) return fine(`${versions} asks for ${host}, and finds it at ${address}`);
  return failure(context, `${versions} asks for ${host}, which Python does not find`, cureOf(context));
}

/** What the program says, where there is a Python to run it. */
async function askPython({
  machine,
  endpoint,
  env,
}: DoctorContext): Promise<Readonly<Record<string, string>> | undefined> {
  for (const program of ["python3", "python"]) {
    const ran = await machine.run(program, ["-c", PROGRAM, endpoint], env);
    if (ran?.code !== 0) continue;
    const seen: unknown = JSON.parse(ran.stdout);
    const texts = Object.entries(isRecord(seen) ? seen : {}).filter(isText);
    return Object.fromEntries(texts);
  }
  return undefined;
}

const isText = (entry: readonly [string, unknown]): entry is [string, string] => typeof entry[1] === "string";

const cureOf = ({ env }: DoctorContext): string =>
  env["AWS_DISABLE_HOST_PREFIX_INJECTION"] === "true"
    ? "pip install --upgrade boto3, which then reads AWS_DISABLE_HOST_PREFIX_INJECTION; or Config(inject_host_prefix=False) in the client"
    : "export AWS_DISABLE_HOST_PREFIX_INJECTION=true, or Config(inject_host_prefix=False) in the client";
