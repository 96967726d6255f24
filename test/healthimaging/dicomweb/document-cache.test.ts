import { describe, expect, test } from "vitest";
import type { Blobs } from "../../../src/domain/blobs.ts";
import { DocumentCache } from "../../../src/healthimaging/dicomweb/document-cache.ts";

/** Documents with one instance, whose UID is that of their key. */
class CountingBlobs implements Blobs {
  readonly reads: string[] = [];
  readonly #padding: string;

  constructor(byteLength: number) {
    this.#padding = " ".repeat(byteLength);
  }

  async read(key: string): Promise<Uint8Array> {
    this.reads.push(key);
    if (key === "gone") throw new Error("ENOENT");
    return Buffer.from(
      JSON.stringify({ Study: { Series: { "1.2": { Instances: { [key]: {} } } } } }) + this.#padding,
    );
  }
  async write(): Promise<void> {}
  async take(): Promise<void> {}

  async remove(): Promise<void> {}
}

describe("documents", () => {
  test("are read and parsed once, also for concurrent requests", async () => {
    const blobs = new CountingBlobs(0);
    const documents = new DocumentCache(blobs);
    const [first, second] = await Promise.all([documents.read("1"), documents.read("1")]);
    expect(await documents.holds("1", "1")).toBe(true);
    expect(await documents.holds("1", "2")).toBe(false);
    expect([first === second, blobs.reads]).toEqual([true, ["1"]]);
  });

  test("beyond 16 MiB are dropped, least recently used first, but their contents are still known", async () => {
    const blobs = new CountingBlobs(7 * 2 ** 20);
    const documents = new DocumentCache(blobs);
    for (const key of ["1", "2", "1", "3"]) expect(await documents.holds(key, key)).toBe(true);
    await documents.read("1");
    await documents.read("3");
    expect(blobs.reads).toEqual(["1", "2", "3", "1"]);
    expect(await documents.holds("2", "2")).toBe(true);
    await documents.read("2");
    expect(blobs.reads).toEqual(["1", "2", "3", "1", "2"]);
  });

  test("beyond 16 MiB are answered all the same where they are read at the same time", async () => {
    const blobs = new CountingBlobs(7 * 2 ** 20);
    const documents = new DocumentCache(blobs);
    const keys = ["1", "2", "3", "4"];
    const read = await Promise.all(keys.map((key) => documents.read(key)));
    expect(read.map(({ Study }) => Object.keys(Study.Series["1.2"]?.Instances ?? {}))).toEqual([
      ["1"],
      ["2"],
      ["3"],
      ["4"],
    ]);
    expect(blobs.reads).toEqual(keys);
  });

  test("larger than 16 MiB are held until another one is read", async () => {
    const blobs = new CountingBlobs(17 * 2 ** 20);
    const documents = new DocumentCache(blobs);
    for (const key of ["1", "1", "2", "2", "1"]) await documents.read(key);
    expect(blobs.reads).toEqual(["1", "2", "1"]);
  });

  test("that could not be read are requested again", async () => {
    const blobs = new CountingBlobs(0);
    const documents = new DocumentCache(blobs);
    await expect(documents.read("gone")).rejects.toThrow("ENOENT");
    await expect(documents.holds("gone", "1")).rejects.toThrow("ENOENT");
    expect(blobs.reads).toEqual(["gone", "gone"]);
  });
});
