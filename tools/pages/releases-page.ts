import { allRows } from "../../src/api/releases/behaviours.ts";
import { DEFAULT_RELEASE, SERVICE_RELEASES } from "../../src/api/releases/service-release.ts";
import { code, GENERATED, page, table } from "../control/markdown.ts";

const HEAD = `# Service releases

Every difference between the releases of AWS HealthImaging that [\`--service-release\`](../guide/service-release.md)
chooses from, as \`src/api/releases/behaviours.ts\` has them. The default is ${code(DEFAULT_RELEASE)}. A launch date is that of AWS's release
notes; "not published" means that AWS gives none. A test of the last column shows what is said.`;

/** A row for each difference. */
export function releasesPage(): string {
  return page([
    GENERATED,
    HEAD,
    table(
      ["id", "what", "launched", ...SERVICE_RELEASES, "source", "test"],
      allRows().map(([id, { topic, launched, source, releases, test }]) => [
        code(id),
        topic,
        launched ?? "not published",
        ...SERVICE_RELEASES.map((release) => releases[release].does),
        `[AWS](${source})`,
        code(test.file),
      ]),
    ),
  ]);
}
