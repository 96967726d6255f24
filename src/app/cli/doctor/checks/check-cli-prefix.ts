import { failure, fine, problem, type DoctorCheck, type Diagnosis } from "../check.ts";
import type { Environment } from "../../settings/flags.ts";
import type { DoctorContext } from "../doctor-context.ts";

export const cliPrefix: DoctorCheck = {
  name: "prefix: aws",
  summary: "which host the AWS CLI asks for, and whether the system finds it; nothing reaches the emulator",
  run: async (context) => [await checkCliPrefix(context)],
};

const ID = "a".repeat(32);
const ASKING =
  `medical-imaging get-image-set --datastore-id ${ID} --image-set-id ${ID} --cli-connect-timeout 3`.split(
    " ",
  );
/** Nothing listens there: the message of the CLI names the host that it asked for. */
const CLOSED_PORT = 1;

async function checkCliPrefix(context: DoctorContext): Promise<Diagnosis> {
  const { machine, host, env } = context;
  const version = await machine.run("aws", ["--version"], env);
  if (version === undefined) return fine("the AWS CLI was not found");
  const [name = "the AWS CLI"] = /aws-cli\/\S+/.exec(`${version.stdout}${version.stderr}`) ?? [];
  const asked = host.includes(":") ? `[${host}]` : host;
  const ran = await machine.run(
    "aws",
    [...ASKING, "--endpoint-url", `http://${asked}:${CLOSED_PORT}`],
    alone(env),
  );
  const said = `${ran?.stdout}${ran?.stderr}`;
  if (/invalid choice/i.test(said))
    return problem(`${name} does not know HealthImaging`, "install a newer AWS CLI");
  const [, target] = /endpoint URL: "http:\/\/(.+?):1\//.exec(said) ?? [];
  if (target === undefined)
    return problem(
      `${name} cannot make a request: ${firstLine(said)}`,
      "aws medical-imaging list-datastores says more",
    );
  if (!target.startsWith("runtime-")) return fine(`${name} asks for ${target}, without the prefix`);
  const address = await machine.systemLookup(target);
  if (address !== undefined) return fine(`${name} asks for ${target}, and the system finds it at ${address}`);
  return failure(context, `${name} asks for ${target}, which the system does not find`, cureOf(env));
}

/** One attempt, with credentials, past every proxy. */
const alone = (env: Environment): Environment => ({
  AWS_ACCESS_KEY_ID: "test",
  AWS_SECRET_ACCESS_KEY: "test",
  AWS_DEFAULT_REGION: "us-east-1",
  ...env,
  AWS_MAX_ATTEMPTS: "1",
  AWS_PAGER: "",
  NO_PROXY: "*",
  no_proxy: "*",
});

const firstLine = (text: string): string => text.trim().split("\n").at(-1) ?? "";

const cureOf = (env: Environment): string =>
  env["AWS_DISABLE_HOST_PREFIX_INJECTION"] === "true"
    ? "install a newer AWS CLI, which reads AWS_DISABLE_HOST_PREFIX_INJECTION"
    : "export AWS_DISABLE_HOST_PREFIX_INJECTION=true";
