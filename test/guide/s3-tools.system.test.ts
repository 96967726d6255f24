import { execFile, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { openServer } from "../clients.ts";
import { readDocuments, today, withCode } from "../documents.ts";

const PAGE = "docs/guide/s3-tools.md";
const isThere = (command: string): boolean => spawnSync(command, ["--version"]).status === 0;
const TOOLS = ["rclone", "s3cmd", "aws", "s3fs"] as const;
type Tool = (typeof TOOLS)[number];
const there = Object.fromEntries(TOOLS.map((tool) => [tool, isThere(tool)])) as Record<Tool, boolean>;
const isFuseThere =
  there.s3fs && spawnSync("sh", ["-c", "test -w /dev/fuse && command -v fusermount"]).status === 0;
for (const tool of TOOLS)
  if (!there[tool]) process.stderr.write(`SKIPPED: ${PAGE} with ${tool}; install ${tool}\n`);
if (there.s3fs && !isFuseThere) process.stderr.write(`SKIPPED: ${PAGE} with s3fs; FUSE is not there\n`);

/** As far as tools look that tell DICOM from other files. */
const dicomFile = (index: number): Buffer => {
  const bytes = Buffer.alloc(1024, index);
  bytes.write("DICM", 128);
  return bytes;
};

interface Reader {
  /** The bucket's objects as files. */
  readonly objects: (bucket: string) => string;
  readonly home: string;
  /** Runs shell code of the page. @returns what it prints, without what is different each time */
  readonly run: (code: string) => Promise<string>;
  /** Writes a block of the page to a file of the user's. */
  readonly configure: (code: string, path: string) => Promise<void>;
}

/** Someone who follows the page, in an empty folder with `./my-dicom`. */
async function openReader(big = 0): Promise<Reader> {
  const home = await mkdtemp(join(tmpdir(), "healthimaging-local-tools-"));
  const sandbox = await openServer({ data: join(home, "data") });
  onTestFinished(async () => {
    spawnSync("sh", ["-c", "fusermount -qu bucket"], { cwd: home });
    await sandbox[Symbol.asyncDispose]();
    await rm(home, { recursive: true, force: true });
  });
  const dicom = join(home, "my-dicom");
  await mkdir(join(dicom, "series 2"), { recursive: true });
  for (const [index, name] of ["0001.dcm", "0002.dcm", "series 2/ü+& 0001.dcm"].entries())
    await writeFile(join(dicom, name), dicomFile(index));
  if (big > 0) await writeFile(join(dicom, "big.dcm"), Buffer.alloc(big, "big"));
  const here = (code: string): string =>
    code.replaceAll("127.0.0.1:4464", `127.0.0.1:${sandbox.emulator.port}`);
  // Nothing of the machine's own: no credentials, no bundle of certificates, no proxy.
  const env = { PATH: process.env["PATH"], HOME: home, LC_ALL: "C.UTF-8", AWS_EC2_METADATA_DISABLED: "true" };
  return {
    home,
    objects: (bucket) => join(home, "data", "s3", bucket),
    run: async (code) => {
      const ran = await promisify(execFile)("bash", ["-ec", `exec 2>&1\n${here(code)}`], { cwd: home, env });
      return normal(ran.stdout);
    },
    configure: async (code, path) => {
      await mkdir(join(home, path, ".."), { recursive: true });
      await writeFile(join(home, path), here(code));
    },
  };
}

const TIME = /\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d|\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT/g;

/** Times, speeds, digests, users, and the order of parallel transfers are of one run. */
const normal = (output: string): string =>
  output
    .replaceAll(TIME, "TIME")
    .replaceAll(/\([\d.]+ bytes in [\d.]+ seconds, [\d.-]+ .?B\/s\)/g, "SPEED")
    .replaceAll(/in [\d.]+ seconds, [\d.]+ .?B\/s/g, "SPEED")
    .replaceAll(/[0-9a-f]{32}/g, "MD5")
    .replaceAll(/s3cmd-attrs: .*/g, "s3cmd-attrs: ...")
    .trimEnd()
    .split("\n")
    .toSorted()
    .join("\n");

/** The output that the page shows under a block. */
function shown(code: string): string {
  const blocks = today.filter(({ at }) => at.startsWith(PAGE));
  const index = blocks.findIndex((block) => block.code === code);
  return normal(blocks[index + 1]?.code ?? "");
}

/** What tells a file that was written again from one that was not. */
async function statesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  return Promise.all(
    files.toSorted().map(async (path) => {
      const { ino, mtimeNs } = await stat(path, { bigint: true });
      return `${path} ${ino} ${mtimeNs}`;
    }),
  );
}

