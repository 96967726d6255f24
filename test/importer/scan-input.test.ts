import { expect, test } from "vitest";
import { importLimits } from "../../src/domain/import-jobs/import-limits.ts";
import { Quotas } from "../../src/domain/limits/quotas.ts";
import type { ObjectStore } from "../../src/domain/objects.ts";
import { scanInput } from "../../src/importer/run-import.ts";

const folder = { bucket: "bucket", prefix: "in/" };

/** A bucket without end, that counts how far it has been listed. */
function endless(keyOf: (index: number) => string): {
  objects: Pick<ObjectStore, "list">;
  listed: () => number;
} {
  let listed = 0;
  async function* list() {
    for (;;) yield { key: keyOf(listed++), byteLength: 1 };
  }
  return { objects: { list }, listed: () => listed };
}

test.each([
  ["files", (index: number) => `in/${index}`, "FILE_COUNTS_LIMIT_EXCEEDED", 5_001],
  ["folder markers", (index: number) => `in/${index}/`, "FOLDER_COUNTS_LIMIT_EXCEEDED", 10_001],
])("an endless listing of %s stops where the limit is passed", async (_, keyOf, reason, length) => {
  const { objects, listed } = endless(keyOf);
  await expect(
    scanInput(objects, folder, importLimits(new Quotas(), { account: "000000000000", region: "us-east-1" })),
  ).rejects.toThrow(reason);
  expect(listed()).toBe(length);
});
