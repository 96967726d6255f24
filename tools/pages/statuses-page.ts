import { modelOf } from "../../src/api/model/model.ts";
import { SERVICE_RELEASES } from "../../src/api/releases/service-release.ts";
import {
  EVERY_STATUS,
  RESOURCE_KINDS,
  showStatus,
  statusesOf,
  type ResourceKind,
} from "../../src/domain/resource.ts";
import { code, GENERATED, page, table } from "../control/markdown.ts";

const HEAD = `# Statuses

The statuses of resources, by [service release](../guide/service-release.md). An emulator accepts and shows those of its own release: in calls, in
[state overrides, holds and waits](../guide/time.md), and in [scenarios](scenario-file.md). Another one is refused, with a list of those that there are.

- A transient status ends by itself. A resource can be held in it; \`hold\`, \`delay\` and \`fail\` of a scenario apply to it.
- A state override goes to one of the next statuses; with \`force\`, to any.
- An image set is named by its workflow status, by its state and workflow status, or, in holds, waits and scenarios, by its state alone:
  \`UPDATING\`, \`LOCKED/UPDATING\`, \`LOCKED\`.`;

const TITLES: Readonly<Record<ResourceKind, string>> = {
  datastore: "Data stores",
  importJob: "Import jobs",
  imageSet: "Image sets",
};

const RELEASES = SERVICE_RELEASES.map((release) => ({ release, statuses: statusesOf(modelOf(release)) }));

/** What may follow, in the release that has most; those of a release are among its own statuses. */
function nextOf(kind: ResourceKind, status: string): string {
  const next = EVERY_STATUS.next[kind][status] ?? [];
  const isWork = kind === "imageSet" && next.length > 2;
  return isWork ? "any LOCKED status" : next.map(code).join(", ");
}

function rowOf(kind: ResourceKind, status: string): string[] {
  const having = RELEASES.filter(({ statuses }) => Object.hasOwn(statuses.next[kind], status));
  return [
    code(showStatus(kind, status)),
    having.length === RELEASES.length ? "all" : having.map(({ release }) => release).join(", "),
    EVERY_STATUS.transient[kind].includes(status) ? "yes" : "",
    nextOf(kind, status),
  ];
}

export function statusesPage(): string {
  const sections = RESOURCE_KINDS.flatMap((kind) => [
    `## ${TITLES[kind]}`,
    table(
      ["status", "releases", "transient", "next"],
      Object.keys(EVERY_STATUS.next[kind]).map((status) => rowOf(kind, status)),
    ),
  ]);
  return page([GENERATED, HEAD, ...sections]);
}
