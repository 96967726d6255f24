import { expect, test } from "vitest";
import { isLoopback, unprefixedHost } from "../../../src/local/sdk/prefixed-host.ts";

test.each([
  ["runtime-localhost", "localhost"],
  ["dicom-127.0.0.1", "127.0.0.1"],
  ["RUNTIME-LOCALHOST", "LOCALHOST"],
  ["runtime-emulator", "emulator"],
  ["dicom-emulator", "emulator"],
  ["runtime-imaging.localhost", "localhost"],
  ["runtime-laptop.example", "laptop.example"],
  ["runtime-Laptop", "Laptop"],
  ["runtime-host.docker.internal", "host.docker.internal"],
  ["dicom-host.containers.internal", "host.containers.internal"],
  ["localhost", "localhost"],
  ["imaging.localhost", "imaging.localhost"],
  ["runtime-", "runtime-"],
  ["runtime-other", "runtime-other"],
  ["runtime-other.example", "runtime-other.example"],
  ["runtime-evil.docker.internal", "runtime-evil.docker.internal"],
  ["runtime-medical-imaging.us-east-1.amazonaws.com", "runtime-medical-imaging.us-east-1.amazonaws.com"],
])("%s is looked up as %s", (hostname, host) => {
  const endpoints = ["", "no URL", "http://Emulator:4464"];
  expect(unprefixedHost(hostname, endpoints, "Laptop.example")).toBe(host);
});

test("a name of a machine is also that of its network", () => {
  expect(unprefixedHost("runtime-laptop.local", [], "laptop")).toBe("laptop.local");
});

test.each([
  ["127.0.0.1", true],
  ["::1", true],
  [[{ address: "127.0.0.1" }, { address: "::1" }], true],
  [{ address: "127.1.2.3", family: 4 }, true],
  ["10.0.0.1", false],
  [[{ address: "127.0.0.1" }, { address: "10.0.0.1" }], false],
  [[], false],
  [undefined, false],
])("that %j is loopback is %s", (found, is) => {
  expect(isLoopback(found)).toBe(is);
});
