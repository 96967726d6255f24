import {
  CreateDatastoreCommand,
  CopyImageSetCommand,
  GetDICOMImportJobCommand,
  UpdateImageSetMetadataCommand,
} from "@aws-sdk/client-medical-imaging";
import { describe, expect } from "vitest";
import type { ServiceRelease } from "../../../src/index.ts";
import { allRows } from "../../../src/api/releases/behaviours.ts";
import { createSampleSeries } from "../../../src/local/sdk/import/sample-series.ts";
import { createActiveDatastore, importFiles, openControlled, runJob } from "../../clients.ts";
import { controlled as test } from "../../elsewhere.ts";

type Client = Awaited<ReturnType<typeof openControlled>>["medicalImaging"];

/** The hints of all answers from here on. */
function hintsOf(client: Client): string[] {
  const hints: string[] = [];
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      hints.push((result.response as { headers: Record<string, string> }).headers["x-local-hint"] ?? "");
      return result;
    },
    { step: "deserialize" },
  );
  return hints;
}

describe.each<[ServiceRelease, string, string | undefined, readonly string[]]>([
  ["2024-05", "newer than the service of 2024-05", undefined, ["the service of 2024-05 stores them again"]],
  ["2026-06", "not in the emulator yet", "not emulated yet", []],
])("with release %s", (serviceRelease, reason, reportedAs, repeated) => {
  test("an ignored input is reported with the reason of its release", async () => {
    await using sandbox = await openControlled({ serviceRelease });
    const hints = hintsOf(sandbox.medicalImaging);
    const datastore = new CreateDatastoreCommand({ datastoreName: "x", losslessStorageFormat: "HTJ2K" });
    await sandbox.medicalImaging.send(datastore);
    expect(hints).toEqual([`losslessStorageFormat is ignored: ${reason}`]);
    expect((await sandbox.local("GET", "report"))["ignoredAs"]).toBe(reportedAs);
  });

  test("repeated instances are reported only where they are stored again", async () => {
    await using sandbox = await openControlled({ serviceRelease });
    const datastoreId = await createActiveDatastore(sandbox.medicalImaging);
    const [{ name, bytes } = { name: "", bytes: "" }] = createSampleSeries(1);
    await importFiles(sandbox, datastoreId, "repeated", { [name]: bytes });
    const places = ["s3://repeated/input", "s3://repeated/output"] as const;
    const { job } = await runJob(sandbox.medicalImaging, datastoreId, ...places);
    const hints = hintsOf(sandbox.medicalImaging);
    await sandbox.medicalImaging.send(new GetDICOMImportJobCommand({ datastoreId, jobId: job.jobId ?? "" }));
    expect(hints.filter(Boolean)).toEqual(repeated.map((words) => expect.stringContaining(words) as string));
  });
});

test("with release 2026-06 exactly the inputs that the emulator does not have are ignored", async () => {
  await using sandbox = await openControlled({ serviceRelease: "2026-06" });
  const hints = hintsOf(sandbox.medicalImaging);
  const at = { datastoreId: "0".repeat(32), imageSetId: "1".repeat(32) };
  const DICOMUpdates = { updatableAttributes: Buffer.from('{"SchemaVersion":1.1}') };
  const calls = [
    new CopyImageSetCommand({
      datastoreId: at.datastoreId,
      sourceImageSetId: at.imageSetId,
      force: true,
      promoteToPrimary: true,
      copyImageSetInformation: {
        sourceImageSet: { latestVersionId: "1", DICOMCopies: { copiableAttributes: "{}" } },
      },
    }),
    new UpdateImageSetMetadataCommand({
      ...at,
      latestVersionId: "1",
      force: true,
      updateImageSetMetadataUpdates: { DICOMUpdates },
    }),
  ];
  for (const call of calls) await sandbox.medicalImaging.send(call as CopyImageSetCommand).catch(() => {});
  const ignored = hints
    .flatMap((hint) => hint.replace(/ (?:is|are) ignored: .*/, "").split(", "))
    .filter(Boolean);
  const missing = allRows()
    .filter(([, { isMissing = false }]) => isMissing)
    .flatMap(([, { brings }]) =>
      ["CopyImageSet", "UpdateImageSetMetadata"].flatMap((name) => brings?.inputsIgnored?.[name] ?? []),
    );
  // The JavaScript client has no includeStudyImageSets, and a union has one member.
  const NOT_SENT = new Set(["includeStudyImageSets", "updateImageSetMetadataUpdates.revertToVersionId"]);
  expect(ignored.toSorted()).toEqual(missing.filter((path) => !NOT_SENT.has(path)).toSorted());
});
