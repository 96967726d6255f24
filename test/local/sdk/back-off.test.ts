import { afterEach, expect, test } from "vitest";
import { withBackOff } from "../../../src/local/sdk/back-off.ts";
import { LocalApi } from "../../../src/local/sdk/local-api.ts";
import { startEmulator, type EmulatorServer } from "../../../src/index.ts";
import { ManualClock } from "../../manual-clock.ts";

let emulator: EmulatorServer | undefined;
afterEach(() => emulator?.close());

const failing = (): Promise<never> => Promise.reject(new Error("again"));

test("the waits between attempts grow, and end after a minute with the last error", async () => {
  const waits: number[] = [];
  const pause = async (milliseconds: number): Promise<void> => void waits.push(milliseconds);
  await expect(withBackOff(failing, () => true, pause)).rejects.toThrow("again");
  expect(waits.slice(0, 7)).toEqual([100, 200, 400, 800, 1600, 2000, 2000]);
  const waited = waits.reduce((sum, wait) => sum + wait, 0);
  expect(waited).toBeGreaterThanOrEqual(60_000);
  expect(waited).toBeLessThan(62_000);
});

test("a permanent error is not retried", async () => {
  let asked = 0;
  const ask = (): Promise<never> => {
    asked++;
    return failing();
  };
  await expect(withBackOff(ask, () => false)).rejects.toThrow("again");
  expect(asked).toBe(1);
});

test("a throttled call of the command line is retried until it succeeds; a denied one prints how to allow it", async () => {
  const clock = new ManualClock();
  emulator = await startEmulator({ clock, throttling: "aws", deny: ["medical-imaging:ListDatastores"] });
  let waitedMs = 0;
  const pause = async (milliseconds: number): Promise<void> => {
    waitedMs += milliseconds;
    clock.advance(milliseconds);
  };
  const api = new LocalApi({ endpoint: emulator.url, accessKeyId: "test", region: "us-east-1", pause });
  for (const clientToken of ["a", "b"]) await api.json("POST", "/datastore", { clientToken });
  expect(waitedMs).toBeGreaterThan(11_764);
  await expect(api.json("GET", "/datastore")).rejects.toThrow(/^AccessDeniedException: User: .*--deny/);
  api.close();
});
