import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { describeEnvironment } from "../../../src/app/cli/environment.ts";
import { readSettings } from "../../../src/app/cli/settings/settings.ts";
import { UsageError } from "../../../src/app/cli/settings/usage-error.ts";
import type { EnvSettings } from "../../../src/app/cli/settings/client-settings.ts";

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
const REGISTER = pathToFileURL(resolve(import.meta.dirname, "../../../src/register.ts")).href;

describe("healthimaging-local env", () => {
  test("keeps the value of NODE_OPTIONS, and adds the preload once", () => {
    const once = describeEnvironment({ ...SETTINGS, nodeOptions: "--no-warnings" });
    expect(once).toContain(`NODE_OPTIONS='--no-warnings --import=${REGISTER}'\n`);
    const twice = describeEnvironment({
      ...SETTINGS,
      nodeOptions: `--no-warnings --import=${REGISTER}`,
    });
    expect(twice).toBe(once);
  });

  test("sends STS to the emulator, unless services without an endpoint of their own are elsewhere", () => {
    const here = "AWS_ENDPOINT_URL_STS='http://127.0.0.1:4464'\n";
    expect(describeEnvironment(SETTINGS)).toContain(here);
    const commonEndpoint = "http://127.0.0.1:4566";
    expect(describeEnvironment({ ...SETTINGS, commonEndpoint })).not.toContain("AWS_ENDPOINT_URL_STS");
    expect(readSettings(["env"], { AWS_ENDPOINT_URL: commonEndpoint }, "/")).toMatchObject({
      commonEndpoint,
    });
  });

  test.each([
    ["fish", "set -gx AWS_REGION 'eu-west-1'\n"],
    ["powershell", "$env:AWS_REGION = 'eu-west-1'\n"],
    ["cmd", 'set "AWS_REGION=eu-west-1"\n'],
    ["dotenv", 'AWS_REGION="eu-west-1"\n'],
  ] as const)("speaks %s", (shell, line) => {
    expect(describeEnvironment({ ...SETTINGS, shell })).toContain(line);
  });

  test("reads its flags, and lists the supported shells", () => {
    const environment = { HEALTHIMAGING_LOCAL_PORT: "5000" };
    expect(readSettings(["env", "--account", "111122223333"], environment, "/")).toMatchObject({
      endpoint: "http://127.0.0.1:5000",
      accessKeyId: "111122223333",
      shell: "sh",
    });
    expect(() => readSettings(["env", "--shell", "tcsh"], {}, "/")).toThrow(UsageError);
    expect(() => readSettings(["env", "--account", "me"], {}, "/")).toThrow("--account expects 12 digits");
  });
});
