import { beforeAll, describe, expect, test } from "vitest";
import type { ImageFrameDocument } from "../../../src/domain/image-sets/metadata/metadata-document.ts";
import { DecoderPool } from "../../../src/importer/decoding/decoder-pool.ts";
import { describeFrame } from "../../../src/importer/workers/file-importer.ts";
import { loadCodec } from "../../../src/imaging/pixels/codecs/codec.ts";
import { encodeFrame } from "../../../src/imaging/pixels/htj2k/encode-frame.ts";
import { frameShape } from "../../imaging/pixels/sample-frames.ts";
import { ManualClock } from "../../manual-clock.ts";
import { WORKER_ENTRY } from "../../worker-entry.ts";

const shape = frameShape({ rows: 8, columns: 8, bitsAllocated: 16, bitsStored: 12, highBit: 11 });

interface Stored {
  readonly samples: Uint16Array;
  readonly codestream: Uint8Array;
  readonly frame: ImageFrameDocument;
}

let stored: Stored[];
beforeAll(async () => {
  const codec = await loadCodec();
  stored = Array.from({ length: 6 }, (_, index) => {
    const samples = Uint16Array.from({ length: 64 }, (_each, at) => (at * (index + 1) * 13) % 4096);
    const encoded = encodeFrame(samples, shape, codec);
    const frame = describeFrame(String(index).repeat(32), { ...encoded, frameId: "" });
    return { samples, codestream: encoded.codestream.slice(), frame };
  });
});

const bytesOf = ({ samples }: Stored): Uint8Array => new Uint8Array(samples.buffer);

describe("a pool of decoders", () => {
  test("decodes frames in the background, at most as many at once as it has threads", async () => {
    const pool = new DecoderPool(WORKER_ENTRY, { size: 2 });
    const decoding = stored.map(({ codestream, frame }) => pool.decode(codestream, frame));
    expect(pool.threads).toBe(2);
    for (const [index, samples] of (await Promise.all(decoding)).entries()) {
      const one = stored[index];
      expect(one && samples).toEqual(one && bytesOf(one));
    }
    // The caller keeps what it gave.
    expect(stored[0]?.codestream.length).toBeGreaterThan(0);
  });

  test("decodes into memory that it was given back, if that has the right size", async () => {
    const pool = new DecoderPool(WORKER_ENTRY, { size: 1 });
    const codec = await loadCodec();
    const [large, other] = [300, 200].map((rows) => {
      const samples = Uint16Array.from({ length: rows * 256 }, (_, at) => (at * 31) % 4096);
      const shaped = frameShape({ rows, columns: 256, bitsAllocated: 16, bitsStored: 12, highBit: 11 });
      const encoded = encodeFrame(samples, shaped, codec);
      const frame = describeFrame("a".repeat(32), { ...encoded, frameId: "" });
      return { samples, codestream: encoded.codestream.slice(), frame };
    });
    if (large === undefined || other === undefined) throw new Error("there are frames");
    const first = await pool.decode(large.codestream, large.frame);
    pool.takeBack(first);
    const second = await pool.decode(large.codestream, large.frame);
    // Its memory is the second one's now.
    expect(first.buffer.byteLength).toBe(0);
    expect(second).toEqual(bytesOf(large));
    pool.takeBack(second);
    expect(await pool.decode(other.codestream, other.frame)).toEqual(bytesOf(other));
    pool.takeBack(second.subarray(1));
    expect(await pool.decode(large.codestream, large.frame)).toEqual(bytesOf(large));
  });

  test("fails a frame that has changed, and goes on with the others", async () => {
    const pool = new DecoderPool(WORKER_ENTRY, { size: 1 });
    const [first, second] = stored;
    if (first === undefined || second === undefined) throw new Error("there are frames");
    await expect(pool.decode(second.codestream, first.frame)).rejects.toThrow("expected CRC-32");
    await expect(pool.decode(Uint8Array.of(1, 2, 3), first.frame)).rejects.toThrow();
    expect(await pool.decode(first.codestream, first.frame)).toEqual(bytesOf(first));
  });

  test("ends a thread that has had no work for a while, and starts another for the next frame", async () => {
    const clock = new ManualClock();
    const pool = new DecoderPool(WORKER_ENTRY, { size: 1, clock, idleMs: 5_000 });
    const [first] = stored;
    if (first === undefined) throw new Error("there are frames");
    await pool.decode(first.codestream, first.frame);
    clock.advance(4_999);
    expect(pool.threads).toBe(1);
    clock.advance(1);
    expect(pool.threads).toBe(0);
    expect(await pool.decode(first.codestream, first.frame)).toEqual(bytesOf(first));
  });

  test("fails the frame of a thread that dies, and every frame if no thread can be started", async () => {
    const pool = new DecoderPool(new URL("data:text/javascript,process.exit(3)"), { size: 1 });
    const [first] = stored;
    if (first === undefined) throw new Error("there are frames");
    await expect(pool.decode(first.codestream, first.frame)).rejects.toThrow(
      `the thread that decoded image frame ${first.frame.ID} died`,
    );
    expect(pool.threads).toBe(0);
    const none = new DecoderPool(new URL("http://localhost/"), { size: 1 });
    await expect(none.decode(first.codestream, first.frame)).rejects.toThrow("a thread cannot be started");
  });
});
