import { expect, test } from "vitest";
import { unprefixedHost } from "../../../src/local/sdk/prefixed-host.ts";

test.each([
  ["runtime-localhost", "localhost"],
  ["dicom-127.0.0.1", "127.0.0.1"],
  ["RUNTIME-LOCALHOST", "LOCALHOST"],
  ["runtime-emulator", "emulator"],
  ["dicom-emulator", "emulator"],
  ["localhost", "localhost"],
  ["runtime-", "runtime-"],
  ["runtime-other", "runtime-other"],
  ["runtime-medical-imaging.us-east-1.amazonaws.com", "runtime-medical-imaging.us-east-1.amazonaws.com"],
])("%s is looked up as %s", (hostname, host) => {
  expect(unprefixedHost(hostname, ["", "no URL", "http://Emulator:4464"])).toBe(host);
});
