import {
  CopyImageSetCommand,
  GetImageFrameCommand,
  GetImageSetCommand,
  GetImageSetMetadataCommand,
  ListImageSetVersionsCommand,
  ListTagsForResourceCommand,
  SearchImageSetsCommand,
} from "@aws-sdk/client-medical-imaging";
import { afterAll, beforeAll, beforeEach, describe, expect } from "vitest";
import { controlled as test } from "../../elsewhere.ts";
import { EmulatorClock } from "../../../src/domain/time/emulator-clock.ts";
import { createActiveDatastore, openServer, type ServerSandbox } from "../../clients.ts";
import { importSlices, readDocument, updateCommand } from "./image-sets.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const clock = new EmulatorClock();
let sandbox: ServerSandbox;
let datastoreId: string;
let imageSetId: string;
let count = 0;

beforeAll(async () => {
  sandbox = await openServer({
    clock,
    durations: { jobSubmittedMs: 0, jobInProgressMs: 0, imageSetUpdatingMs: 0, imageSetCopyingMs: 0 },
  });
  datastoreId = await createActiveDatastore(sandbox.medicalImaging);
});
afterAll(() => sandbox[Symbol.asyncDispose]());
beforeEach(async () => {
  imageSetId = await importSlices(sandbox, datastoreId, `tiers-${count++}`, 0, 1);
});

async function tier(): Promise<string> {
  const response = await fetch(`${sandbox.emulator.url}/_local/image-sets/${imageSetId}`);
  const { storageTier } = (await response.json()) as { storageTier: string };
  return storageTier;
}

const at = () => ({ datastoreId, imageSetId });

const OPERATIONS = {
  GetImageSetMetadata: () => sandbox.medicalImaging.send(new GetImageSetMetadataCommand(at())),
  GetImageFrame: ({ imageFrameId }: First) =>
    sandbox.medicalImaging.send(
      new GetImageFrameCommand({ ...at(), imageFrameInformation: { imageFrameId } }),
    ),
  UpdateImageSetMetadata: () => {
    const updatable = { SchemaVersion: 1.1, Patient: { DICOM: { PatientSex: "O" } } };
    return sandbox.medicalImaging.send(updateCommand(datastoreId, imageSetId, "1", { updatable }));
  },
  CopyImageSet: () =>
    sandbox.medicalImaging.send(
      new CopyImageSetCommand({
        datastoreId,
        sourceImageSetId: imageSetId,
        copyImageSetInformation: { sourceImageSet: { latestVersionId: "1" } },
      }),
    ),
  GetDICOMInstance: async ({ path }: First) => {
    expect((await fetch(`${sandbox.emulator.url}${path}?imageSetId=${imageSetId}`)).status).toBe(200);
  },
  GetImageSet: () => sandbox.medicalImaging.send(new GetImageSetCommand(at())),
  ListImageSetVersions: () => sandbox.medicalImaging.send(new ListImageSetVersionsCommand(at())),
  SearchImageSets: () => sandbox.medicalImaging.send(new SearchImageSetsCommand({ datastoreId })),
  ListTagsForResource: () => {
    const resourceArn = `arn:aws:medical-imaging:us-east-1:000000000000:datastore/${datastoreId}/imageset/${imageSetId}`;
    return sandbox.medicalImaging.send(new ListTagsForResourceCommand({ resourceArn }));
  },
};

/** The first instance of the image set. */
interface First {
  readonly imageFrameId: string;
  readonly path: string;
}

async function readFirst(): Promise<First> {
  const { Study } = await readDocument(sandbox, datastoreId, imageSetId);
  const study = Study.DICOM["StudyInstanceUID"] as string;
  const [series = ""] = Object.keys(Study.Series);
  const [[sop, instance] = []] = Object.entries(Study.Series[series]?.Instances ?? {});
  return {
    imageFrameId: instance?.ImageFrames[0]?.ID ?? "",
    path: `/datastore/${datastoreId}/studies/${study}/series/${series}/instances/${sop}`,
  };
}

describe("an image set", () => {
  test("moves to the Archive Instant Access tier after 30 days without access", async () => {
    await clock.advance(30 * DAY_MS - 60_000);
    expect(await tier()).toBe("FREQUENT_ACCESS");
    await clock.advance(60_000);
    expect(await tier()).toBe("ARCHIVE_INSTANT_ACCESS");
  });

  test.each([
    "GetImageSetMetadata",
    "GetImageFrame",
    "UpdateImageSetMetadata",
    "CopyImageSet",
    "GetDICOMInstance",
  ] as const)("moves back to the Frequent Access tier on %s", async (operation) => {
    const first = await readFirst();
    await clock.advance(31 * DAY_MS);
    expect(await tier()).toBe("ARCHIVE_INSTANT_ACCESS");
    await OPERATIONS[operation](first);
    expect(await tier()).toBe("FREQUENT_ACCESS");
  });

  test.each(["GetImageSet", "ListImageSetVersions", "SearchImageSets", "ListTagsForResource"] as const)(
    "stays in the Archive Instant Access tier on %s",
    async (operation) => {
      await clock.advance(31 * DAY_MS);
      await OPERATIONS[operation]();
      expect(await tier()).toBe("ARCHIVE_INSTANT_ACCESS");
    },
  );
});
