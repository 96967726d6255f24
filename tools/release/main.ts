import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { notesOf } from "./changelog.ts";
import { reasonsAgainst } from "./check-release.ts";
import { imageTagsOf, isPreRelease, npmTagOf } from "./release-tags.ts";
import { imageOf, readRepository, type ReleaseManifest } from "./repository.ts";

/**
 * The steps of .github/workflows/release.yml that need this project's files:
 *
 *     node tools/release/main.ts check v0.2.0      exits with 1 and says why the tag cannot be released
 *     node tools/release/main.ts notes             the section of the changelog
 *     node tools/release/main.ts image-tags        where the image goes, a line for each tag
 *     node tools/release/main.ts npm-tag           the dist-tag of the package: what an install without a version gets
 *     node tools/release/main.ts kind              `release`, or `pre-release` of a version such as 1.0.0-rc.1
 *     node tools/release/main.ts labels            the image's labels that only a release knows
 *     node tools/release/main.ts publish-readme    makes the README tell of the published package and image
 */
const [step = "", tag = ""] = process.argv.slice(2);

const readJson = async <T>(path: string): Promise<T> => JSON.parse(await readFile(path, "utf8")) as T;
const manifest = await readJson<ReleaseManifest>("package.json");

const STEPS: Readonly<Record<string, () => Promise<string>>> = {
  check: async () => {
    const { version } = await readJson<{ version: string }>("package-lock.json");
    const changelog = await readFile("CHANGELOG.md", "utf8");
    const reasons = reasonsAgainst({ tag, manifest, lockedVersion: version, changelog });
    if (reasons.length > 0) throw new Error(`not released:\n  ${reasons.join("\n  ")}`);
    return `${tag} can be released\n`;
  },
  notes: async () => notesOf(await readFile("CHANGELOG.md", "utf8"), manifest.version),
  "image-tags": () =>
    Promise.resolve(
      imageTagsOf(manifest)
        .map((name) => `${name}\n`)
        .join(""),
    ),
  "npm-tag": () => Promise.resolve(`${npmTagOf(manifest)}\n`),
  kind: () => Promise.resolve(`${isPreRelease(manifest) ? "pre-release" : "release"}\n`),
  labels: () =>
    Promise.resolve(
      `org.opencontainers.image.version=${manifest.version}\norg.opencontainers.image.source=${readRepository(manifest).url}\n`,
    ),
  "publish-readme": async () => {
    const args = ["tools/generate-control.ts", "--published", "--image", imageOf(manifest)];
    execFileSync(process.execPath, args, { stdio: "inherit" });
    return "";
  },
};

try {
  const run = STEPS[step];
  if (run === undefined) throw new Error(`steps are ${Object.keys(STEPS).join(", ")}, got "${step}"`);
  process.stdout.write(await run());
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
