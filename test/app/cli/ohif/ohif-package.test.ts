import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findFetched, findInstalled, isUsable } from "../../../../src/app/cli/ohif/ohif-package.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "healthimaging-local-ohif-package-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function put(path: string, version: string, isBuilt = true): Promise<void> {
  await mkdir(join(folder, path, "dist"), { recursive: true });
  await writeFile(join(folder, path, "package.json"), JSON.stringify({ version }));
  if (isBuilt) await writeFile(join(folder, path, "dist/index.html"), "<p>");
}

test("the newest usable package of those that were fetched is found", async () => {
  expect(await findFetched(join(folder, "missing"))).toBeUndefined();
  await put("3.9.2", "3.9.2");
  await put("3.13.2", "3.13.2");
  await put("3.13.10", "3.13.10");
  await put("3.13.11", "3.13.11", false);
  await put("4.0.0", "4.0.0");
  await put("new-abc", "3.14.0");
  expect((await findFetched(folder))?.version).toBe("3.13.10");
});

test("a package of node_modules is found from a folder below", async () => {
  await put("node_modules/@ohif/app", "3.13.2");
  await mkdir(join(folder, "deep/er"), { recursive: true });
  const found = await findInstalled(join(folder, "deep/er"));
  expect(found).toMatchObject({
    version: "3.13.2",
    app: expect.stringMatching(/node_modules.@ohif.app.dist$/),
  });
});

test.each([
  ["3.12.9", false],
  ["3.13.0", true],
  ["3.20.1", true],
  ["3.9.1", false],
  ["4.13.0", false],
])("release %s is usable: %s", (version, expected) => {
  expect(isUsable({ version, app: "" })).toBe(expected);
});
