import { gunzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { readCodestream } from "../../../src/imaging/pixels/htj2k/codestream.ts";
import type { MetadataDocument } from "../../../src/domain/image-sets/metadata/metadata-document.ts";
import { codestreamOf, readBoxes } from "../../jph-file.ts";
import { until } from "../../until.ts";
import {
  failureOf,
  importFrames,
  openFaulty,
  readFrame,
  TRANSPORTS,
  type Faulty,
  type FrameAddress,
} from "./faulty.ts";

const METADATA = "GetImageSetMetadata";

describe.each(TRANSPORTS)("a client of the SDK (%s)", (transport) => {
  let faulty: Faulty;
  let frame: FrameAddress;
  let other: FrameAddress;
  let whole: Uint8Array;
  beforeAll(async () => {
    faulty = await openFaulty(transport);
    [frame, other] = (await importFrames(faulty, 2)) as [FrameAddress, FrameAddress];
    whole = await readFrame(faulty.medicalImaging, frame);
  });
  afterEach(async () => {
    await faulty.local("DELETE", "/_local/scenarios/test");
  });
  afterAll(async () => faulty[Symbol.asyncDispose]());

  const effect = (effects: string, op = "GetImageFrame"): Promise<void> =>
    faulty.play(`rules: [ { id: it, match: { op: ${op} }, effects: [ ${effects} ] } ]`);
  const read = (): Promise<Uint8Array> => readFrame(faulty.medicalImaging, frame);
  const readMetadata = async (): Promise<Buffer> => {
    const { imageSetMetadataBlob } = await faulty.medicalImaging.getImageSetMetadata(frame);
    return Buffer.from((await imageSetMetadataBlob?.transformToByteArray()) ?? []);
  };

  test("gets the head of an answer whose connection is reset in its body, and makes no second attempt", async () => {
    await effect("{ reset: { bytes: 1000 } }");
    const { $metadata, contentType, imageFrameBlob } = await faulty.medicalImaging.getImageFrame(frame);
    expect([$metadata.httpStatusCode, contentType]).toEqual([200, "application/octet-stream"]);
    expect(await failureOf(imageFrameBlob?.transformToByteArray() ?? read())).toMatchObject({
      code: "ECONNRESET",
    });
    expect(await faulty.attempts()).toEqual(["200 reset"]);
  });

  test.each([
    ["flipBits", "dropMarker, marker: SOC"],
    ["zeroFill", "dropMarker, marker: SIZ"],
    ["otherFrame", "dropMarker, marker: EOC"],
  ])(
    "gets a frame with the faults %s and dropMarker, with the two in either order",
    async (content, form) => {
      const [first, second] = [`{ corruptFrame: { how: ${content} } }`, `{ corruptFrame: { how: ${form} } }`];
      const bent: Uint8Array[] = [];
      for (const effects of [`${first}, ${second}`, `${second}, ${first}`]) {
        await effect(effects);
        bent.push(await read());
      }
      expect(bent[0]).toEqual(bent[1]);
      await effect(first);
      expect(bent[0]?.length).toBeLessThan((await read()).length);
    },
  );

  test("gets metadata with wrong checksums that is also uncompressed or cannot be inflated", async () => {
    const right = JSON.parse(gunzipSync(await readMetadata()).toString()) as unknown;
    await effect("{ checksumMismatch: {} }, { gzip: { how: absent } }, { gzip: { how: absent } }", METADATA);
    expect(JSON.parse((await readMetadata()).toString())).not.toEqual(right);
    for (const how of ["absent", "corrupt"]) {
      await effect(
        `{ gzip: { how: ${how} } }, { checksumMismatch: {} }, { gzip: { how: corrupt } }`,
        METADATA,
      );
      const bytes = await readMetadata();
      expect(() => gunzipSync(bytes)).toThrow();
      expect(await faulty.attempts()).toEqual(["200"]);
    }
  });

  test.each(["contentLength", "reset"])("detects that a frame is cut off (%s)", async (framing) => {
    await effect(`{ truncate: { fraction: 0.5, framing: ${framing} } }`);
    expect(await failureOf(read())).toMatchObject({ code: "ECONNRESET" });
  });

  test("takes half a frame for a whole one where the answer ends cleanly", async () => {
    await effect("{ truncate: { framing: chunkedClean } }");
    const half = await read();
    expect(half.length).toBe(Math.floor(whole.length / 2));
    expect(Buffer.from(whole).subarray(0, half.length).equals(half)).toBe(true);
  });

  test.each([0, 1, 1_000_000_000])(
    "detects that a frame is cut off after %i bytes, and never gets it whole",
    async (bytes) => {
      await effect(`{ truncate: { bytes: ${bytes}, framing: chunkedClean } }`);
      expect((await read()).length).toBe(Math.min(bytes, whole.length - 1));
      await effect(`{ truncate: { bytes: ${bytes} } }`);
      expect(await failureOf(read())).toMatchObject({ code: "ECONNRESET" });
    },
  );

  test("gets a frame with the given number of wrong bits, the same ones for the same seed", async () => {
    const play = (seed: number): Promise<void> =>
      faulty.play(
        `seed: ${seed}\nrules: [ { id: it, match: { op: GetImageFrame }, effects: [ { corruptFrame: { how: flipBits, n: 5 } } ] } ]`,
      );
    await play(1);
    const first = await read();
    await play(1);
    expect(await read()).toEqual(first);
    await play(2);
    expect(await read()).not.toEqual(first);
    expect(bitsUnlike(first, whole)).toBe(5);
    expect(readCodestream(codestreamOf(first))).toEqual(readCodestream(codestreamOf(whole)));
    expect(boxesOf(first)).toEqual(boxesOf(whole));
  });

  test("gets a well-formed frame whose coded data is zeros", async () => {
    await effect("{ corruptFrame: { how: zeroFill } }");
    const file = await read();
    expect(boxesOf(file)).toEqual(boxesOf(whole));
    const empty = codestreamOf(file);
    expect(readCodestream(empty)).toEqual(readCodestream(codestreamOf(whole)));
    const { tileParts } = readCodestream(empty);
    for (const { offset, byteLength } of tileParts) {
      expect(empty.subarray(offset + 14, offset + byteLength).every((byte) => byte === 0)).toBe(true);
    }
  });

  test("gets half of a corrupt frame, with the two effects in either order", async () => {
    const effects = ["{ truncate: { framing: chunkedClean } }", "{ corruptFrame: { how: otherFrame } }"];
    const next = await readFrame(faulty.medicalImaging, other);
    for (const order of [effects, effects.toReversed()]) {
      await effect(order.join(", "));
      expect(await read()).toEqual(next.subarray(0, next.length >> 1));
    }
  });

  test.each(["SOC", "SIZ", "CAP", "COD", "QCD", "TLM", "EOC"])(
    "gets a frame without its %s",
    async (marker) => {
      await effect(`{ corruptFrame: { how: dropMarker, marker: ${marker} } }`);
      const dropped = await read();
      expect(boxesOf(dropped)).toEqual(boxesOf(whole));
      const kept = markersOf(codestreamOf(whole)).filter((name) => name !== marker);
      expect(markersOf(codestreamOf(dropped))).toEqual(kept);
    },
  );

  test("gets the next frame of the image set in place of the requested one", async () => {
    await effect("{ corruptFrame: { how: otherFrame } }");
    const wrong = await read();
    await faulty.local("DELETE", "/_local/scenarios/test");
    expect(await readFrame(faulty.medicalImaging, other)).toEqual(wrong);
    expect(wrong).not.toEqual(whole);
    expect(readBoxes(wrong).map(({ type }) => type)).toEqual(["jP  ", "ftyp", "jp2h", "jp2c"]);
  });

  test("gets no fault of an earlier answer, since stored data is not changed", async () => {
    await effect("{ corruptFrame: { how: zeroFill } }");
    await read();
    await faulty.local("POST", "/_local/scenarios/test/deactivate");
    expect(await read()).toEqual(whole);
  });

  test.each([
    "{ slow: { bytesPerSecond: 1000000 } }, { truncate: { framing: chunkedClean } }",
    "{ truncate: { framing: chunkedClean } }, { slow: { bytesPerSecond: 1000000 } }",
  ])("gets half a frame slowly with the effects %s", async (effects) => {
    await effect(effects);
    expect(await read()).toEqual(whole.subarray(0, whole.length >> 1));
  });

  test("gets an answer without a body unchanged by truncate and slow", async () => {
    const { imageSetArn: resourceArn = "" } = await faulty.medicalImaging.getImageSet(frame);
    await effect(
      "{ truncate: {} }, { slow: { bytesPerSecond: 10 } }, { contentType: { set: a/b } }",
      "TagResource",
    );
    await faulty.medicalImaging.tagResource({ resourceArn, tags: { a: "1" } });
    expect(await faulty.attempts()).toEqual(["204"]);
  });

  test("gets metadata in which only the checksums are wrong", async () => {
    const right = JSON.parse(gunzipSync(await readMetadata()).toString()) as MetadataDocument;
    await effect("{ checksumMismatch: {} }", "GetImageSetMetadata");
    const wrong = JSON.parse(gunzipSync(await readMetadata()).toString()) as MetadataDocument;
    const [of, against] = [checksums(wrong), checksums(right)];
    expect(of.length).toBeGreaterThan(2);
    expect(of).toEqual(against.map((checksum) => (checksum + 1) % 2 ** 32));
    const plain = (document: MetadataDocument): string =>
      JSON.stringify(document).replaceAll(/"Checksum":\d+/g, "");
    expect(plain(wrong)).toBe(plain(right));
  });

  test("gets metadata that cannot be inflated, or is not compressed", async () => {
    await effect("{ gzip: { how: corrupt } }", "GetImageSetMetadata");
    const corrupt = await readMetadata();
    expect(() => gunzipSync(corrupt)).toThrow();
    await effect("{ gzip: { how: absent } }", "GetImageSetMetadata");
    expect(JSON.parse((await readMetadata()).toString())).toMatchObject({ SchemaVersion: "1.1" });
  });

  test("gets another content type", async () => {
    await effect("{ contentType: { set: text/html } }");
    expect((await faulty.medicalImaging.getImageFrame(frame)).contentType).toBe("text/html");
  });

  test("gets a slow frame whole, in pieces timed by the emulator's clock", async () => {
    await effect("{ slow: { bytesPerSecond: 100000 } }");
    faulty.clock.freeze();
    const begin = faulty.clock.now();
    const reading = { isOver: false };
    const asked = read().finally(() => (reading.isOver = true));
    while (!reading.isOver) {
      await until(async () => reading.isOver || faulty.clock.nextDue !== undefined, Boolean);
      if (!reading.isOver) await faulty.clock.advance(100);
    }
    expect(await asked).toEqual(whole);
    expect(faulty.clock.now() - begin).toBeGreaterThanOrEqual(Math.floor(whole.length / 10_000) * 100);
    faulty.clock.resume();
  });
});

/** What stands before the codestream. */
const boxesOf = (file: Uint8Array): Uint8Array => file.subarray(0, file.length - codestreamOf(file).length);

function bitsUnlike(a: Uint8Array, b: Uint8Array): number {
  let count = 0;
  for (const [index, byte] of a.entries()) {
    for (let bits = byte ^ (b[index] ?? 0); bits > 0; bits &= bits - 1) count += 1;
  }
  return count;
}

const checksums = ({ Study }: MetadataDocument): number[] =>
  Object.values(Study.Series)
    .flatMap(({ Instances }) => Object.values(Instances))
    .flatMap(({ ImageFrames }) => ImageFrames)
    .flatMap((frame) => frame.PixelDataChecksumFromBaseToFullResolution)
    .map(({ Checksum }) => Checksum);

const MARKERS: Readonly<Record<number, string>> = {
  0x50: "CAP",
  0x51: "SIZ",
  0x52: "COD",
  0x55: "TLM",
  0x5c: "QCD",
};

/** Of the main header, in their order, and of the end. */
function markersOf(codestream: Uint8Array): string[] {
  const bytes = Buffer.from(codestream);
  const names: string[] = bytes.readUInt16BE(0) === 0xff4f ? ["SOC"] : [];
  for (
    let offset = names.length * 2;
    bytes[offset + 1] !== 0x90;
    offset += 2 + bytes.readUInt16BE(offset + 2)
  ) {
    names.push(MARKERS[bytes.readUInt8(offset + 1)] ?? String(bytes[offset + 1]));
  }
  return bytes.readUInt16BE(bytes.length - 2) === 0xffd9 ? [...names, "EOC"] : names;
}
