import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { StartDICOMImportJobCommand } from "@aws-sdk/client-medical-imaging";
import { ControlClient } from "../../src/index.ts";
import { lookAtAll } from "../local/control/look.ts";
import { BUCKET, createActive, endOfJob, openClients, sha256 } from "./client.ts";
import { putFiles } from "./crash-run.ts";
import type { CrashRun } from "./crash-run.ts";
import { Random } from "./random.ts";
import { startServer, type Server } from "./server.ts";

type Call = (control: ControlClient, files: Files) => Promise<unknown>;
/** Calls of `/_local` that put one whole in the place of another. */
const REPLACEMENTS = {
  reset: (control) => control.reset(),
  restore: (control) => control.snapshots.restore("full"),
  "import of a snapshot": (control, { full }) => control.snapshots.import("other", full, { replace: true }),
} as const satisfies Readonly<Record<string, Call>>;
/** Of the time that a call takes, the latest moment of a kill: some come after its answer. */
const LATEST = 1.2;
type Replacement = keyof typeof REPLACEMENTS;
const NAMES = Object.keys(REPLACEMENTS) as readonly Replacement[];

/** Of two snapshots. */
interface Files {
  readonly empty: Uint8Array;
  readonly full: Uint8Array;
}

/** What can be seen of each of the two. */
interface Looks {
  readonly empty: string;
  readonly full: string;
}

/**
 * Kills a server in the middle of a reset, of a restore and of a snapshot's import: after its restart there is
 * all that was there before, or all that was to come.
 */
export async function replaceRun(kills: number, seed: number): Promise<ReplaceRun> {
  const data = await mkdtemp(join(tmpdir(), "healthimaging-local-replace-"));
  const random = new Random(seed);
  const wrong: string[] = [];
  const outcomes = { old: 0, new: 0 };
  let acknowledged = 0;
  let server = await startServer(data);
  try {
    await putFiles(data);
    const { files, looks } = await prepare(server);
    await server.stop();
    server = await startServer(data);
    const durationsMs = await measure(server, files);
    for (let life = 1; life <= kills && wrong.length === 0; life++) {
      const name = NAMES[life % NAMES.length] ?? "reset";
      await begin(server, name, files);
      const lifeMs = (random.below(1_000) / 1_000) * LATEST * (durationsMs.get(name) ?? 0);
      const isAnswered = await killDuring(server, name, files, lifeMs);
      acknowledged += isAnswered ? 1 : 0;
      server = await startServer(data);
      const found = await outcomeOf(server, name, files, looks);
      if (found === "new" || found === "old") outcomes[found] += 1;
      const expected = isAnswered ? ["new"] : ["old", "new"];
      if (!expected.includes(found))
        wrong.push(`${name}, killed ${isAnswered ? "after" : "before"} its answer: ${found}`);
      wrong.push(...(await strangersIn(data)), ...server.said);
    }
  } finally {
    await server.stop();
    await rm(data, { recursive: true, force: true });
  }
  return { kills, acknowledged, wrong, outcomes };
}

export interface ReplaceRun extends CrashRun {
  /** How often the old was found after the restart, and how often the new. */
  readonly outcomes: Readonly<Record<"old" | "new", number>>;
}

/** An image set of two frames, and nothing at all, each saved. */
async function prepare(server: Server): Promise<{ files: Files; looks: Looks }> {
  const control = new ControlClient(server.url);
  await control.snapshots.save("empty");
  const empty = await look(server);
  const datastoreId = await createActive(server.url, "replaced");
  const clients = openClients(server.url, datastoreId);
  const { jobId = "" } = await clients.medicalImaging.send(
    new StartDICOMImportJobCommand({
      datastoreId,
      dataAccessRoleArn: "arn:aws:iam::123456789012:role/import",
      inputS3Uri: `s3://${BUCKET}/in/`,
      outputS3Uri: `s3://${BUCKET}/out/`,
      clientToken: "replaced",
    }),
  );
  await endOfJob(clients, jobId);
  await control.snapshots.save("full");
  return {
    files: { empty: await control.snapshots.export("empty"), full: await control.snapshots.export("full") },
    looks: { empty, full: await look(server) },
  };
}

/** How long each call takes in a process that has just begun, as it is when it is killed. */
async function measure(server: Server, files: Files): Promise<ReadonlyMap<string, number>> {
  const durationsMs = new Map<string, number>();
  for (const name of NAMES) {
    await begin(server, name, files);
    const begun = performance.now();
    await REPLACEMENTS[name](new ControlClient(server.url), files);
    durationsMs.set(name, performance.now() - begun);
  }
  return durationsMs;
}

async function look({ url }: Server): Promise<string> {
  return JSON.stringify(await lookAtAll(openClients(url, "").medicalImaging));
}

/** Brings about what is to be replaced. */
async function begin({ url }: Server, name: Replacement, { empty }: Files): Promise<void> {
  const control = new ControlClient(url);
  if (name === "reset") await control.snapshots.restore("full");
  else if (name === "restore") await control.reset();
  else await control.snapshots.import("other", empty, { replace: true });
}

/** @returns whether it was answered before the kill */
async function killDuring(server: Server, name: Replacement, files: Files, lifeMs: number): Promise<boolean> {
  let isAnswered = false;
  const called = REPLACEMENTS[name](new ControlClient(server.url), files).then(
    () => (isAnswered = true),
    () => false,
  );
  await Promise.race([delay(lifeMs), called]);
  const isAcknowledged = isAnswered;
  await server.kill();
  await called;
  return isAcknowledged;
}

/** @returns `old`, `new`, or what else there is */
async function outcomeOf(server: Server, name: Replacement, files: Files, looks: Looks): Promise<string> {
  if (name === "import of a snapshot") return snapshotOf(server, files);
  const found = await look(server);
  const isEmpty = found === looks.empty;
  if (!isEmpty && found !== looks.full) return found.slice(0, 1_000);
  return isEmpty === (name === "reset") ? "new" : "old";
}

async function snapshotOf({ url }: Server, { empty, full }: Files): Promise<string> {
  const { snapshots } = new ControlClient(url);
  const found = sha256(await snapshots.export("other"));
  if (found === sha256(full)) return "new";
  if (found === sha256(empty)) return "old";
  return `a snapshot of which nobody knows: ${JSON.stringify(await snapshots.list())}`;
}

/** Generations that lie in the folder, and of which its format says nothing. */
async function strangersIn(data: string): Promise<string[]> {
  // The folders first: one that is deleted meanwhile is named until it is gone.
  const found = (await readdir(data)).flatMap((name) => /^epoch-(\d+)$/.exec(name)?.[1] ?? []).map(Number);
  const { generation, pastGenerations } = JSON.parse(
    await readFile(join(data, "format.json"), "utf8"),
  ) as Format;
  const left = new Set(
    (await readdir(data)).flatMap((name) => /^epoch-(\d+)$/.exec(name)?.[1] ?? []).map(Number),
  );
  return found
    .filter((number) => left.has(number) && number !== generation && !pastGenerations.includes(number))
    .map((number) => `epoch-${number} is not named in format.json`);
}

interface Format {
  readonly generation: number;
  readonly pastGenerations: readonly number[];
}
