import { execFile, spawnSync } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { describeEnvironment } from "../../../src/app/cli/environment.ts";
import type { EnvSettings } from "../../../src/app/cli/settings/client-settings.ts";
import { openServer } from "../../clients.ts";
import { ENTRY } from "../../entry.ts";

const SETTINGS: EnvSettings = {
  command: "env",
  endpoint: "http://127.0.0.1:4464",
  accessKeyId: "111122223333",
  region: "eu-west-1",
  shell: "sh",
  nodeOptions: "",
  commonEndpoint: undefined,
  tlsFolder: undefined,
};
const isCliThere = spawnSync("aws", ["--version"]).status === 0;
if (!isCliThere) process.stderr.write("SKIPPED: the AWS CLI; install awscli\n");

/** Asks for an operation of image sets, whose host has the prefix, and for a data store. */
const PROGRAM = `
import { MedicalImagingClient, SearchImageSetsCommand, ListDatastoresCommand } from "@aws-sdk/client-medical-imaging";
const client = new MedicalImagingClient({});
const search = client.send(new SearchImageSetsCommand({ datastoreId: "a".repeat(32) }));
console.log(await search.catch(({ name }) => name), (await client.send(new ListDatastoresCommand({}))).datastoreSummaries);
`;

/** Without what this test's own process was started with. */
async function inShell(exports: string, command: string): Promise<string> {
  const env = { PATH: process.env["PATH"], HOME: process.env["HOME"], PROGRAM };
  const { stdout } = await promisify(execFile)("sh", ["-c", `${exports}\n${command}`], { env });
  return stdout;
}

describe("healthimaging-local env", () => {
  test("makes an unchanged Node.js program use the emulator", async () => {
    await using sandbox = await openServer();
    for (const host of ["127.0.0.1", "localhost"]) {
      const endpoint = `http://${host}:${sandbox.emulator.port}`;
      const exports = describeEnvironment({ ...SETTINGS, endpoint });
      const out = await inShell(exports, `"${process.execPath}" --input-type=module --eval "$PROGRAM"`);
      expect(out).toBe("ResourceNotFoundException []\n");
    }
  });

  test("makes its own commands find the emulator", async () => {
    await using sandbox = await openServer();
    const exports = describeEnvironment({ ...SETTINGS, endpoint: sandbox.emulator.url });
    expect(await inShell(exports, `"${process.execPath}" "${ENTRY}" health`)).toContain("ok");
  });

  // The AWS CLI is another program, which a machine may not have.
  test.skipIf(!isCliThere)("makes the AWS CLI use the emulator", async () => {
    await using sandbox = await openServer();
    const exports = describeEnvironment({ ...SETTINGS, endpoint: sandbox.emulator.url });
    const id = "a".repeat(32);
    const out = await inShell(
      exports,
      `aws medical-imaging search-image-sets --datastore-id ${id} 2>&1; aws medical-imaging list-datastores`,
    );
    expect(out).toContain("ResourceNotFoundException");
    expect(out).toContain('"datastoreSummaries": []');
  });

  test("quotes values that a shell would interpret", async () => {
    const exports = describeEnvironment({ ...SETTINGS, nodeOptions: "--title='$(exit 1)'" });
    expect(await inShell(exports, 'printf %s "$NODE_OPTIONS"')).toContain("--title='$(exit 1)' --import=");
  });
});
