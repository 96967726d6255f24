import { expect, test } from "vitest";
import { readSettings } from "../../../../src/app/cli/settings/settings.ts";

test.each([
  ["2GB", 2e9],
  ["512MiB", 2 ** 29],
  ["1.5gib", 1.5 * 2 ** 30],
  ["10 mb", 1e7],
  ["1073741824", 2 ** 30],
  ["1MiB", 2 ** 20],
])("--import-memory %s is read as a number of bytes", (text, bytes) => {
  expect(readSettings(["--import-memory", text], {}, "/")).toMatchObject({ importMemory: bytes });
  const variable = { HEALTHIMAGING_LOCAL_IMPORT_MEMORY: text };
  expect(readSettings([], variable, "/")).toMatchObject({ importMemory: bytes });
});

test.each(["0", "0GB", "2", "1023KiB", "-1", "2TB", "half", "1e9", "9999999999999999GB"])(
  "the value of --import-memory '%s' is refused",
  (text) => {
    expect(() => readSettings([`--import-memory=${text}`], {}, "/")).toThrow(
      `--import-memory expects an amount of memory such as 2GB or 512MiB, at least 1MiB, got '${text}' (units: KB,`,
    );
  },
);
