import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Whether registries have the package and the image: what the README may tell its readers to type. */
export interface Publication {
  readonly isPublished: boolean;
  /** `REGISTRY/OWNER/healthimaging-local`; null where no registry has an image. */
  readonly image: string | null;
}

const FILE = join(import.meta.dirname, "publication.json");

export const readPublication = (): Publication => JSON.parse(readFileSync(FILE, "utf8")) as Publication;

/** What the release workflow calls before it generates the pages. */
export function writePublication(publication: Publication): void {
  writeFileSync(FILE, `${JSON.stringify(publication, null, 2)}\n`);
}
