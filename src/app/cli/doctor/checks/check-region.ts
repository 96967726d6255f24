import { GUIDE_REGIONS } from "../../../../api/regions.ts";
import { notEmpty } from "../../settings/flags.ts";
import { failure, fine, problem, warning, type DoctorCheck, type Diagnosis } from "../check.ts";
import { ask } from "../probe.ts";
import { plainValue } from "../shared-config.ts";
import type { DoctorContext } from "../doctor-context.ts";

export const region: DoctorCheck = {
  name: "region",
  summary: "whether SDKs find a region, and whether the emulator serves it",
  run: async (context) => [checkRegion(context), ...(await checkServed(context))],
};

const names = ({ env, config }: DoctorContext) => ({
  sdks: notEmpty(env["AWS_REGION"]),
  python: notEmpty(env["AWS_DEFAULT_REGION"]),
  file: plainValue(config.values["region"]),
});

function checkRegion(context: DoctorContext): Diagnosis {
  const { sdks, python, file } = names(context);
  const cure = "export AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1";
  if (sdks === undefined && python === undefined && file === undefined)
    return failure(context, "SDKs find no region, and refuse to make a client", cure);
  if ((sdks ?? file) === undefined)
    return warning(
      `AWS_DEFAULT_REGION is ${python}, and AWS_REGION is not set: the JavaScript SDK reads AWS_REGION alone`,
      `export AWS_REGION=${python}`,
    );
  if ((python ?? file) === undefined)
    return warning(
      `AWS_REGION is ${sdks}, and AWS_DEFAULT_REGION is not set: boto3 and the AWS CLI read AWS_DEFAULT_REGION`,
      `export AWS_DEFAULT_REGION=${sdks}`,
    );
  if (sdks !== undefined && python !== undefined && sdks !== python)
    return warning(
      `AWS_REGION is ${sdks}, and AWS_DEFAULT_REGION is ${python}: data stores of one are not seen in the other`,
      `export AWS_DEFAULT_REGION=${sdks}`,
    );
  return fine(`the region is ${sdks ?? python ?? file}; each region has its own data`);
}

/** Only `--regions guide` refuses a region, and those of the guide are served in any case: nothing is asked for them. */
async function checkServed(context: DoctorContext): Promise<Diagnosis[]> {
  const { sdks, python, file } = names(context);
  const used = sdks ?? python ?? file;
  if (used === undefined || GUIDE_REGIONS.has(used) || context.probe.kind !== "emulator") return [];
  const authorization = `AWS4-HMAC-SHA256 Credential=test/20240501/${used}/medical-imaging/aws4_request, Signature=none`;
  const { headers } = await ask(`${context.endpoint}/datastore`, {
    headers: { authorization },
    ca: context.ca,
  });
  if (headers["x-amzn-errortype"] !== "InvalidSignatureException") return [];
  // The emulator knows which regions its release has.
  const said = /the regions are (.+), not /.exec(String(headers["x-local-hint"] ?? ""))?.[1];
  const served = said ?? [...GUIDE_REGIONS].join(", ");
  return [
    problem(
      `the emulator does not serve ${used}: --regions guide serves ${served}`,
      "start it without --regions",
    ),
  ];
}
