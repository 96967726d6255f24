import { isAccount } from "../../../../api/account.ts";
import { notEmpty } from "../../settings/flags.ts";
import { failure, fine, problem, warning, type DoctorCheck, type Diagnosis } from "../check.ts";
import type { DoctorContext } from "../doctor-context.ts";

export const credentials: DoctorCheck = {
  name: "credentials",
  summary: "whether SDKs find an access key; the emulator accepts any",
  run: (context) => [checkCredentials(context)],
};

const ANY = "export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test";

function checkCredentials(context: DoctorContext): Diagnosis {
  const { env, config } = context;
  const [key, secret] = [notEmpty(env["AWS_ACCESS_KEY_ID"]), notEmpty(env["AWS_SECRET_ACCESS_KEY"])];
  if (key !== undefined && secret !== undefined) return describeKey(key);
  if (key !== undefined || secret !== undefined) {
    const missing = key === undefined ? "AWS_ACCESS_KEY_ID" : "AWS_SECRET_ACCESS_KEY";
    return problem(`${missing} is not set, and its counterpart is: SDKs need both`, ANY);
  }
  if (config.hasCredentials)
    return fine(`the profile ${config.profile} has credentials; the emulator accepts any, and checks none`);
  return failure(context, "SDKs find no access key, and do not send a request without one", ANY);
}

function describeKey(key: string): Diagnosis {
  if (isAccount(key)) return fine(`the access key ${key} is an account of its own`);
  // The beginnings of AWS's own access keys: those of users and of sessions.
  if (/^A[KS]IA[A-Z0-9]{12,}$/.test(key))
    return warning(
      `AWS_ACCESS_KEY_ID looks like a real key of AWS (${key.slice(0, 4)}...): a client without an endpoint would change real data`,
      `${ANY}, if nothing needs AWS itself`,
    );
  return fine("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are set; the emulator accepts any");
}
