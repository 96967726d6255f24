import { CreateDatastoreCommand, ListDatastoresCommand } from "@aws-sdk/client-medical-imaging";
import { ListBucketsCommand } from "@aws-sdk/client-s3";
import { describe, expect } from "vitest";
import { test } from "../src/vitest.ts";

describe("vitest's test with an emulator", () => {
  test("provides clients that reach it", async ({ medicalImaging, s3 }) => {
    await medicalImaging.send(new CreateDatastoreCommand({ datastoreName: "first" }));
    expect((await medicalImaging.send(new ListDatastoresCommand({}))).datastoreSummaries).toHaveLength(1);
    expect((await s3.send(new ListBucketsCommand({}))).Buckets ?? []).toEqual([]);
  });

  test("has a new emulator for each test", async ({ medicalImaging }) => {
    expect((await medicalImaging.send(new ListDatastoresCommand({}))).datastoreSummaries).toEqual([]);
  });

  test("provides a control client", async ({ control, medicalImaging }) => {
    await medicalImaging.send(new CreateDatastoreCommand({ datastoreName: "first" }));
    await control.reset();
    expect((await medicalImaging.send(new ListDatastoresCommand({}))).datastoreSummaries).toEqual([]);
  });

  describe("with options", () => {
    test.override("emulatorOptions", { quotas: { "Maximum data stores": 1 } });

    test("applies the options", async ({ medicalImaging }) => {
      await medicalImaging.send(new CreateDatastoreCommand({ datastoreName: "first" }));
      await expect(
        medicalImaging.send(new CreateDatastoreCommand({ datastoreName: "second" })),
      ).rejects.toThrow("Maximum data stores");
    });
  });
});
