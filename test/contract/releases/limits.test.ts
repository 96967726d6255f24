import {
  CopyImageSetCommand,
  ListDatastoresCommand,
  MedicalImagingClient,
} from "@aws-sdk/client-medical-imaging";
import { describe, expect } from "vitest";
import { createEmulator, type ComposeOptions, type ServiceRelease } from "../../../src/index.ts";
import { controlled as test } from "../../elsewhere.ts";
import { ManualClock } from "../../manual-clock.ts";

const connect = (emulator: { requestHandler: object }, region: string) =>
  new MedicalImagingClient({
    region,
    requestHandler: emulator.requestHandler as never,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    maxAttempts: 1,
  });
const open = (options: ComposeOptions) => createEmulator({ clock: new ManualClock(), ...options });

describe.each<
  [ServiceRelease, { stores: number; gigabytes: number; start: object; copies: number; london: boolean }]
>([
  ["2024-05", { stores: 10, gigabytes: 4, start: { rate: 0.25, burst: 10 }, copies: 10, london: false }],
  ["2026-06", { stores: 100, gigabytes: 10, start: { rate: 1, burst: 2 }, copies: 1, london: true }],
])("with release %s", (serviceRelease, expected) => {
  test("the quotas are those of the release", async () => {
    await using emulator = await open({ serviceRelease });
    const { quotas } = await emulator.control.limits.get();
    expect(quotas["Maximum data stores"]).toMatchObject({ value: expected.stores });
    expect(quotas["Maximum size of each DICOM P10 file in a DICOM import job"]).toMatchObject({
      value: expected.gigabytes,
    });
  });

  test("the throttles are those of the release", async () => {
    await using emulator = await open({ serviceRelease, throttling: "aws" });
    const { throttles } = await emulator.control.limits.get();
    expect(throttles["StartDICOMImportJob"]).toMatchObject(expected.start);
    const client = connect(emulator, "us-east-1");
    const copy = new CopyImageSetCommand({
      datastoreId: "0".repeat(32),
      sourceImageSetId: "1".repeat(32),
      copyImageSetInformation: { sourceImageSet: { latestVersionId: "1" } },
    });
    const answers: string[] = [];
    for (let call = 0; call <= expected.copies; call += 1)
      await client.send(copy).catch((error: Error) => answers.push(error.name));
    expect(answers.at(-1)).toBe("ThrottlingException");
    expect(answers.indexOf("ThrottlingException")).toBe(expected.copies);
  });

  test("the regions of the guide are those of the release", async () => {
    await using emulator = await open({ serviceRelease, regions: "guide" });
    const listing = connect(emulator, "eu-west-2").send(new ListDatastoresCommand({}));
    if (expected.london) expect(await listing).toMatchObject({ datastoreSummaries: [] });
    else await expect(listing).rejects.toThrow(/scoped to a valid region/);
  });
});

test("a region of unsigned requests that only the newer release has is refused with the older", async () => {
  const options = { regions: "guide", defaults: { region: "eu-west-2" } } as const;
  await expect(createEmulator(options)).rejects.toThrow(/a region that regions "guide" serves/);
  await using emulator = await createEmulator({ ...options, serviceRelease: "latest" });
  expect(await emulator.control.health()).toMatchObject({ serviceRelease: "2026-06" });
});

test("an unknown release is refused with those that there are", async () => {
  const options = { serviceRelease: "2025-01" } as object;
  await expect(createEmulator(options)).rejects.toThrow(
    /serviceRelease of createEmulator expects 2024-05, 2026-06, latest, got "2025-01"/,
  );
});
