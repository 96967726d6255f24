import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import type { DoctorCheck } from "../../../../src/app/cli/doctor/check.ts";
import { CHECKS } from "../../../../src/app/cli/doctor/checks/checks.ts";
import { cliPrefix } from "../../../../src/app/cli/doctor/checks/check-cli-prefix.ts";
import { credentials } from "../../../../src/app/cli/doctor/checks/check-credentials.ts";
import { docker } from "../../../../src/app/cli/doctor/checks/check-docker.ts";
import { emulator } from "../../../../src/app/cli/doctor/checks/check-emulator.ts";
import { endpoints } from "../../../../src/app/cli/doctor/checks/check-endpoints.ts";
import { node } from "../../../../src/app/cli/doctor/checks/check-node.ts";
import { nodePrefix } from "../../../../src/app/cli/doctor/checks/check-node-prefix.ts";
import { proxy } from "../../../../src/app/cli/doctor/checks/check-proxy.ts";
import { pythonPrefix } from "../../../../src/app/cli/doctor/checks/check-python-prefix.ts";
import { region } from "../../../../src/app/cli/doctor/checks/check-region.ts";
import { servicesKey } from "../../../../src/app/cli/doctor/checks/check-services-key.ts";
import { trust } from "../../../../src/app/cli/doctor/checks/check-trust.ts";
import { tryOn, type Fake } from "./fake-machine.ts";

const HERE = "http://127.0.0.1:4464";
/** Clients are told of the emulator by their environment. */
const AIMED = { AWS_ENDPOINT_URL_MEDICAL_IMAGING: HERE, AWS_ENDPOINT_URL_S3: HERE };
const SECURE = "https://127.0.0.1:4464";
const TRUST = { ca: "/tls/ca.pem", bundle: "/tls/ca-bundle.pem" };
const CAS = { [TRUST.ca]: "CERTIFICATE\n", [TRUST.bundle]: "CERTIFICATE\nPUBLIC\n" };
const CONFIG = "/home/a/.aws/config";
const python = (seen: object): Fake["programs"] => ({ python3: [{ stdout: JSON.stringify(seen) }] });
const BOTO = { boto3: "1.43.0", python: "3.11.7" };
const cli = (host: string): Fake["programs"] => ({
  aws: [
    { stdout: "aws-cli/1.45.11 Python/3.11.7 Linux/6\n" },
    { code: 255, stderr: `\nCould not connect to the endpoint URL: "http://${host}:1/datastore/a"\n` },
  ],
});

type Case = readonly [what: string, check: DoctorCheck, fake: Fake, findings: readonly string[]];

