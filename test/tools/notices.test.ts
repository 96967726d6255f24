import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Metafile } from "esbuild";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { writeNotices } from "../../tools/bundle/notices.ts";
import type { createSbom } from "../../tools/bundle/sbom.ts";
import { BUNDLE } from "../entry.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const RULE = `\n${"=".repeat(80)}\n`;

describe("the third-party notices of the bundle", async () => {
  const bundle = BUNDLE ?? "";
  const notices = await readFile(join(bundle, "THIRD-PARTY-NOTICES.txt"), "utf8");
  const sbom = JSON.parse(await readFile(join(bundle, "sbom.cdx.json"), "utf8")) as ReturnType<
    typeof createSbom
  >;
  /** The texts below each title. */
  const texts = new Map<string, string>();
  for (const section of notices.split(RULE).slice(1)) {
    const [titles = "", ...text] = section.split("\n\n");
    for (const title of titles.split("\n"))
      texts.set(title, `${texts.get(title) ?? ""}\n${text.join("\n\n")}`);
  }

  test("have the licence of each package of the SBOM", () => {
    expect(sbom.components.length).toBeGreaterThan(60);
    for (const { group, name, version, licenses } of sbom.components) {
      const [licence] = licenses;
      const id = licence !== undefined && "license" in licence ? licence.license.id : licence?.expression;
      const title = `${group === undefined ? name : `${group}/${name}`} ${version} (${id})`;
      expect(texts.get(title), title).toMatch(/Permission |Apache License|Blue Oak|Redistribution/);
      if (id === "MIT" || id === "ISC") expect(texts.get(title), title).toMatch(/Copyright|\(c\)/i);
    }
  });

  test.each([
    ["@cornerstonejs/codec-openjph", "Copyright (c) 2019, Aous Naman"],
    ["@cornerstonejs/codec-openjpeg", "Copyright (c) 2002-2011, Professor Benoit Macq"],
    ["@cornerstonejs/codec-charls", "Copyright (c) 2007, Jan de Vaan \\ Victor Derks"],
  ])("have the licence of the library inside %s", async (name, copyright) => {
    const manifest = await readFile(join(ROOT, "node_modules", name, "package.json"), "utf8");
    const { version, license } = JSON.parse(manifest) as { version: string; license: string };
    const text = texts.get(`${name} ${version} (${license})`);
    expect(text).toContain(copyright);
    expect(text).toContain("Redistributions in binary form must reproduce");
    expect(text).toContain("Emscripten authors");
  });

  test("name what the data dictionary is made from", () => {
    expect(notices).toMatch(
      /^@iwharris\/dicom-data-dictionary [\d.]+ \(MIT\), from which the data dictionary is made$/m,
    );
    expect(notices).toContain("Copyright (c) 2019 Ian Harris");
  });

  test("name the base image of the Dockerfile", async () => {
    const dockerfile = await readFile(join(ROOT, "Dockerfile"), "utf8");
    expect(notices).toContain(/^ARG BASE_IMAGE=(.+)$/m.exec(dockerfile)?.[1]);
  });
});

describe("third-party notices", () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "healthimaging-local-notices-"));
    await write("package.json", { name: "product", version: "1.0.0", license: "MIT" });
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  const write = async (file: string, content: object | string): Promise<void> => {
    await mkdir(join(root, file, ".."), { recursive: true });
    await writeFile(join(root, file), typeof content === "string" ? content : JSON.stringify(content));
  };
  const bundled: Metafile = { inputs: { "node_modules/a/a.js": { bytes: 1, imports: [] } }, outputs: {} };

  test("are refused where a package has no text of its licence", async () => {
    await write("node_modules/a/package.json", { name: "a", version: "1.2.3", license: "MIT" });
    expect(() => writeNotices([bundled], root)).toThrow(/^a 1\.2\.3 \(MIT\) has no file with its licence/);
    await write("node_modules/a/licence.md", "Copyright A");
    expect(writeNotices([bundled], root)).toContain("a 1.2.3 (MIT)\n\nCopyright A\n");
  });

  test("are refused where a package has a licence that asks for more than notices", async () => {
    await write("node_modules/a/package.json", { name: "a", version: "1.2.3", license: "GPL-3.0-only" });
    await write("node_modules/a/LICENSE", "Copyright A");
    expect(() => writeNotices([bundled], root)).toThrow("a 1.2.3 has the licence GPL-3.0-only");
  });

  test("name who holds the copyright of a package under the Apache License, and repeat its NOTICE", async () => {
    await write("node_modules/a/package.json", { name: "a", version: "1.2.3", license: "Apache-2.0" });
    await write(
      "node_modules/a/LICENSE",
      "Apache License\n   Copyright 2020 A.\n   Copyright [yyyy] [name]\n",
    );
    await write("node_modules/a/NOTICE", "A has parts of B.");
    const notices = writeNotices([bundled], root);
    expect(notices).toContain("(Apache-2.0)\n\nCopyright 2020 A.\nLicensed under the Apache License");
    expect(notices).toContain("(Apache-2.0)\n\nA has parts of B.");
    expect(notices).not.toContain("[yyyy]");
  });
});
