import { describe, expect, test } from "vitest";
import { createEmulator, startEmulator } from "../../src/index.ts";

/** As a user of JavaScript, or one whose options are not written in the call. */
const given = (options: object): object => options;

describe("createEmulator and startEmulator refuse", () => {
  test.each([
    [{ throtling: "aws" }, 'createEmulator has no option "throtling". Did you mean "throttling"?'],
    [{ endpoint: "x" }, 'createEmulator has no option "endpoint". There is data, adoptData'],
    [{ port: 0 }, 'createEmulator has no option "port": startEmulator listens on a port'],
    [
      { durations: { jobInProgresMs: 1 } },
      'durations of createEmulator has no option "jobInProgresMs". Did you mean',
    ],
    [
      { defaults: { acount: "1" } },
      'defaults of createEmulator has no option "acount". Did you mean "account"?',
    ],
  ])("%j", async (options, message) => {
    const created = createEmulator(given(options));
    await expect(created).rejects.toThrow(TypeError);
    await expect(created).rejects.toThrow(message);
  });

  test("a misspelt port, and nothing is left listening", async () => {
    await expect(startEmulator(given({ prot: 4464 }))).rejects.toThrow(
      'startEmulator has no option "prot". Did you mean "port"?',
    );
  });
});

test("an option that is undefined is as one that is left out, whatever its name", async () => {
  await using emulator = await createEmulator(given({ throtling: undefined, data: undefined }));
  expect((await emulator.control.health()).status).toBe("ok");
});
