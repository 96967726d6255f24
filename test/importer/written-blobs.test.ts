import { expect, test } from "vitest";
import type { Blobs } from "../../src/domain/blobs.ts";
import { WrittenBlobs } from "../../src/importer/store-file.ts";

/** Blobs whose writes end on command. */
class SlowBlobs implements Blobs {
  readonly kept = new Set<string>();
  readonly begun: (() => void)[] = [];

  async read(): Promise<Uint8Array> {
    return new Uint8Array();
  }

  write(key: string): Promise<void> {
    return new Promise((resolve) => {
      this.begun.push(() => {
        this.kept.add(key);
        resolve();
      });
    });
  }

  take(key: string): Promise<void> {
    return this.write(key);
  }

  async remove(key: string): Promise<void> {
    this.kept.delete(key);
  }
}

test("an aborted set of blobs starts no more writes and removes those in progress", async () => {
  const slow = new SlowBlobs();
  const written = new WrittenBlobs(slow);
  const writes = Array.from({ length: 100 }, (_, index) =>
    index % 2 === 0 ? written.write(`${index}`, new Uint8Array()) : written.take(`${index}`, "a file"),
  );
  const results = Promise.allSettled(writes);
  await new Promise((resolve) => setImmediate(resolve));
  const { length: begun } = slow.begun;
  expect(begun).toBeLessThan(100);
  written.abort();
  for (const end of slow.begun) end();
  const statuses = (await results).map(({ status }) => status);
  expect(statuses.filter((status) => status === "rejected")).toHaveLength(100 - begun);
  expect(slow.begun).toHaveLength(begun);
  await written.removeAll();
  expect([...slow.kept]).toEqual([]);
});