const CASES: readonly Case[] = [
  ["a Node.js that is too old", node, { node: "20.1.0" }, ["problem: *needs Node.js 22.22*"]],
  ["a new Node.js", node, {}, ["ok: Node.js 24.1.0"]],

  ["no emulator", emulator, {}, ["warning: no emulator answers*no other program* -> start it with npx*"]],
  [
    "another program",
    emulator,
    { probe: { kind: "other", status: 404, server: "nginx" } },
    ["problem: another program answers at *: HTTP 404 of nginx -> *--port N*"],
  ],
  [
    "a host that is not served",
    emulator,
    { probe: { kind: "refused", hint: "start it with --allow-host a.example to serve it" } },
    ["problem: *does not serve the host* -> start it with --allow-host a.example to serve it"],
  ],
  [
    "a host that is not found",
    emulator,
    { probe: { kind: "none", code: "ENOTFOUND" } },
    ["problem: *not found*"],
  ],
  ["silence", emulator, { probe: { kind: "none", code: "" } }, ["problem: *no answer within 5 seconds*"]],
  [
    "an emulator of another version",
    emulator,
    { probe: { kind: "emulator", version: "0.9.0", failing: [] } },
    ["warning: healthimaging-local 0.9.0 answers*this command is 1.0.0*"],
  ],
  [
    "an emulator that does not work",
    emulator,
    { probe: { kind: "emulator", version: "1.0.0", failing: ["blobs"] } },
    ["problem: *does not work: blobs -> healthimaging-local health*"],
  ],
  [
    "an emulator",
    emulator,
    { probe: { kind: "emulator", version: "1.0.0", failing: [] } },
    [`ok: healthimaging-local 1.0.0 answers at ${HERE}`],
  ],

  [
    "an emulator that speaks HTTPS where plain HTTP was asked for",
    emulator,
    { probe: { kind: "secure" } },
    ["problem: the emulator at * speaks HTTPS -> name its address with https://"],
  ],
  [
    "a certificate that is not trusted",
    emulator,
    { probe: { kind: "none", code: "SELF_SIGNED_CERT_IN_CHAIN" } },
    ["problem: the certificate of * is not trusted (SELF_SIGNED_CERT_IN_CHAIN) -> *TLS_FOLDER*"],
  ],

  ["plain HTTP", trust, {}, ["ok: the endpoint is plain HTTP: no certificate is checked"]],
  [
    "HTTPS without a CA on this machine",
    trust,
    { endpoint: SECURE },
    ["warning: no CA of an emulator is on this machine* -> copy ca.pem*"],
  ],
  [
    "HTTPS without variables, where the environment sends clients there",
    trust,
    { endpoint: SECURE, trustFiles: TRUST, files: CAS, env: { AWS_ENDPOINT_URL: SECURE } },
    [
      `problem: NODE_EXTRA_CA_CERTS does not name * -> eval "$(npx healthimaging-local env --endpoint ${SECURE})"`,
      "problem: AWS_CA_BUNDLE does not name the emulator's CA: the AWS CLI, boto3 and the SDK for Go do not trust * -> *",
      "warning: not set, or without the emulator's CA: REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE, SSL_CERT_FILE -> *",
    ],
  ],
  [
    "HTTPS with variables that name the CA, another file and a bundle of one's own",
    trust,
    {
      endpoint: SECURE,
      trustFiles: TRUST,
      files: { ...CAS, "/company.pem": "COMPANY", "/mine.pem": "COMPANY\nCERTIFICATE\n" },
      env: {
        NODE_EXTRA_CA_CERTS: "/company.pem",
        AWS_CA_BUNDLE: "/mine.pem",
        REQUESTS_CA_BUNDLE: TRUST.bundle,
        CURL_CA_BUNDLE: TRUST.bundle,
        SSL_CERT_FILE: TRUST.bundle,
      },
    },
    ["warning: NODE_EXTRA_CA_CERTS does not name *"],
  ],
  [
    "HTTPS with every variable, one of them in the profile",
    trust,
    {
      endpoint: SECURE,
      trustFiles: TRUST,
      files: { ...CAS, [CONFIG]: `[default]\nca_bundle = ${TRUST.bundle}\n` },
      env: {
        NODE_EXTRA_CA_CERTS: TRUST.ca,
        REQUESTS_CA_BUNDLE: TRUST.bundle,
        CURL_CA_BUNDLE: TRUST.bundle,
        SSL_CERT_FILE: TRUST.bundle,
      },
    },
    [`ok: NODE_EXTRA_CA_CERTS, AWS_CA_BUNDLE, * name the CA in ${TRUST.ca}`],
  ],

  ["no endpoint anywhere", endpoints, {}, ["warning: *go to AWS* -> eval *env*"]],
  ["both endpoints", endpoints, { env: AIMED }, [`ok: AWS_ENDPOINT_URL_MEDICAL_IMAGING sends * to ${HERE}`]],
  [
    "localhost for 127.0.0.1",
    endpoints,
    { env: { ...AIMED, AWS_ENDPOINT_URL_MEDICAL_IMAGING: "http://localhost:4464/" } },
    ["ok: *"],
  ],
  [
    "another port",
    endpoints,
    { env: { ...AIMED, AWS_ENDPOINT_URL_MEDICAL_IMAGING: "http://127.0.0.1:5000" } },
    [
      `problem: *to http://127.0.0.1:5000, not to ${HERE} -> export AWS_ENDPOINT_URL_MEDICAL_IMAGING=${HERE}*`,
    ],
  ],
  [
    "no endpoint of S3",
    endpoints,
    { env: { AWS_ENDPOINT_URL_MEDICAL_IMAGING: HERE } },
    ["ok: *", `warning: clients of S3 go to AWS* -> export AWS_ENDPOINT_URL_S3=${HERE}*`],
  ],
  [
    "AWS_ENDPOINT_URL",
    endpoints,
    { env: { AWS_ENDPOINT_URL: HERE } },
    [
      "ok: AWS_ENDPOINT_URL sends*",
      "warning: *every service*ServiceNotEmulated* -> *unset AWS_ENDPOINT_URL*",
    ],
  ],
  [
    "endpoints that are ignored",
    endpoints,
    { env: { ...AIMED, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true" } },
    ["problem: *ignore every endpoint variable* -> unset*", "ok: *"],
  ],
  [
    "a misspelt variable",
    endpoints,
    { env: { ...AIMED, AWS_ENDPOINT_URL_MEDICALIMAGING: HERE, AWS_ENDPOINT_URL_DYNAMODB: HERE } },
    ["problem: AWS_ENDPOINT_URL_MEDICALIMAGING is a variable that no SDK reads -> *MEDICAL_IMAGING", "ok: *"],
  ],
  [
    "endpoints of the configuration file",
    endpoints,
    {
      files: {
        [CONFIG]: `[default]\nservices = local\n[services local]\nmedical_imaging =\n  endpoint_url = ${HERE}\ns3 =\n  endpoint_url = ${HERE}\n`,
      },
    },
    [`ok: medical_imaging of [[]services local[]] in ${CONFIG} sends*`],
  ],

  ["no configuration file", servicesKey, {}, ["ok: *has no services*"]],
  [
    "services without their section",
    servicesKey,
    { files: { [CONFIG]: "[default]\nservices = local\n" } },
    ["problem: *has no [[]services local[]] -> add*medical_imaging*"],
  ],
  [
    "a wrong key",
    servicesKey,
    { files: { [CONFIG]: "[default]\nservices=a\n[services a]\nmedical-imaging =\n  endpoint_url = x" } },
    ["problem: *the key medical-imaging, which no SDK reads -> its name is medical_imaging"],
  ],
  [
    "a key without an endpoint",
    servicesKey,
    { files: { [CONFIG]: "[default]\nservices=a\n[services a]\nmedical_imaging =\nendpoint_url = x" } },
    ["problem: *has no endpoint_url -> *indented*"],
  ],
  [
    "a profile that is not there",
    servicesKey,
    { env: { AWS_PROFILE: "dev" }, files: { [CONFIG]: "[default]\n" } },
    ["problem: *has no [[]profile dev[]] -> unset AWS_PROFILE*"],
  ],
  [
    "the right key of a profile",
    servicesKey,
    {
      env: { AWS_PROFILE: "dev", AWS_CONFIG_FILE: "/c" },
      files: {
        "/c": "# mine\n[profile dev]\nservices = a\n[services a]\nmedical_imaging =\n  endpoint_url = x\n",
      },
    },
    ["ok: medical_imaging of [[]services a[]] in /c has an endpoint_url"],
  ],

  ["no credentials where code may have them", credentials, {}, ["warning: *find no access key* -> export*"]],
  ["no credentials", credentials, { env: AIMED }, ["problem: *find no access key* -> export*"]],
  [
    "half of the credentials",
    credentials,
    { env: { AWS_ACCESS_KEY_ID: "a" } },
    ["problem: AWS_SECRET_ACCESS_KEY is not*"],
  ],
  [
    "an account as access key",
    credentials,
    { env: { AWS_ACCESS_KEY_ID: "111122223333", AWS_SECRET_ACCESS_KEY: "a" } },
    ["ok: the access key 111122223333 is an account of its own"],
  ],
  [
    "a real access key",
    credentials,
    { env: { AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE", AWS_SECRET_ACCESS_KEY: "a" } },
    ["warning: *(AKIA...)*real data -> export*"],
  ],
  [
    "a profile with credentials",
    credentials,
    { env: AIMED, files: { "/home/a/.aws/credentials": "[default]\naws_access_key_id = a\n" } },
    ["ok: the profile default has credentials*"],
  ],

  ["no region", region, { env: AIMED }, ["problem: *no region* -> export AWS_REGION=us-east-1*"]],
  [
    "the JavaScript SDK's region alone",
    region,
    { env: { AWS_REGION: "eu-west-1" } },
    ["warning: *boto3* -> export AWS_DEFAULT_REGION=eu-west-1"],
  ],
  [
    "boto3's region alone",
    region,
    { env: { AWS_DEFAULT_REGION: "eu-west-1" } },
    ["warning: *JavaScript* -> export AWS_REGION=eu-west-1"],
  ],
  [
    "two regions",
    region,
    { env: { AWS_REGION: "eu-west-1", AWS_DEFAULT_REGION: "us-east-1" } },
    ["warning: *not seen in the other*"],
  ],
  [
    "a region in the file",
    region,
    { files: { [CONFIG]: "[default]\nregion = eu-west-1" } },
    ["ok: the region is eu-west-1*"],
  ],

  [
    "a prefix that Node.js does not find",
    nodePrefix,
    {},
    ["warning: *ENOTFOUND -> *disableHostPrefix: true*env*"],
  ],
  ["the same, where clients rely on it", nodePrefix, { env: AIMED }, ["problem: *ENOTFOUND -> *"]],
  [
    "a prefix that Node.js finds",
    nodePrefix,
    { env: AIMED, names: { "runtime-127.0.0.1": "127.0.0.1" } },
    ["ok: this Node.js finds runtime-127.0.0.1 at 127.0.0.1"],
  ],
  [
    "an IPv6 address",
    nodePrefix,
    { endpoint: "http://[::1]:4464" },
    ["problem: *runtime-[[]::1[]]* -> *localhost*"],
  ],

  ["no Python", pythonPrefix, {}, ["ok: no working Python was found"]],
  ["no boto3", pythonPrefix, { programs: python({}) }, ["ok: Python has no boto3"]],
  [
    "a boto3 that is too old",
    pythonPrefix,
    { programs: python({ ...BOTO, isTooOld: "yes" }) },
    ["problem: *does not know HealthImaging -> pip*"],
  ],
  ["a boto3 that fails", pythonPrefix, { programs: python(BOTO) }, ["problem: *cannot make a request -> *"]],
  [
    "a boto3 with the prefix",
    pythonPrefix,
    { env: AIMED, programs: python({ ...BOTO, host: "runtime-127.0.0.1" }) },
    [
      "problem: boto3 1.43.0 on Python 3.11.7 asks for runtime-127.0.0.1, which* -> export AWS_DISABLE_HOST_PREFIX_INJECTION=true, or*",
    ],
  ],
  [
    "a boto3 that does not know the switch",
    pythonPrefix,
    { env: { AWS_DISABLE_HOST_PREFIX_INJECTION: "true" }, programs: python({ ...BOTO, host: "runtime-a" }) },
    ["warning: * -> pip install --upgrade boto3*"],
  ],
  [
    "a boto3 without the prefix",
    pythonPrefix,
    { programs: python({ ...BOTO, host: "127.0.0.1", address: "127.0.0.1" }) },
    ["ok: boto3 1.43.0 on Python 3.11.7 asks for 127.0.0.1, and finds it at 127.0.0.1"],
  ],

  ["no AWS CLI", cliPrefix, {}, ["ok: the AWS CLI was not found"]],
  [
    "an AWS CLI with the prefix",
    cliPrefix,
    { env: AIMED, programs: cli("runtime-127.0.0.1") },
    ["problem: aws-cli/1.45.11 asks for runtime-127.0.0.1, which* -> export AWS_DISABLE*=true"],
  ],
  [
    "an AWS CLI with a prefix that is found",
    cliPrefix,
    { programs: cli("runtime-127.0.0.1"), names: { "runtime-127.0.0.1": "127.0.0.1" } },
    ["ok: *and the system finds it at 127.0.0.1"],
  ],
  [
    "an AWS CLI without the prefix",
    cliPrefix,
    { programs: cli("127.0.0.1") },
    ["ok: aws-cli/1.45.11 asks for 127.0.0.1, without the prefix"],
  ],
  [
    "an AWS CLI that is too old",
    cliPrefix,
    {
      programs: {
        aws: [
          { stdout: "aws-cli/1.18.0 x" },
          { code: 252, stderr: "argument command: Invalid choice, valid" },
        ],
      },
    },
    ["problem: aws-cli/1.18.0 does not know HealthImaging -> *"],
  ],
  [
    "an AWS CLI that fails",
    cliPrefix,
    { programs: { aws: [{ stdout: "aws-cli/2.0.0 x" }, { code: 1, stderr: "Traceback\nImportError: x" }] } },
    ["problem: aws-cli/2.0.0 cannot make a request: ImportError: x -> *"],
  ],
  [
    "an AWS CLI that cannot read its configuration file",
    cliPrefix,
    {
      programs: {
        aws: [
          { code: 255, stderr: "Traceback\nParse: x" },
          { code: 255, stderr: "Parse: x" },
        ],
      },
    },
    ["problem: the AWS CLI cannot make a request: Parse: x -> *"],
  ],

  ["no proxy", proxy, {}, ["ok: no proxy is set"]],
  [
    "a proxy",
    proxy,
    { env: { HTTP_PROXY: "http://p:1", NO_PROXY: "a.example" } },
    ["problem: HTTP_PROXY is set* -> export NO_PROXY=a.example,127.0.0.1,runtime-127.0.0.1 no_proxy=*"],
  ],
  ["a proxy in small letters", proxy, { env: { http_proxy: "http://p:1" } }, ["problem: http_proxy*"]],
  [
    "a proxy with an exception",
    proxy,
    { env: { HTTP_PROXY: "http://p:1", no_proxy: "a, 127.0.0.1" } },
    ["ok: *"],
  ],
  [
    "a proxy with an exception of a domain",
    proxy,
    { endpoint: "http://a.b.example:1", env: { HTTP_PROXY: "http://p:1", no_proxy: ".b.example" } },
    ["ok: *"],
  ],
  ["a proxy for https", proxy, { env: { HTTPS_PROXY: "http://p:1" } }, ["ok: no proxy is set"]],
  ["the emulator as proxy", proxy, { env: { HTTP_PROXY: HERE } }, ["ok: HTTP_PROXY is the emulator itself"]],

  ["no Docker", docker, {}, ["ok: Docker was not found*"]],
  [
    "a Docker that does not answer",
    docker,
    { programs: { docker: [{ code: 1, stderr: "a\nCannot connect to the Docker daemon" }] } },
    ["warning: Docker's engine does not answer: Cannot connect* -> *DOCKER_HOST*"],
  ],
  [
    "a Docker without Ryuk",
    docker,
    { programs: { docker: [{ stdout: "28.0\n" }, {}] } },
    ["ok: Docker 28.0 answers", "warning: testcontainers/ryuk* -> export TESTCONTAINERS_RYUK_DISABLED=true*"],
  ],
  [
    "a Docker with Ryuk",
    docker,
    { programs: { docker: [{ stdout: "28.0\n" }, { stdout: "testcontainers/ryuk:0.12.0\n" }] } },
    ["ok: *", "ok: testcontainers/ryuk:0.12.0 is on this machine*"],
  ],
  [
    "a Docker whose Ryuk is off",
    docker,
    { env: { TESTCONTAINERS_RYUK_DISABLED: "true" }, programs: { docker: [{ stdout: "28.0\n" }] } },
    ["ok: *", "ok: Ryuk is off*"],
  ],
];

/** A star stands for any characters, `[[]` and `[]]` for brackets. */
const patternOf = (glob: string): RegExp =>
  new RegExp(
    `^${glob
      .replaceAll("[[]", "[")
      .replaceAll("[]]", "]")
      .replaceAll(/[.?^$(){}|[\]\\+]/g, String.raw`\$&`)
      .replaceAll("*", ".*")}$`,
  );

describe("the doctor", () => {
  test.each(CASES)("finds %s", async (_, check, fake, findings) => {
    const found = await tryOn(check, fake);
    expect(found).toEqual(findings.map((glob) => expect.stringMatching(patternOf(glob))));
  });

  test("has a case for each of its checks that asks no emulator", () => {
    const tried = new Set(CASES.map(([, check]) => check.name));
    const asking = ["throttling", "clock", "cors"];
    expect(CHECKS.map(({ name }) => name).filter((name) => !tried.has(name))).toEqual(asking);
  });

  test("names each check once, and says what it tries", () => {
    expect(new Set(CHECKS.map(({ name }) => name)).size).toBe(CHECKS.length);
    for (const { summary } of CHECKS) expect(summary).toMatch(/^[a-z].*[a-z]$/i);
  });

  test("has a page with a row for each check, in the same words", async () => {
    const page = await readFile(resolve(import.meta.dirname, "../../../../docs/guide/doctor.md"), "utf8");
    const rows = [...page.matchAll(/^\| (?!check|---)(.+?) \| (.+) \|$/gm)].map(([, name, summary]) => [
      name,
      summary,
    ]);
    expect(rows).toEqual(CHECKS.map(({ name, summary }) => [name, summary]));
  });
});
