import { expect, test } from "vitest";
import { scaled } from "../../setup/timeouts.ts";
import { importFrames, openFaulty, readFrame } from "./faulty.ts";

const EFFECTS = [
  "{ throttle: {} }",
  "{ error: { type: InternalServerException } }",
  "{ unavailable: { body: xml } }",
  "{ latency: { uniform: { min: 1ms, max: 20ms } } }",
  "{ slow: { bytesPerSecond: 2000000 } }",
  "{ hang: { for: 20ms } }",
  "{ reset: {} }",
  "{ reset: { fraction: 0.3 } }",
  "{ truncate: {} }",
  "{ truncate: { framing: chunkedClean } }",
  "{ truncate: { framing: reset, bytes: 0 } }",
  "{ corruptFrame: { how: flipBits } }",
  "{ contentType: { set: a/b } }",
];

/** What only a client's patience ends: few, since each takes it up. */
const HANGING = "{ id: hanging, when: { probability: 0.02 }, effects: [{ hang: {} }] }";
const PATIENCE_MS = scaled(2_000);

test("an emulator with many faults at once stays healthy, and closes in time", async () => {
  const faulty = await openFaulty("socket");
  const frames = await importFrames(faulty, 4);
  const wholes = await Promise.all(frames.map((frame) => readFrame(faulty.medicalImaging, frame)));
  const rules = EFFECTS.map(
    (effect, index) => `  - { id: r${index}, when: { probability: 0.08 }, effects: [${effect}] }`,
  );
  await faulty.play(`rules:\n${rules.join("\n")}\n  - ${HANGING}`);
  const outcomes = new Map<string, number>();
  const queue = Array.from({ length: 600 }, (_, index) => frames[index % frames.length]).values();
  const lane = async (): Promise<void> => {
    for (const frame of queue) {
      const path = `/datastore/${frame?.datastoreId}/imageSet/${frame?.imageSetId}/getImageFrame`;
      const body = JSON.stringify(frame?.imageFrameInformation);
      const outcome = await fetch(faulty.url + path, {
        method: "POST",
        body,
        signal: AbortSignal.timeout(PATIENCE_MS),
      })
        .then(
          async (response) => {
            await response.arrayBuffer();
            return String(response.status);
          },
          (error: Error) => error.name,
        )
        .catch((error: Error) => error.name);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: 16 }, lane));
  expect([...outcomes.keys()]).toEqual(
    expect.arrayContaining(["200", "429", "500", "503", "TypeError", "TimeoutError"]),
  );
  await faulty.local("DELETE", "/_local/scenarios");
  expect(await Promise.all(frames.map((frame) => readFrame(faulty.medicalImaging, frame)))).toEqual(wholes);
  await faulty[Symbol.asyncDispose]();
});
