import {
  GetImageSetCommand,
  ResourceNotFoundException,
  SearchImageSetsCommand,
} from "@aws-sdk/client-medical-imaging";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { SERVICE_RELEASES } from "../../../src/api/releases/service-release.ts";
import { createEmulator } from "../../../src/index.ts";
import { createActiveDatastore, importFiles, openControlled, type ControlledSandbox } from "../../clients.ts";
import { controlled as test } from "../../elsewhere.ts";
import { dicomFile, element, imageElements, instanceElements } from "../../imaging/dicom/write-dicom.ts";
import { bodyOf } from "../../healthimaging/http/sample-inputs.ts";
import { findImageSets, readDocument } from "../image-sets/image-sets.ts";

const NOWHERE = "0".repeat(32);

describe.each(SERVICE_RELEASES)("with release %s", (serviceRelease) => {
  let sandbox: ControlledSandbox;
  beforeAll(async () => {
    sandbox = await openControlled({ serviceRelease });
  });
  afterAll(() => sandbox[Symbol.asyncDispose]());

  test("an unknown data store is not found, in both releases", async () => {
    const { medicalImaging } = sandbox;
    const get = new GetImageSetCommand({ datastoreId: NOWHERE, imageSetId: NOWHERE });
    await expect(medicalImaging.send(get)).rejects.toThrow(ResourceNotFoundException);
    const search = new SearchImageSetsCommand({ datastoreId: NOWHERE });
    await expect(medicalImaging.send(search)).rejects.toThrow(ResourceNotFoundException);
  });

  test("the metadata has the form of the older release, in both", async () => {
    const datastoreId = await createActiveDatastore(sandbox.medicalImaging);
    const image = imageElements({ rows: 32, columns: 32, pixelData: new Uint8Array(1_024) });
    await importFiles(sandbox, datastoreId, "form", {
      "1.dcm": dicomFile(instanceElements(...image, element("00200013", "IS", "1 ")), {
        fileMeta: [element("00020000", "UL", 28), element("00020010", "UI", "1.2.840.10008.1.2.1")],
      }),
    });
    const [imageSetId = ""] = await findImageSets(sandbox, datastoreId);
    const { Study } = await readDocument(sandbox, datastoreId, imageSetId);
    const [instance] = Object.values(Study.Series).flatMap(({ Instances }) => Object.values(Instances));
    expect(instance?.DICOM).toMatchObject({ PixelData: null, InstanceNumber: "1" });
    expect(instance?.DICOM).not.toHaveProperty("FileMetaInformationGroupLength");
    expect(instance?.ImageFrames[0]?.FrameSizeInBytes).toBe(1_024);
  });

  test.each(["events", "monitoring", "kms"])(
    "EventBridge, CloudWatch and KMS are not emulated, in both releases",
    async (service) => {
      const authorization = `AWS4-HMAC-SHA256 Credential=111122223333/20240501/us-east-1/${service}/aws4_request, Signature=0`;
      await using emulator = await createEmulator({ serviceRelease });
      const answer = await emulator.handle({
        method: "POST",
        path: "/",
        query: "",
        headers: { host: "localhost", authorization, "content-type": "application/x-amz-json-1.1" },
        body: bodyOf("{}"),
      });
      expect(answer).toMatchObject({ status: 400 });
      expect(JSON.stringify(answer.headers)).toContain("ServiceNotEmulated");
    },
  );
});
