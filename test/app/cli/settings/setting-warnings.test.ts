import { describe, expect, test } from "vitest";
import { SERVE } from "../../../../src/app/cli/commands/own-commands.ts";
import type { Environment } from "../../../../src/app/cli/settings/flags.ts";
import { readSettings } from "../../../../src/app/cli/settings/settings.ts";

function warningsOf(env: Environment, ...args: string[]): unknown {
  const settings = readSettings(args, env, "/");
  return settings.command === "serve" ? settings.warnings : undefined;
}

describe("a variable that looks like a setting and is none is a warning", () => {
  test.each([
    ["HEALTHIMAGING_LOCAL_PROT", "did you mean HEALTHIMAGING_LOCAL_PORT?"],
    ["HEALTHIMAGING_LOCAL_SERVICE_RELESE", "did you mean HEALTHIMAGING_LOCAL_SERVICE_RELEASE?"],
    ["HEALTHIMAGING_LOCAL_S3_ACESS_KEY_ID", "did you mean HEALTHIMAGING_LOCAL_S3_ACCESS_KEY_ID?"],
    ["HEALTHIMAGING_LOCAL_ENDPONT", "did you mean HEALTHIMAGING_LOCAL_ENDPOINT?"],
    ["healthimaging_local_port", "did you mean HEALTHIMAGING_LOCAL_PORT?"],
    ["HEALTHIMAGING_LOCAL_XYZZY", "healthimaging-local help serve lists the flags, and each is a variable"],
  ])("%s", (name, hint) => {
    expect(warningsOf({ [name]: "1" })).toEqual([`${name} is not a setting and is ignored: ${hint}`]);
  });

  test("but not if it is empty, which is as if it were not there", () => {
    expect(warningsOf({ HEALTHIMAGING_LOCAL_PROT: "" })).toEqual([]);
  });
});

test("a variable of a flag, of the S3 of imports, of the tests or of Kubernetes is no warning", () => {
  const ofFlags = SERVE.flags.map(
    ({ flag }) => `HEALTHIMAGING_LOCAL_${flag.toUpperCase().replaceAll("-", "_")}`,
  );
  const others = ["ENDPOINT", "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY", "S3_SESSION_TOKEN", "S3_REGION"];
  const ofOthers = ["COMMAND", "TEST_CORPUS", "SERVICE_HOST", "SERVICE_PORT", "PORT_4464_TCP_ADDR"];
  // Empty: the value of a setting is not what this is about. The others may hold anything.
  const env = {
    ...Object.fromEntries(ofFlags.map((name) => [name, ""])),
    ...Object.fromEntries([...others, ...ofOthers].map((name) => [`HEALTHIMAGING_LOCAL_${name}`, "1"])),
    HEALTHIMAGING_LOCAL_PORT: "4471",
    HEALTHIMAGING_LOCAL_ACCOUNT: "111122223333",
    HEALTHIMAGING_LOCAL_TLS: "0",
  };
  expect(warningsOf(env)).toEqual([]);
});

test("on Windows, where a variable is found by its name in any case, that name is no warning", () => {
  const env = { HEALTHIMAGING_LOCAL_Port: "4471", HEALTHIMAGING_LOCAL_PORT: "4471" };
  expect(warningsOf(env)).toEqual([]);
});

describe("a region that is almost one of AWS", () => {
  test.each([
    ["us-est-1", "did you mean us-east-1?"],
    ["eu-west1", "did you mean eu-west-1?"],
  ])("is used, with a warning: %s", (region, hint) => {
    const said = [`--region ${region} is used as it is, but AWS has no such region: ${hint}`];
    expect(warningsOf({}, "--region", region)).toEqual(said);
    expect(warningsOf({ HEALTHIMAGING_LOCAL_REGION: region })).toEqual(said);
  });

  test.each(["us-east-1", "eu-central-1", "us-gov-west-1", "eusc-de-east-1", "local"])(
    "and one that was meant is no warning: %s",
    (region) => {
      expect(warningsOf({}, "--region", region)).toEqual([]);
    },
  );
});

test("a port that Kubernetes has set is refused with what to do", () => {
  const env = { HEALTHIMAGING_LOCAL_PORT: "tcp://10.0.0.7:4464" };
  expect(() => readSettings([], env, "/")).toThrow(
    "got 'tcp://10.0.0.7:4464'. Kubernetes sets HEALTHIMAGING_LOCAL_PORT to it for a service named",
  );
});
