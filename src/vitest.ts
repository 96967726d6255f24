import { MedicalImagingClient } from "@aws-sdk/client-medical-imaging";
import { S3Client } from "@aws-sdk/client-s3";
import { test as base } from "vitest";
import type { ComposeOptions } from "./compose.ts";
import { createEmulator } from "./index.ts";

/**
 * Vitest's `test` with an emulator of its own for each test that asks for one, in the test's process and without
 * a port: `test("...", async ({ medicalImaging }) => { ... })`.
 *
 * - `emulatorOptions`: of createEmulator; `test.override("emulatorOptions", { ... })` chooses others
 * - `emulator`: made before the test and closed after it
 * - `control`: everything under `/_local` of it: an import, limits, clock ...
 * - `medicalImaging`, `s3`: clients of the AWS SDK that talk to it
 */
export const test = base
  .extend("emulatorOptions", async (): Promise<ComposeOptions> => ({}))
  .extend("emulator", async ({ emulatorOptions }, { onCleanup }) => {
    const emulator = await createEmulator(emulatorOptions);
    onCleanup(emulator.close);
    return emulator;
  })
  .extend("control", async ({ emulator }) => emulator.control)
  .extend("medicalImaging", async ({ emulator: { requestHandler } }, { onCleanup }) => {
    const client = new MedicalImagingClient({ ...COMMON, requestHandler });
    onCleanup(() => client.destroy());
    return client;
  })
  .extend("s3", async ({ emulator: { requestHandler } }, { onCleanup }) => {
    const client = new S3Client({ ...COMMON, requestHandler, forcePathStyle: true });
    onCleanup(() => client.destroy());
    return client;
  });

const COMMON = { region: "us-east-1", credentials: { accessKeyId: "test", secretAccessKey: "test" } };
