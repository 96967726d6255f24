import { afterAll, beforeAll, expect, test } from "vitest";
import { createServerLog } from "../../../src/app/cli/server-log.ts";
import { model } from "../../../src/api/model/model.ts";
import { createEmulator, type Emulator } from "../../../src/index.ts";
import { bodyOf, sample, toRequest, type Input, type Value } from "./sample-inputs.ts";

const lines: string[] = [];
const log = createServerLog({ level: "debug", format: "json" }, { write: (line) => void lines.push(line) });
let emulator: Emulator;
let denying: Emulator;
beforeAll(async () => {
  emulator = await createEmulator(log);
  // Denied before the call is validated, with a message that names its resource.
  denying = await createEmulator({ ...log, deny: ["medical-imaging:*"] });
});
afterAll(async () => {
  await emulator.close();
  await denying.close();
});

/** Strings that could be a patient's: not allowed by a pattern, allowed by some, truncated, or a UID. */
const TELLING = [
  "DOE^JANE",
  "DoeJane",
  "s3://bucket/DoeJane/",
  "DOE^JANE ".repeat(300),
  "1.2.276.0.7230010.3.1",
];
const TOLD = /DOE|JANE|DoeJane|7230010/;

/** An input with each of its strings in turn and has the file name of another. */
function* inputsWith(text: string, value: Value): Generator<Value> {
  if (typeof value === "string") yield text;
  else if (Array.isArray(value)) for (const inner of inputsWith(text, value[0] ?? "")) yield [inner];
  else if (typeof value === "object")
    for (const [name, item] of Object.entries(value)) {
      for (const inner of inputsWith(text, item)) yield { ...value, [name]: inner };
      if (name === "key") yield { [text]: "value" };
    }
}

test.each([...model.operations.values()])(
  "a refusal of $name is in the log without what it carried",
  async (operation) => {
    const input = sample(operation.input);
    const before = lines.length;
    let sent = 0;
    for (const text of TELLING)
      for (const changed of inputsWith(text, input)) {
        for (const { handle } of [emulator, denying])
          await handle({ ...toRequest(operation, changed as Input), headers: {} });
        sent += 2;
      }
    const told = lines.slice(before);
    expect(told.filter((line) => line.includes(`"operation":"${operation.name}"`))).toHaveLength(sent);
    expect(told.filter((line) => TOLD.test(line))).toEqual([]);
  },
);

test("a refusal of GetDICOMInstance is in the log without the UIDs of its path", async () => {
  const before = lines.length;
  const [id, uid] = ["0".repeat(32), "1.2.276.0.7230010.3.1"];
  for (const datastore of [id, "DoeJane"])
    for (const [study, query] of [
      [uid, ""],
      ["DoeJane", ""],
      [uid, "imageSetId=DoeJane"],
    ]) {
      const path = `/datastore/${datastore}/studies/${study}/series/${uid}/instances/${uid}`;
      await emulator.handle({ method: "GET", path, query: query ?? "", headers: {}, body: bodyOf("") });
    }
  const told = lines.slice(before);
  expect(told.filter((line) => line.includes('"operation":"GetDICOMInstance"'))).toHaveLength(6);
  expect(told.filter((line) => TOLD.test(line))).toEqual([]);
});
