import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { GetImageSetMetadataCommand } from "@aws-sdk/client-medical-imaging";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { MetadataDocument } from "../../../src/domain/image-sets/metadata/metadata-document.ts";
import { openServer, type ServerSandbox } from "../../clients.ts";
import { dicomFile, imageElements, instanceElements } from "../../imaging/dicom/write-dicom.ts";
import { accepting, get, HTJ2K, importInto, pathOf } from "../../healthimaging/dicomweb/instances.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "healthimaging-local-instance-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("GetDICOMInstance of an instance with the", () => {
  const frames = Array.from({ length: 3 }, (_, at) => Buffer.alloc(64 * 64, at + 1));
  const image = { rows: 64, columns: 64, numberOfFrames: 3, pixelData: Buffer.concat(frames) };
  const file = dicomFile(instanceElements(...imageElements(image)));

  test.each([
    [0, "damaged answers InternalServerException"],
    [1, "damaged ends the connection"],
  ])("frame %d %s", async (damaged) => {
    await using own = await openServer({ data: join(folder, `data-${damaged}`) });
    const { datastoreId, imageSetIds } = await importInto(own, "damaged", { "1.dcm": file });
    const imageSetId = imageSetIds.get("1.dcm") ?? "";
    const frameIds = await frameIdsOf(own, datastoreId, imageSetId);
    const pathTo = (at: number): string =>
      join(folder, `data-${damaged}`, "datastores", datastoreId, "frames", `${frameIds[at]}.jhc`);
    copyFileSync(pathTo(2), pathTo(damaged));
    const path = pathOf({
      datastoreId,
      imageSetId,
      study: "1.2.3.4.1",
      series: "1.2.3.4.2",
      sop: "1.2.3.4.3",
    });
    // Decoded or as it is stored: its checksum is not that of the frame that was written.
    for (const options of [{}, { headers: accepting(HTJ2K) }]) {
      const answer = get(own, path, options);
      if (damaged === 0) {
        expect((await answer).headers["x-amzn-errortype"]).toBe("InternalServerException");
      } else {
        await expect(answer).rejects.toThrow("aborted");
      }
    }
  });

  async function frameIdsOf({ medicalImaging }: ServerSandbox, datastoreId: string, imageSetId: string) {
    const command = new GetImageSetMetadataCommand({ datastoreId, imageSetId });
    const { imageSetMetadataBlob } = await medicalImaging.send(command);
    const { Study } = JSON.parse(
      gunzipSync((await imageSetMetadataBlob?.transformToByteArray()) ?? "").toString(),
    ) as MetadataDocument;
    const instances = Object.values(Study.Series).flatMap(({ Instances }) => Object.values(Instances));
    return instances.flatMap(({ ImageFrames }) => ImageFrames.map(({ ID }) => ID));
  }
});