const editions = (code: string) => withCode(readDocuments(), code);
const CONFIGURATION: Partial<Record<Tool, readonly [text: string, path: string]>> = {
  rclone: ["[imaging]", ".config/rclone/rclone.conf"],
  s3cmd: ["host_bucket", ".s3cfg"],
};

async function follow(tool: Tool, first: string, big = 0) {
  const reader = await openReader(big);
  const [edition] = editions(first);
  if (edition === undefined) throw new Error(`${PAGE} has no ${first}`);
  const [text, path] = CONFIGURATION[tool] ?? [];
  if (text !== undefined && path !== undefined) await reader.configure(edition.run(text, "ini"), path);
  return { ...reader, code: edition.run(first, "sh") };
}

test.for([
  ["rclone", "rclone mkdir", there.rclone],
  ["s3cmd", "s3cmd mb", there.s3cmd],
  ["aws", "aws s3 mb s3://dicom-aws", there.aws],
  ["s3fs", "s3fs dicom-s3fs", isFuseThere],
] as const)("the page's commands of %s print what it shows", async ([tool, first, isToolThere], { skip }) => {
  skip(!isToolThere, `${tool} is not there`);
  const { run, code, objects } = await follow(tool, first);
  expect(await run(code)).toBe(shown(code));
  const copied = await readFile(join(objects(`dicom-${tool}`), "study1", "0001.dcm"));
  expect(copied.equals(dicomFile(0))).toBe(true);
});

const CREDENTIALS =
  "export AWS_ENDPOINT_URL_S3=http://127.0.0.1:4464 AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_DEFAULT_REGION=us-east-1\n";
test.for([
  ["rclone", "rclone mkdir", "rclone sync ./my-dicom imaging:BUCKET", there.rclone],
  ["s3cmd", "s3cmd mb", "s3cmd sync --no-progress ./my-dicom/ s3://BUCKET/", there.s3cmd],
  ["aws", "aws s3 mb s3://dicom-aws", `${CREDENTIALS}aws s3 sync ./my-dicom s3://BUCKET`, there.aws],
] as const)(
  "%s sync uploads nothing the second time, and then only what has changed",
  async ([tool, first, command, isToolThere], { skip }) => {
    skip(!isToolThere, `${tool} is not there`);
    const { run, objects, home } = await follow(tool, first, 20 * 2 ** 20);
    const bucket = objects("synced");
    await mkdir(bucket, { recursive: true });
    const sync = command.replace("BUCKET", "synced");
    await run(sync);
    const states = await statesOf(bucket);
    expect(states).toHaveLength(4);
    await run(sync);
    expect(await statesOf(bucket)).toEqual(states);
    await writeFile(join(home, "my-dicom", "0002.dcm"), "another length");
    await run(sync);
    expect(await readFile(join(bucket, "0002.dcm"), "utf8")).toBe("another length");
    expect((await statesOf(bucket)).filter((state) => !states.includes(state))).toHaveLength(1);
  },
);

test.skipIf(!there.rclone || !there.s3cmd)(
  "files that were copied into the bucket's folder are not uploaded by rclone and s3cmd",
  async () => {
    const { run, configure, objects } = await follow("rclone", "rclone mkdir");
    const [edition] = editions("host_bucket");
    await configure(edition?.run("host_bucket", "ini") ?? "", ".s3cfg");
    await mkdir(objects("by-hand"), { recursive: true });
    await run("cp -r my-dicom/. data/s3/by-hand/");
    const states = await statesOf(objects("by-hand"));
    const output = await run("s3cmd sync --no-progress ./my-dicom/ s3://by-hand/");
    expect([output, await statesOf(objects("by-hand"))]).toEqual(["", states]);
    expect(await run("rclone check ./my-dicom imaging:by-hand")).toContain("0 differences found");
    const synced = await run("rclone sync --verbose --stats 0 ./my-dicom imaging:by-hand");
    expect(synced).not.toContain("Copied");
  },
);
