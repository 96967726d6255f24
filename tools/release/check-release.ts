import { sectionsOf } from "./changelog.ts";
import { PLACEHOLDER, readRepository, type ReleaseManifest } from "./repository.ts";

interface Release {
  /** `v0.2.0` */
  readonly tag: string;
  readonly manifest: ReleaseManifest;
  readonly lockedVersion: string;
  readonly changelog: string;
}

/** Why this tag cannot be released, a sentence each; empty where it can. */
export function reasonsAgainst({ tag, manifest, lockedVersion, changelog }: Release): string[] {
  const { version } = manifest;
  const [unreleased, latest] = sectionsOf(changelog);
  const reasons: [boolean, string][] = [
    [
      readRepository(manifest).owner === PLACEHOLDER,
      `package.json: repository.url still has the placeholder ${PLACEHOLDER}`,
    ],
    [
      tag !== `v${version}`,
      `the tag is ${tag}, and package.json has the version ${version}: expected v${version}`,
    ],
    [lockedVersion !== version, `package-lock.json has the version ${lockedVersion}: expected ${version}`],
    [
      unreleased?.version !== "Unreleased" || unreleased.text !== "",
      "CHANGELOG.md begins with ## [Unreleased], which is empty when a version is released",
    ],
    [
      latest?.version !== version || latest.date === undefined,
      `CHANGELOG.md has ## [${version}] - YYYY-MM-DD below ## [Unreleased]`,
    ],
  ];
  return reasons.flatMap(([isWrong, reason]) => (isWrong ? [reason] : []));
}
