import { describe, expect, test } from "vitest";
import { readTarHeader, writeHeader } from "../../../src/storage/snapshots/tar.ts";

const HEADER = writeHeader({ name: "folder/file", byteLength: 10 });
const [SIZE_AT, SUM_AT, MAGIC_AT, PREFIX_AT] = [124, 148, 257, 345];

/** The header with other bytes at a place, its sum mended: that of all bytes, its own as spaces (POSIX ustar). */
function changed(at: number, text: string): Buffer {
  const header = Buffer.from(HEADER);
  header.write(text, at, "latin1");
  header.fill(" ", SUM_AT, SUM_AT + 8);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, SUM_AT, "latin1");
  return header;
}

describe("a tar header", () => {
  test.each([
    ["a short name", "file", 0],
    ["a name of 100 bytes", "n".repeat(100), 1],
    ["a path whose folder needs the prefix", `${"f".repeat(155)}/${"n".repeat(100)}`, 8 ** 11 - 1],
  ])("is read as it was written: %s", (_, name, byteLength) => {
    expect(readTarHeader(writeHeader({ name, byteLength }))).toEqual({ name, byteLength });
  });

  test.each([
    ["a name of 101 bytes", "n".repeat(101), 1],
    ["a folder of 156 bytes", `${"f".repeat(156)}/name`, 1],
    ["more bytes than 11 octal digits hold", "name", 8 ** 11],
  ])("has no room for %s", (_, name, byteLength) => {
    expect(() => writeHeader({ name, byteLength })).toThrow(
      `${name} (${byteLength} bytes) does not fit in a tar file`,
    );
  });

  test("with a changed byte is refused as damaged", () => {
    const header = Buffer.from(HEADER);
    header.write("F", 0, "latin1");
    expect(() => readTarHeader(header)).toThrow("a tar header is damaged");
  });

  test.each(["0000000001x\0", "00000000008\0", "-0000000001\0", "           \0"])(
    "whose size is %j is refused",
    (size) => {
      expect(() => readTarHeader(changed(SIZE_AT, size))).toThrow(
        'the size of "folder/file" is not a number',
      );
    },
  );

  test("has a prefix only in the ustar format", () => {
    expect(readTarHeader(changed(PREFIX_AT, "above"))?.name).toBe("above/folder/file");
    const old = changed(MAGIC_AT, "\0".repeat(PREFIX_AT - MAGIC_AT) + "above");
    expect(readTarHeader(old)?.name).toBe("folder/file");
  });
});
