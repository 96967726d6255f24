import { spawnSync } from "node:child_process";
import { createServer } from "node:http";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DoctorReport } from "../../../../src/app/cli/doctor/doctor.ts";
import { startEmulator, type EmulatorOptions } from "../../../../src/index.ts";
import { runHere, type Ended } from "../command-line.ts";

const isCliThere = spawnSync("aws", ["--version"]).status === 0;
const isBotoThere = spawnSync("python3", ["-c", "import boto3"]).status === 0;
if (!isCliThere || !isBotoThere)
  process.stderr.write("SKIPPED: the doctor with boto3 and the AWS CLI; install python3-boto3 and awscli\n");

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "healthimaging-local-doctor-"));
});
afterAll(() => rm(home, { recursive: true }));

/** No other program is found, so a test takes no longer than its requests. */
const doctor = (args: readonly string[], env: Record<string, string | undefined> = {}): Promise<Ended> =>
  runHere(["doctor", ...args], { HOME: home, PATH: home, ...env });

async function examine(
  options: EmulatorOptions,
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<{ code: number; of: (check: string) => string[] }> {
  const emulator = await startEmulator(options);
  try {
    const { code, stdout } = await doctor(["--endpoint", emulator.url, "--output", "json", ...args], env);
    const { checks } = JSON.parse(stdout) as DoctorReport;
    const of = (name: string): string[] =>
      checks.filter(({ check }) => check === name).map(({ level, found }) => `${level}: ${found}`);
    return { code, of };
  } finally {
    await emulator.close();
  }
}

describe("healthimaging-local doctor", () => {
  test("asks a running emulator, and leaves nothing in its journal", async () => {
    const emulator = await startEmulator({ throttling: "aws" });
    const env = {
      AWS_ENDPOINT_URL_MEDICAL_IMAGING: emulator.url,
      AWS_ENDPOINT_URL_S3: emulator.url,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_REGION: "us-east-1",
      AWS_DEFAULT_REGION: "us-east-1",
    };
    const { code, stdout, stderr } = await doctor(["--endpoint", emulator.url], env);
    expect(stderr).toBe("");
    expect(stdout).toMatch(/^ok +emulator +healthimaging-local [\d.]+ answers at http:/m);
    expect(stdout).toMatch(
      /^ok +throttling +AWS's published limits apply.*\n +-> for tests: .*--throttling off/m,
    );
    expect(stdout).toMatch(/^ok +clock +the emulator's clock is this machine's$/m);
    expect(stdout).toMatch(/^ok +cors +pages of http:\/\/localhost:3000 may read answers$/m);
    // The prefix is found by no resolver of this process, and everything else is right.
    expect(stdout).toMatch(/^problem +prefix: node .*\n +-> .*disableHostPrefix/m);
    expect(stdout).toMatch(/\n\n1 problem, 0 warnings\n$/);
    expect(code).toBe(1);
    const { requests } = await emulator.control.requests.list();
    await emulator.close();
    expect(requests).toEqual([]);
  });

  test("finds a page that may not read, a region that is not served, a clock that stands and calls that are denied", async () => {
    const options = { regions: "guide", deny: ["medical-imaging:DeleteImageSet"] } as const;
    const { code, of } = await examine(options, ["--origin", "https://viewer.example"], {
      AWS_REGION: "eu-west-2",
      AWS_DEFAULT_REGION: "eu-west-2",
    });
    expect(code).toBe(1);
    expect(of("cors")).toEqual(["problem: pages of https://viewer.example may not read answers"]);
    expect(of("region").at(-1)).toMatch(/^problem: the emulator does not serve eu-west-2/);
    expect(of("throttling")).toEqual(["warning: calls are denied: medical-imaging:DeleteImageSet"]);
  });

  test("finds a page of --cors, a region that is served, and limits of one's own", async () => {
    const options = { cors: ["https://viewer.example"], throttling: 10 };
    const { code, of } = await examine(options, ["--origin", "https://viewer.example"], {
      AWS_REGION: "eu-west-2",
    });
    expect(code).toBe(0);
    expect(of("cors")).toEqual(["ok: pages of https://viewer.example may read answers"]);
    expect(of("region")).toHaveLength(1);
    expect(of("throttling")).toEqual([expect.stringMatching(/^ok: limits other than AWS's/)]);
  });

  test.each([
    [
      "is frozen",
      true,
      /^warning +clock +the emulator's clock is frozen at 2100.*\n +-> healthimaging-local clock resume/m,
    ],
    ["was moved", false, /^warning +clock +the emulator's clock is \d+ seconds ahead of/m],
  ] as const)("finds a clock that %s", async (_, isFrozen, line) => {
    const emulator = await startEmulator();
    await emulator.control.clock.set("2100-01-15T02:00:00Z");
    if (isFrozen) await emulator.control.clock.freeze();
    const { stdout } = await doctor(["--endpoint", emulator.url]);
    await emulator.close();
    expect(stdout).toMatch(line);
  });

  test("tells nothing at a port from another program there", async () => {
    const server = createServer((_, response) => response.writeHead(200, { server: "other" }).end("hello"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" ? address?.port : undefined;
    const there = await doctor(["--endpoint", `127.0.0.1:${port}`]);
    await new Promise((resolve) => server.close(resolve));
    const gone = await doctor(["--endpoint", `127.0.0.1:${port}`]);
    expect(there.stdout).toMatch(
      /^problem +emulator +another program answers at .*: HTTP 200 of other\n +->/m,
    );
    expect(gone.stdout).toMatch(/^warning +emulator +no emulator answers at/m);
    expect([there.code, gone.code]).toEqual([1, 0]);
  });

  test("asks an emulator with HTTPS by the CA on this machine, and says which variables name it", async () => {
    const folder = join(home, "tls");
    const emulator = await startEmulator({ tls: { folder } });
    const own = { HEALTHIMAGING_LOCAL_TLS_FOLDER: folder };
    const { ca, url, port } = emulator;
    const bare = await doctor(["--endpoint", url], own);
    const set = await doctor(["--endpoint", url, "--origin", "https://a.example"], {
      ...own,
      ...ca?.variables,
    });
    const elsewhere = await doctor(["--endpoint", url]);
    const plain = await doctor(["--endpoint", `http://127.0.0.1:${port}`]);
    await emulator.close();
    expect(bare.stdout).toMatch(/^ok +emulator +healthimaging-local [\d.]+ answers at https:/m);
    expect(bare.stdout).toMatch(/^warning +https +NODE_EXTRA_CA_CERTS does not name .*\n +-> eval .*env/m);
    expect(bare.stdout).toMatch(/^ok +clock +the emulator's clock is this machine's$/m);
    expect(bare.stdout).toMatch(/^ok +throttling +no call is throttled/m);
    expect(bare.stdout).toMatch(/^ok +cors +pages of http:\/\/localhost:3000 may read answers$/m);
    expect(set.stdout).toMatch(/^ok +https +NODE_EXTRA_CA_CERTS, .*SSL_CERT_FILE name the CA in /m);
    expect(set.stdout).toMatch(/^problem +cors +pages of https:\/\/a\.example may not read answers$/m);
    expect(elsewhere.stdout).toMatch(/^problem +emulator +the certificate of https:.* is not trusted/m);
    expect(plain.stdout).toMatch(/^problem +emulator +the emulator at http:.* speaks HTTPS\n +-> .*https/m);
  });

  test("finds an emulator without HTTPS where HTTPS was asked for", async () => {
    const emulator = await startEmulator();
    const { stdout } = await doctor(["--endpoint", `https://127.0.0.1:${emulator.port}`]);
    await emulator.close();
    expect(stdout).toMatch(/^problem +emulator +https:.* does not speak HTTPS\n +-> .*http:/m);
  });

  test("finds a host that the emulator does not serve", async () => {
    const emulator = await startEmulator({ host: "127.0.0.1" });
    const { code, stdout } = await doctor(["--endpoint", `http://vm.example.invalid:${emulator.port}`]);
    await emulator.close();
    expect([code, stdout]).toEqual([
      1,
      expect.stringMatching(/^problem +emulator +the host of .* is not found$/m),
    ]);
  });

  // Both are other programs, which a machine may not have.
  test.skipIf(!isBotoThere || !isCliThere)(
    "tries the real boto3 and AWS CLI, which the variables of env make right",
    async () => {
      const PATH = process.env["PATH"];
      const emulator = await startEmulator();
      const args = ["--endpoint", emulator.url, "--output", "json"];
      const prefixesOf = ({ stdout }: Ended): string[] =>
        (JSON.parse(stdout) as DoctorReport).checks
          .filter(({ check }) => /^prefix: (?:python|aws)$/.test(check))
          .map(({ level, found }) => `${level}: ${found}`);
      const bare = prefixesOf(await doctor(args, { PATH }));
      const set = prefixesOf(await doctor(args, { PATH, AWS_DISABLE_HOST_PREFIX_INJECTION: "true" }));
      const { requests } = await emulator.control.requests.list();
      await emulator.close();
      expect(bare).toEqual([
        expect.stringMatching(
          /^warning: boto3 .* asks for runtime-127\.0\.0\.1, which Python does not find$/,
        ),
        expect.stringMatching(
          /^warning: aws-cli\/.* asks for runtime-127\.0\.0\.1, which the system does not find$/,
        ),
      ]);
      expect(set).toEqual([
        expect.stringMatching(/^ok: boto3 .* asks for 127\.0\.0\.1, and finds it at 127\.0\.0\.1$/),
        expect.stringMatching(/^ok: aws-cli\/.* asks for 127\.0\.0\.1, without the prefix$/),
      ]);
      expect(requests).toEqual([]);
    },
  );

  test.each([
    [["--output", "yaml"], "--output expects one of text, json, got 'yaml'"],
    [["--origin", "viewer"], "--origin expects origins such as https://viewer.example"],
    [["now"], "Unexpected argument 'now'"],
  ])("refuses %j", async (args, message) => {
    const { code, stderr } = await doctor(args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});
