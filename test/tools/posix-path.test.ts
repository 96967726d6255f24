import { posix, win32 } from "node:path";
import { describe, expect, test } from "vitest";
import { importsIn, moduleOf } from "../../tools/bundle/imports-of-source.ts";
import { posixPath } from "../../tools/posix-path.ts";

describe.each([
  ["Windows", win32, "C:\\code\\src"],
  ["POSIX", posix, "/code/src"],
] as const)("on %s the build", (_, path, source) => {
  test("writes paths with slashes", () => {
    expect(posixPath(path.join("dicom", "vr", "table.ts"))).toBe("dicom/vr/table.ts");
  });

  test("lists imported files under the path that is asked for when one of them is resolved", () => {
    const found = importsIn(path.join("dicom", "dictionary.ts"), 'import { TABLE } from "./table.ts";');
    expect([...found.keys()]).toEqual(["dicom/table.ts"]);
    const folder = path.relative(source, path.join(source, "imaging", "pixels"));
    expect(moduleOf("../../dicom/table.ts", folder)).toBe("dicom/table.ts");
    expect(moduleOf("./index.ts", path.relative(source, source))).toBe("index.ts");
    expect(moduleOf("node:fs/promises", folder)).toBe("node:fs/promises");
  });
});
