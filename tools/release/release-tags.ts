import { imageOf, type ReleaseManifest } from "./repository.ts";

/** Of a version such as `1.0.0-rc.1` (semver.org, 9); a `+` begins what is no part of the precedence. */
export const isPreRelease = ({ version }: Pick<ReleaseManifest, "version">): boolean =>
  (version.split("+")[0] ?? "").includes("-");

/** What an install without a version gets is `latest`: never a pre-release. */
export const npmTagOf = (manifest: Pick<ReleaseManifest, "version">): "latest" | "next" =>
  isPreRelease(manifest) ? "next" : "latest";

/** As of the package: `latest` is the last release. */
export function imageTagsOf(manifest: ReleaseManifest): string[] {
  const image = imageOf(manifest);
  const names = isPreRelease(manifest) ? [manifest.version] : [manifest.version, "latest"];
  return names.map((name) => `${image}:${name}`);
}
