import { closest } from "../../../../domain/closest.ts";
import { isLoopbackHost } from "../../../gateway/host-name.ts";
import { ENV_COMMAND, fine, problem, warning, type DoctorCheck, type Diagnosis } from "../check.ts";
import { plainValue } from "../shared-config.ts";
import { configuredEndpoint, type DoctorContext } from "../doctor-context.ts";

export const endpoints: DoctorCheck = {
  name: "endpoints",
  summary: "where AWS_ENDPOINT_URL and its relatives, or the configuration file, send clients",
  run: (context) => [...checkSwitch(context), ...checkSpelling(context), ...checkServices(context)],
};

/** One switch makes SDKs ignore all of them. */
function checkSwitch({ env, config }: DoctorContext): Diagnosis[] {
  const isIgnored = [
    env["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"],
    plainValue(config.values["ignore_configured_endpoint_urls"]),
  ].some((value) => value?.toLowerCase() === "true");
  if (!isIgnored) return [];
  return [
    problem(
      "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS is true: SDKs ignore every endpoint variable and go to AWS",
      "unset AWS_IGNORE_CONFIGURED_ENDPOINT_URLS, and ignore_configured_endpoint_urls in the configuration file",
    ),
  ];
}

const MEANT = "AWS_ENDPOINT_URL_MEDICAL_IMAGING";
const LOOKALIKES = /^AWS_ENDPOINT_URL_(?:.*IMAG.*|HEALTH.*)$|^AWS_ENDPOINT_MEDICAL/;

function checkSpelling({ env }: DoctorContext): Diagnosis[] {
  const wrong = Object.keys(env).filter(
    (name) =>
      name !== MEANT &&
      (LOOKALIKES.test(name) || (name.startsWith("AWS_ENDPOINT") && closest(name, KNOWN) === MEANT)),
  );
  return wrong.map((name) => problem(`${name} is a variable that no SDK reads`, `its name is ${MEANT}`));
}

const KNOWN = ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_STS", MEANT];

function checkServices(context: DoctorContext): Diagnosis[] {
  const { env, config, endpoint } = context;
  const imaging = configuredEndpoint("medical_imaging", env, config);
  if (imaging === undefined)
    return [
      warning(
        "no variable or configuration file names an endpoint: clients go to AWS unless code names it",
        ENV_COMMAND,
      ),
    ];
  if (!isSamePlace(imaging.url, endpoint))
    return [
      problem(
        `${imaging.from} sends clients of HealthImaging to ${imaging.url}, not to ${endpoint}`,
        `export ${MEANT}=${endpoint}, or look at that address with --endpoint`,
      ),
    ];
  const found = [fine(`${imaging.from} sends clients of HealthImaging to ${imaging.url}`)];
  if (imaging.from === "AWS_ENDPOINT_URL") found.push(ALL_SERVICES);
  return [...found, ...checkS3(context)];
}

const ALL_SERVICES = warning(
  "AWS_ENDPOINT_URL sends clients of every service here, but services other than HealthImaging, S3 and STS answer ServiceNotEmulated",
  `${ENV_COMMAND} and unset AWS_ENDPOINT_URL, if code uses other services`,
);

function checkS3({ env, config, endpoint }: DoctorContext): Diagnosis[] {
  const s3 = configuredEndpoint("s3", env, config);
  if (s3 !== undefined && isSamePlace(s3.url, endpoint)) return [];
  const place = s3 === undefined ? "AWS" : s3.url;
  return [
    warning(
      `clients of S3 go to ${place}, and imports read the emulator's buckets`,
      `export AWS_ENDPOINT_URL_S3=${endpoint}; with --s3-endpoint the emulator reads another S3`,
    ),
  ];
}

/** The loopback addresses and localhost are one place. */
function isSamePlace(one: string, other: string): boolean {
  const [first, second] = [placeOf(one), placeOf(other)];
  return first !== undefined && first === second;
}

function placeOf(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, hostname, port, pathname } = new URL(url);
  const host = isLoopbackHost(hostname) ? "localhost" : hostname;
  return `${protocol}//${host}:${port}${pathname.replace(/\/$/, "")}`;
}
