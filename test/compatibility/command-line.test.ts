import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { SearchImageSetsCommand } from "@aws-sdk/client-medical-imaging";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createSampleSeries } from "../../src/local/sdk/import/sample-series.ts";
import { runHere } from "../app/cli/command-line.ts";
import { createActiveDatastore, openServer, type ServerSandbox } from "../clients.ts";

const HELP = await readFile(resolve(import.meta.dirname, "../fixtures/0.1.0/public/help.txt"), "utf8");

/** What only `serve` and `demo` have: test/compatibility/serve.system.test.ts. */
const [SERVE = "", ASKING = ""] = HELP.split(/(?=^ {2}healthimaging-local import )/m);

const SCENARIO = `rules: [{ id: a, match: { op: ListDatastores }, effects: [{ latency: { fixed: 1ms } }] }]
states: [{ id: one, rules: [a], next: [{ signal: go, goto: two }] }, { id: two, rules: [] }]`;

let sandbox: ServerSandbox;
let folder: string;
let resources: Readonly<Record<"DATASTORE" | "EMPTY" | "JOB" | "IMAGESET", string>>;
beforeAll(async () => {
  sandbox = await openServer();
  folder = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
  await mkdir(join(folder, "my-dicom"));
  for (const { name, bytes } of createSampleSeries(1)) await writeFile(join(folder, "my-dicom", name), bytes);
  await writeFile(join(folder, "mine.yaml"), SCENARIO);
  await writeFile(join(folder, "quotas.json"), '{"Maximum data stores": 77}');
  const { datastoreId, jobId } = await sandbox.emulator.control.importFolder(join(folder, "my-dicom"));
  const found = await sandbox.medicalImaging.send(new SearchImageSetsCommand({ datastoreId }));
  resources = {
    DATASTORE: `datastore/${datastoreId}`,
    EMPTY: `datastore/${await createActiveDatastore(sandbox.medicalImaging, "empty")}`,
    JOB: `importJob/${jobId}`,
    IMAGESET: `imageSet/${found.imageSetsMetadataSummaries?.[0]?.imageSetId}`,
  };
});
afterAll(async () => {
  await sandbox[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** In an order in which each has something to do. */
const LINES = `
help
version
import my-dicom --datastore demo --endpoint URL
env --endpoint URL --account 111122223333 --region eu-west-1 --shell fish
env --shell sh
env --shell powershell
env --shell cmd
env --shell dotenv
health
health --json --endpoint URL
clock
clock now
clock freeze
clock advance 5m
wait DATASTORE --status ACTIVE,DELETED --timeout 10s --auto-advance
wait JOB --status COMPLETED
clock set 2100-01-01T00:00:00Z
clock resume
clock freeze 2100-02-01
clock resume
limits
limits --throttling off --quotas quotas.json --deny medical-imaging:TagResource
limits --deny none
durations
durations datastoreCreatingMs=1
status IMAGESET
hold datastore/*
hold
release datastore/*
hold DATASTORE --status DELETING
release DATASTORE
push IMAGESET UPDATING
push IMAGESET UPDATE_FAILED --message no --force
report
report --account 000000000000 --json
scenario list
scenario validate mine.yaml
scenario load mine.yaml
scenario load mine.yaml --name mine --activate
scenario status mine
scenario hits mine --rule a
scenario signal mine go
scenario verify mine
scenario reset mine
scenario deactivate mine
scenario activate mine --seed 7 --account 000000000000 --ttl 10m
scenario remove mine
requests
requests list --op GetImageFrame --status 5xx --since 1 --fault mine --account 000000000000
requests list --access-key test --limit 5
requests calls
requests count --op CreateDatastore
requests clear
snapshot list
snapshot save one --buckets --force
snapshot save one --replace
snapshot export one one.tar.gz
snapshot import one.tar.gz --name two
snapshot import one.tar.gz --name two --replace
snapshot restore two
snapshot remove two
reset --account 111122223333
reset --buckets
reset
`
  .trim()
  .split("\n");

/** Ends with 1 where there is any of these; a data store was created with a key, and all pages were read. */
const FAIL_ON = ["report --fail-on refused,throttled", "report --fail-on unread,unseen"];

const readLine = (line: string): string[] =>
  line.split(" ").map((word) => {
    if (word === "URL") return sandbox.emulator.url;
    return Object.hasOwn(resources, word) ? resources[word as keyof typeof resources] : word;
  });
const run = (line: string) =>
  runHere(readLine(line), { HEALTHIMAGING_LOCAL_ENDPOINT: sandbox.emulator.url }, folder);

test("each command of 0.1.0's help does what it says, with each flag", async () => {
  for (const line of LINES) {
    const { code, stdout, stderr } = await run(line);
    expect([line, code, stderr]).toEqual([line, 0, expect.not.stringContaining("healthimaging-local:")]);
    expect(stdout, line).not.toBe("");
  }
});

test.each(FAIL_ON)("%s ends as the report says", async (line) => {
  const { code, stderr } = await run(line);
  expect([code, stderr]).toEqual([0, ""]);
});

test("the lines above have each word of 0.1.0's help", () => {
  const given = new Set([...LINES, ...FAIL_ON].flatMap((line) => line.split(/[ ,]/)));
  const flags = [...ASKING.matchAll(/--[a-z-]+/g)].map(([flag]) => flag);
  const commands = [
    ...ASKING.matchAll(/^ {4}([a-z]+)(?: \[?[A-Z]| {2})|^ {2}healthimaging-local ([a-z]+)/gm),
  ];
  const subcommands =
    `now freeze advance set resume release list validate load activate deactivate reset status
    hits verify remove signal calls count clear save restore export import refused throttled unread unseen none
    sh fish powershell cmd dotenv version help`.split(/\s+/);
  for (const word of subcommands) expect(ASKING).toMatch(new RegExp(`\\b${word}\\b`));
  const names = commands.map(([, own, other]) => own ?? other ?? "").filter((name) => name !== "demo");
  expect(names).toHaveLength(16);
  expect([...flags, ...names, ...subcommands].filter((word) => !given.has(word))).toEqual([]);
  expect(SERVE).toContain("--port");
});
