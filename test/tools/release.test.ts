import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { notesOf, sectionsOf } from "../../tools/release/changelog.ts";
import { generatePages } from "../../tools/pages/generate-pages.ts";
import { reasonsAgainst } from "../../tools/release/check-release.ts";
import { imageTagsOf, npmTagOf } from "../../tools/release/release-tags.ts";
import {
  imageOf,
  PLACEHOLDER,
  readRepository,
  type ReleaseManifest,
} from "../../tools/release/repository.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const ours = JSON.parse(read("package.json")) as ReleaseManifest;

const manifest = {
  name: "healthimaging-local",
  version: "1.2.0",
  repository: { url: "git+https://github.com/Somebody/healthimaging-local.git" },
};
const CHANGELOG = `# Changelog

## [Unreleased]

## [1.2.0] - 2027-01-02

### Added

- A thing.

## [1.1.0] - 2026-12-01

- Another.
`;
const release = { tag: "v1.2.0", manifest, lockedVersion: "1.2.0", changelog: CHANGELOG };

describe("a release", () => {
  test("is possible where tag, versions and changelog agree", () => {
    expect(reasonsAgainst(release)).toEqual([]);
  });

  test.each<[string, Partial<typeof release>, RegExp]>([
    [
      "the owner is a placeholder",
      {
        manifest: {
          ...manifest,
          repository: { url: "git+https://github.com/OWNER/healthimaging-local.git" },
        },
      },
      /placeholder OWNER/,
    ],
    ["the tag is of another version", { tag: "v1.1.0" }, /the tag is v1\.1\.0.*expected v1\.2\.0/],
    [
      "the lock file has another version",
      { lockedVersion: "1.1.0" },
      /package-lock\.json has the version 1\.1\.0/,
    ],
    [
      "something is not released",
      { changelog: CHANGELOG.replace("[Unreleased]\n", "[Unreleased]\n\n- More.\n") },
      /\[Unreleased\], which is empty/,
    ],
    [
      "the section has no date",
      { changelog: CHANGELOG.replace(" - 2027-01-02", "") },
      /## \[1\.2\.0\] - YYYY/,
    ],
  ])("is refused where %s", (_, change, reason) => {
    const reasons = reasonsAgainst({ ...release, ...change });
    expect(reasons).toHaveLength(1);
    expect(reasons[0]).toMatch(reason);
  });

  test("has the notes of its section alone", () => {
    expect(notesOf(CHANGELOG, "1.2.0")).toBe("### Added\n\n- A thing.\n");
    expect(() => notesOf(CHANGELOG, "Unreleased")).toThrow("CHANGELOG.md has nothing below ## [Unreleased]");
    expect(() => notesOf(CHANGELOG, "9.9.9")).toThrow("## [9.9.9]");
  });

  test("has an image whose name is in lower case", () => {
    expect(imageOf(manifest)).toBe("ghcr.io/somebody/healthimaging-local");
    const elsewhere = { ...manifest, repository: { url: "https://example.com/x" } };
    expect(() => imageOf(elsewhere)).toThrow("got https://example.com/x");
  });
});

describe("a version", () => {
  const image = "ghcr.io/somebody/healthimaging-local";
  test.each([
    ["1.2.0", "latest", [`${image}:1.2.0`, `${image}:latest`]],
    ["1.2.0-rc.1", "next", [`${image}:1.2.0-rc.1`]],
    ["2.0.0-alpha", "next", [`${image}:2.0.0-alpha`]],
  ])("%s is `%s` of npm, and only a release is `latest` of the image", (version, npmTag, tags) => {
    expect([npmTagOf({ version }), imageTagsOf({ ...manifest, version })]).toEqual([npmTag, tags]);
  });

  test("takes its tags from here in the workflow", () => {
    const workflow = read(".github/workflows/release.yml");
    expect(workflow).not.toContain(":latest");
    expect(workflow).toContain("main.ts image-tags");
    expect(workflow).toMatch(/npm publish .*--tag "\$\(node tools\/release\/main\.ts npm-tag\)"/);
  });
});

describe("this repository", () => {
  const { owner, name } = readRepository(ours);
  if (owner === PLACEHOLDER)
    process.stderr.write(
      `package.json: repository.url has the placeholder ${PLACEHOLDER}: set it before a release\n`,
    );

  const pattern = `github\\.com/[A-Za-z0-9_-]+/${name}|ghcr\\.io/[a-z0-9_-]+/${name}`;
  const byHand = (page: string): string =>
    page.replaceAll(/^<!-- begin (\w+): npm run generate writes it -->[^]*?^<!-- end \1 -->$/gm, "");

  test("names its owner in package.json alone, and where a release writes it", () => {
    const found = execFileSync("git", ["grep", "-lE", pattern], { cwd: ROOT, encoding: "utf8" });
    const others = /^(tools\/pages\/publication\.json|test\/tools\/release\.test\.ts)$/;
    const named = found.trim().split("\n");
    const namedByHand = named.filter((path) => new RegExp(pattern).test(byHand(read(path))));
    expect(namedByHand.filter((path) => !others.test(path))).toEqual(["package.json"]);
  });

  test("still does so once a release has written the pages", () => {
    const image = `ghcr.io/somebody/${name}`;
    const pages = [...generatePages({ isPublished: true, image })].filter(([, page]) => page.includes(image));
    expect(pages.map(([path]) => path)).toEqual(["README.md", "docs/guide/containers.md"]);
    for (const [path, page] of pages) expect(byHand(page), path).not.toMatch(new RegExp(pattern));
  });

  test("refuses a release while its owner is a placeholder", () => {
    const reasons = reasonsAgainst({ ...release, manifest: ours });
    expect(reasons.some((reason) => reason.includes(PLACEHOLDER))).toBe(owner === PLACEHOLDER);
  });

  test("names the package of its version in the guide", () => {
    const packed = [...read("docs/guide/in-tests.md").matchAll(/healthimaging-local-([\d.]+)\.tgz/g)];
    expect(packed.map(([, version]) => version).filter((version) => version !== ours.version)).toEqual([]);
  });

  test("has a changelog that begins with what is not released, and a section for each version once", () => {
    const versions = sectionsOf(read("CHANGELOG.md")).map(({ version }) => version);
    expect(versions[0]).toBe("Unreleased");
    expect(versions[1]).toBe(ours.version);
    expect(new Set(versions).size).toBe(versions.length);
  });
});
