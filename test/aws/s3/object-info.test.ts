import { statSync } from "node:fs";
import { expect, test } from "vitest";
import { objectFileOf } from "../../../src/aws/s3/object-info.ts";

test.each([
  [300_000_000_000_000n, "9999-12-31T23:59:59.999Z"],
  [-300_000_000_000_000n, "0001-01-01T00:00:00.000Z"],
  [1_714_558_500_000n, "2024-05-01T10:15:00.000Z"],
])("an object whose file was changed at %d has a time that every client can read", (mtimeMs, told) => {
  const stats = Object.assign(statSync(import.meta.filename, { bigint: true }), { mtimeMs });
  expect(new Date(objectFileOf("key", stats).modifiedMs).toISOString()).toBe(told);
});
