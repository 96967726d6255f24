import { expect, test } from "vitest";
import { ByteReader } from "../../../src/storage/files/byte-reader.ts";

const endedEarly = (missing: number, byteLength: number): Error =>
  new Error(`${missing} of ${byteLength} bytes are missing`);

async function* chunksOf(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

const readerOf = (...texts: readonly string[]): ByteReader => new ByteReader(chunksOf(...texts), endedEarly);

test("lines and counted bytes are taken in turn, however they arrive", async () => {
  for (const chunks of [["5\nhello\nrest"], ["", "5", "\nhe", "llo", "\n", "re", "st"]]) {
    const reader = readerOf(...chunks);
    const read = [await reader.line(10), await reader.take(5), await reader.line(10), await reader.line(10)];
    expect(read.map(String)).toEqual(["5\n", "hello", "\n", "rest"]);
    expect(await reader.line(10)).toBeUndefined();
  }
});

test("bytes that end early are told with how many are missing", async () => {
  await expect(readerOf("abc").take(5)).rejects.toThrow("2 of 5 bytes are missing");
});

test("a line without an end is read no further than its limit and one piece", async () => {
  const reader = readerOf("aaaa", "bbbb", "cccc", "dddd\n");
  expect(String(await reader.line(6))).toBe("aaaabbbb");
  expect(String(await reader.line(6))).toBe("ccccdddd\n");
});
