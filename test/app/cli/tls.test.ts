import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readSettings } from "../../../src/app/cli/settings/settings.ts";
import { startEmulator, type EmulatorServer } from "../../../src/index.ts";
import { createSampleSeries } from "../../../src/local/sdk/import/sample-series.ts";
import { runHere } from "./command-line.ts";

let folder: string;
let emulator: EmulatorServer;
let env: Record<string, string>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
  emulator = await startEmulator({ tls: { folder: join(folder, "tls") } });
  env = { HEALTHIMAGING_LOCAL_TLS_FOLDER: join(folder, "tls") };
});
afterAll(async () => {
  await emulator.close();
  await rm(folder, { recursive: true });
});

describe("on the command line,", () => {
  test("--tls and its variable ask for HTTPS, with more names and another folder", () => {
    expect(readSettings([], {}, "/")).toMatchObject({ tls: undefined });
    expect(readSettings(["--tls"], {}, "/")).toMatchObject({ tls: { hosts: [], folder: undefined } });
    const args = ["--tls", "--tls-host", "imaging.example, 192.168.1.5,::2", "--tls-folder", "ca"];
    expect(readSettings(args, {}, "/work")).toMatchObject({
      tls: { hosts: ["imaging.example", "192.168.1.5", "::2"], folder: resolve("/work/ca") },
    });
    const variables = { HEALTHIMAGING_LOCAL_TLS: "1", HEALTHIMAGING_LOCAL_TLS_FOLDER: "/ca" };
    expect(readSettings([], variables, "/")).toMatchObject({ tls: { hosts: [], folder: resolve("/ca") } });
  });

  test.each([
    [["--tls-host", "imaging.example"], "--tls-host needs --tls"],
    [["--tls", "--tls-host", "imaging.example:4464"], "--tls-host expects host names"],
    [["--tls", "--tls-host", "*.imaging.example"], "--tls-host expects host names"],
    [["hosts", "--region", "us east"], "--region expects a region"],
    [["hosts", "--bucket", "a b"], "--bucket expects names"],
    [["hosts", "--address", "localhost"], "--address expects an address"],
  ])("%j is refused", (args, message) => {
    expect(() => readSettings(args, {}, "/")).toThrow(message);
  });

  test("with HEALTHIMAGING_LOCAL_TLS commands look for an emulator with HTTPS", () => {
    const variables = { HEALTHIMAGING_LOCAL_TLS: "true", HEALTHIMAGING_LOCAL_PORT: "4471" };
    expect(readSettings(["env"], variables, "/")).toMatchObject({ endpoint: "https://127.0.0.1:4471" });
    const args = ["env", "--endpoint", "localhost:4472"];
    expect(readSettings(args, variables, "/")).toMatchObject({ endpoint: "https://localhost:4472" });
  });

  test("commands find the CA of their user, and import over HTTPS", async () => {
    const at = ["--endpoint", `https://localhost:${emulator.port}`];
    expect(await runHere(["health", ...at], env)).toMatchObject({ code: 0, stderr: "" });
    await mkdir(join(folder, "my-dicom"));
    for (const { name, bytes } of createSampleSeries(1))
      await writeFile(join(folder, "my-dicom", name), bytes);
    const imported = await runHere(["import", "my-dicom", "--datastore", "demo", ...at], env, folder);
    expect(imported).toMatchObject({ code: 0, stdout: expect.stringContaining("image sets  1") });
  });

  test("a command says what is wrong where the CA, or the scheme, is another", async () => {
    const health = (endpoint: string, variables: Record<string, string>) =>
      runHere(["health", "--endpoint", endpoint], variables);
    const other = await health(emulator.url, { HEALTHIMAGING_LOCAL_TLS_FOLDER: join(folder, "none") });
    expect(other).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/is not trusted \(\w+\): the CA of an emulator/),
    });
    const plain = await health(emulator.url.replace("https", "http"), env);
    expect(plain).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("begin the endpoint with https://"),
    });
    await using unencrypted = await startEmulator();
    const secure = await health(unencrypted.url.replace("http", "https"), env);
    expect(secure).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("name its address with http://"),
    });
  });

  test("env has the variables of the CA where the endpoint is of HTTPS", async () => {
    const { stdout } = await runHere(["env", "--endpoint", emulator.url, "--shell", "dotenv"], env);
    for (const [name, value] of Object.entries(emulator.ca?.variables ?? {}))
      expect(stdout).toContain(`${name}="${value}"\n`);
    const plain = await runHere(["env"], env);
    expect(plain.stdout).not.toContain("CA_BUNDLE");
    const elsewhere = await runHere(["env", "--endpoint", emulator.url], {
      HEALTHIMAGING_LOCAL_TLS_FOLDER: folder,
    });
    expect(elsewhere.stdout).not.toContain("CA_BUNDLE");
  });

  test("hosts prints a line for each host name of AWS, which says whose it is", async () => {
    const { stdout } = await runHere(["hosts", "--region", "eu-west-1", "--bucket", "dicom-input"]);
    const services = [
      "medical-imaging",
      "runtime-medical-imaging",
      "dicom-medical-imaging",
      "s3",
      "sts",
      "dicom-input.s3",
    ];
    expect(stdout.split("\n").slice(0, -1)).toEqual(
      services.map((service) => `127.0.0.1 ${service}.eu-west-1.amazonaws.com # healthimaging-local`),
    );
    const others = (await runHere(["hosts", "--region", "us-east-1,cn-north-1", "--address", "::1"])).stdout;
    expect(others).toContain("::1 s3.amazonaws.com #");
    expect(others).toContain("::1 runtime-medical-imaging.cn-north-1.amazonaws.com.cn #");
  });
});
