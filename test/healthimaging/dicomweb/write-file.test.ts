import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { EXPLICIT_VR_LITTLE_ENDIAN } from "../../../src/api/transfer-syntaxes.ts";
import { writeFile } from "../../../src/healthimaging/dicomweb/file/write-file.ts";

const NOTHING = new Uint8Array(0);

test("a file whose client disconnects in the middle of a frame ends with the disconnection, not with another error", async () => {
  const uids = { SOPClassUID: "1.2.840.10008.5.1.4.1.1.2", SOPInstanceUID: "2.25.1" };
  const instance = { DICOM: uids, DICOMVRs: {}, ImageFrames: [] };
  const { file } = writeFile(
    { imageSetId: "a", attributes: uids, instance, others: [] },
    EXPLICIT_VR_LITTLE_ENDIAN,
    {
      attributes: {},
      layout: { start: NOTHING, end: NOTHING, around: [] },
      byteLengths: [2, 2],
      bytes: () => Readable.from([Buffer.from("f1"), Buffer.from("f2")], { objectMode: false }),
    },
  );
  const pieces = Readable.from(file, { highWaterMark: 1 });
  pieces.read();
  const gone = new Error("the client has gone");
  const failed = new Promise((resolve) => pieces.once("error", resolve));
  pieces.once("readable", () => {
    pieces.read();
    pieces.destroy(gone);
  });
  expect(await failed).toBe(gone);
});
