import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { bundled } from "../../entry.ts";

const INDEX = JSON.stringify(bundled("index.js"));

const SCRIPT = `
  import { CreateDatastoreCommand, GetDatastoreCommand, MedicalImagingClient } from "@aws-sdk/client-medical-imaging";
  import { createEmulator } from ${INDEX};
  const { control, requestHandler } = await createEmulator({ scenarios: ["slow-link"] });
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const client = new MedicalImagingClient({ region: "us-east-1", credentials, requestHandler });
  const { datastoreId } = await client.send(new CreateDatastoreCommand({}));
  const { status } = await control.wait("datastore/" + datastoreId, { status: "ACTIVE" });
  const { datastoreProperties } = await client.send(new GetDatastoreCommand({ datastoreId }));
  console.log(status, datastoreProperties.datastoreName ?? "no name");
`;

const HANGS = `
  import { GetDatastoreCommand, ListDatastoresCommand, MedicalImagingClient } from "@aws-sdk/client-medical-imaging";
  import { createEmulator } from ${INDEX};
  const emulator = await createEmulator();
  await emulator.control.scenarios.put("mute", "rules: [{ id: mute, match: { op: '*' }, effects: [{ hang: {} }] }]");
  await emulator.control.scenarios.activate("mute");
  const { requestHandler } = emulator;
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const client = new MedicalImagingClient({ region: "us-east-1", credentials, requestHandler, maxAttempts: 1 });
  const nameOf = ({ name, code }) => [name, code ?? ""].join(" ").trim();
  const abortSignal = AbortSignal.timeout(50);
  console.log(await client.send(new ListDatastoresCommand({}), { abortSignal }).catch(nameOf));
  const hanging = client.send(new GetDatastoreCommand({ datastoreId: "a".repeat(32) })).catch(nameOf);
  // Real time, in the program of a user: the request hangs by then, and the close ends it.
  setTimeout(emulator.close, 50);
  console.log(await hanging);
`;

test("a script waits for a hanging answer until it times out or the emulator is closed", async () => {
  const run = promisify(execFile)(process.execPath, ["--input-type=module", "--eval", HANGS], {
    cwd: new URL("../../..", import.meta.url),
  });
  expect((await run).stdout).toBe("AbortError\nTimeoutError ECONNRESET\n");
});

test("a script gets its answers, and ends by itself without closing the emulator", async () => {
  const run = promisify(execFile)(process.execPath, ["--input-type=module", "--eval", SCRIPT], {
    cwd: new URL("../../..", import.meta.url),
  });
  expect((await run).stdout).toBe("ACTIVE no name\n");
});
