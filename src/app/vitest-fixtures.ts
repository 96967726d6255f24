import { MedicalImagingClient } from "@aws-sdk/client-medical-imaging";
import { S3Client } from "@aws-sdk/client-s3";
import { test as base, type TestAPI } from "vitest";
import type { ControlClient } from "../local/sdk/control-client.ts";
import type { ComposeOptions } from "./compose-options.ts";
import { createEmulator, type Emulator } from "./emulator.ts";

/** The fixtures of a test: `test("...", async ({ medicalImaging, control }) => { ... })`. */
export interface EmulatorFixtures {
  /**
   * Options of `createEmulator`. From Vitest 4.1 `test.override("emulatorOptions", { ... })` chooses others; before
   * it, `createEmulator({ ... })` in the test.
   */
  readonly emulatorOptions: ComposeOptions;
  /** Created before the test, closed after it. */
  readonly emulator: Emulator;
  /** Its `/_local` API: import, limits, clock ... */
  readonly control: ControlClient;
  /** A client of the AWS SDK for it. */
  readonly medicalImaging: MedicalImagingClient;
  /** A client of the AWS SDK for its buckets. */
  readonly s3: S3Client;
}

/** Vitest's `test`, whose functions receive the fixtures that they name: `async ({ medicalImaging, control }) => ...`. */
export interface HealthImagingTest extends TestAPI<EmulatorFixtures> {}

// An optional peer dependency: npm may install another version beside this package.
if (typeof base.extend !== "function")
  throw new Error(
    "healthimaging-local/vitest expects Vitest 2 or later; in older versions use createEmulator",
  );

/**
 * Vitest's `test` with a separate emulator for each test that uses it, in the test's process and without a
 * port. Works with Vitest 2 and later: fixtures have the form that all of these support.
 */
export const test: HealthImagingTest = base.extend<EmulatorFixtures>({
  emulatorOptions: {},
  emulator: async ({ emulatorOptions }, use) => {
    const emulator = await createEmulator(emulatorOptions);
    await use(emulator);
    await emulator.close();
  },
  control: async ({ emulator }, use) => use(emulator.control),
  medicalImaging: async ({ emulator: { requestHandler } }, use) => {
    const client = new MedicalImagingClient({ ...COMMON, requestHandler });
    await use(client);
    client.destroy();
  },
  s3: async ({ emulator: { requestHandler } }, use) => {
    const client = new S3Client({ ...COMMON, requestHandler, forcePathStyle: true });
    await use(client);
    client.destroy();
  },
});

const COMMON = { region: "us-east-1", credentials: { accessKeyId: "test", secretAccessKey: "test" } };
