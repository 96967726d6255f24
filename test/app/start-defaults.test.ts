import { expect, test } from "vitest";
import { createEmulator, startEmulator } from "../../src/index.ts";
import { readSettings } from "../../src/app/cli/settings/settings.ts";
import { START_DEFAULTS } from "../../src/local/sdk/start-defaults.ts";
import { HealthImagingContainer } from "../../src/testcontainers.ts";
import { read } from "../docs/pages.ts";

test("the command line starts a server with the defaults of the table", () => {
  expect(readSettings([], {}, "/")).toMatchObject({ ...START_DEFAULTS.server, data: undefined });
});

test("an emulator in a process has the defaults of the table", async () => {
  await using emulator = await createEmulator();
  const { throttling } = await emulator.control.limits.get();
  expect(throttling).toBe(START_DEFAULTS.inProcess.throttling);
});

test("an emulator that a test starts on a port has the defaults of the table", async () => {
  await using emulator = await startEmulator();
  expect((await emulator.control.limits.get()).throttling).toBe(START_DEFAULTS.inProcess.throttling);
  expect([emulator.port === START_DEFAULTS.server.port, new URL(emulator.url).hostname]).toEqual([
    false,
    "127.0.0.1",
  ]);
});

test("the image is the server with another host, and folders in its volume", () => {
  const set = [...read("Dockerfile").matchAll(/\bHEALTHIMAGING_LOCAL_(\w+)=(\S+)/g)].map(
    ([, name, value]) => [name, value],
  );
  expect(Object.fromEntries(set)).toEqual({ HOST: "0.0.0.0", DATA: "/data", TLS_FOLDER: "/data/tls" });
});

test("a container of testcontainers has the throttling of the table", () => {
  class Shown extends HealthImagingContainer {
    get throttling(): string | undefined {
      return this.environment["HEALTHIMAGING_LOCAL_THROTTLING"];
    }
  }
  expect(new Shown("healthimaging-local").throttling).toBe(START_DEFAULTS.testcontainers.throttling);
});
