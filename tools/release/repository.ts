/** What of package.json a release reads. */
export interface ReleaseManifest {
  readonly name: string;
  readonly version: string;
  readonly repository: { readonly url: string };
}

/** Stands in package.json until somebody owns the repository: nothing else names the owner. */
export const PLACEHOLDER = "OWNER";

interface Repository {
  readonly owner: string;
  readonly name: string;
  /** The page for people. */
  readonly url: string;
}

/** @throws Error where the manifest names no repository of GitHub */
export function readRepository({ repository }: ReleaseManifest): Repository {
  const [, owner, name] = /^git\+https:\/\/github\.com\/([\w-]+)\/([\w.-]+)\.git$/.exec(repository.url) ?? [];
  if (owner === undefined || name === undefined)
    throw new Error(
      `package.json: repository.url is git+https://github.com/OWNER/NAME.git, got ${repository.url}`,
    );
  return { owner, name, url: `https://github.com/${owner}/${name}` };
}

/** Where the image is published. Registries accept lower case only. */
export function imageOf(manifest: ReleaseManifest): string {
  return `ghcr.io/${readRepository(manifest).owner.toLowerCase()}/${manifest.name}`;
}
