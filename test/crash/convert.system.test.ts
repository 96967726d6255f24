import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  ListDatastoresCommand,
  MedicalImagingClient,
  SearchImageSetsCommand,
} from "@aws-sdk/client-medical-imaging";
import { S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createEmulator, type Emulator, type ServiceRelease } from "../../src/index.ts";
import { createSampleSeries } from "../../src/local/sdk/import/sample-series.ts";
import { createActiveDatastore, importFiles, NO_TIME } from "../clients.ts";
import { lookAtAll } from "../local/control/look.ts";
import { scaled } from "../setup/timeouts.ts";

/**
 * Preloaded: kills its process before it renames or removes a file for the n-th time. A conversion makes nothing
 * visible in another way.
 */
const KILLER = `
import { syncBuiltinESMExports } from "node:module";
import fs from "node:fs";
let left = Number(process.env.KILL_AT);
const kill = () => process.kill(process.pid, "SIGKILL");
const counted = (work) => (...args) => { left -= 1; if (left === 0) kill(); return work(...args); };
for (const [where, name] of [[fs, "renameSync"], [fs.promises, "rename"], [fs.promises, "rm"]])
  where[name] = counted(where[name].bind(where));
syncBuiltinESMExports();
`;

let root: string;
let data: string;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "healthimaging-local-crash-"));
  data = join(root, "data");
  const emulator = await createEmulator({ data, durations: NO_TIME });
  const { requestHandler } = emulator;
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const common = { requestHandler, region: "us-east-1", credentials };
  const medicalImaging = new MedicalImagingClient(common);
  const s3 = new S3Client({ ...common, forcePathStyle: true });
  const sandbox = { medicalImaging, s3, [Symbol.asyncDispose]: () => Promise.resolve() };
  const [{ name, bytes } = { name: "", bytes: "" }] = createSampleSeries(1);
  for (const bucket of ["one", "two"])
    await importFiles(sandbox, await createActiveDatastore(medicalImaging, bucket), bucket, {
      [name]: bytes,
    });
  await emulator.control.snapshots.save("saved");
  await emulator.close();
});
afterAll(() => rmSync(root, { recursive: true }));

const clientOf = ({ requestHandler }: Emulator) =>
  new MedicalImagingClient({
    requestHandler,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });

/** What clients see of a folder with its release. */
async function look(folder: string): Promise<{ release: ServiceRelease; seen: unknown; primaries: number }> {
  const format = JSON.parse(readFileSync(join(folder, "format.json"), "utf8")) as object;
  const { serviceRelease: release } = format as { serviceRelease: ServiceRelease };
  const emulator = await createEmulator({ data: folder, serviceRelease: release, durations: NO_TIME });
  const client = clientOf(emulator);
  try {
    const seen = await lookAtAll(client);
    let primaries = 0;
    for (const { datastoreId } of await datastoresOf(emulator)) {
      const found = await client.send(new SearchImageSetsCommand({ datastoreId }));
      primaries += (found.imageSetsMetadataSummaries ?? []).filter(({ isPrimary }) => isPrimary).length;
    }
    for (const { name, serviceRelease = "2024-05" } of await emulator.control.snapshots.list())
      if (serviceRelease === release) await emulator.control.snapshots.restore(name);
    return { release, seen, primaries };
  } finally {
    await emulator.close();
  }
}

async function datastoresOf(emulator: Emulator): Promise<readonly { datastoreId: string }[]> {
  const { datastoreSummaries = [] } = await clientOf(emulator).send(new ListDatastoresCommand({}));
  return datastoreSummaries.map(({ datastoreId = "" }) => ({ datastoreId }));
}

/** @returns whether it was killed */
function convert(folder: string, killAt: number): boolean {
  const cli = join(process.env["HEALTHIMAGING_LOCAL_TEST_BUNDLE"] ?? "", "cli.js");
  const preload = `data:text/javascript,${encodeURIComponent(KILLER)}`;
  const { signal, status, stderr } = spawnSync(
    process.execPath,
    ["--import", preload, cli, "convert", "--data", folder],
    { env: { ...process.env, KILL_AT: String(killAt) }, encoding: "utf8" },
  );
  expect({ status, signal, stderr }).toEqual({
    status: signal === null ? 0 : null,
    signal: signal === null ? null : "SIGKILL",
    stderr: "",
  });
  return signal !== null;
}

test(
  "a conversion that is killed at any change of a file leaves the old or the new, and can be repeated",
  async () => {
    const releases: ServiceRelease[] = [];
    const old = join(root, "old");
    cpSync(data, old, { recursive: true });
    const before = await look(old);
    for (let killAt = 1; ; killAt += 1) {
      const folder = join(root, `killed-${killAt}`);
      cpSync(data, folder, { recursive: true });
      const isKilled = convert(folder, killAt);
      const found = await look(folder);
      releases.push(found.release);
      expect(found.primaries).toBe(found.release === "2024-05" ? 0 : 2);
      if (found.release === "2024-05") expect(found.seen).toEqual(before.seen);
      if (!isKilled) break;
      expect(convert(folder, 0)).toBe(false);
      expect(readFileSync(join(folder, "format.json"), "utf8")).toContain('"2026-06"');
      rmSync(folder, { recursive: true });
    }
    expect(releases.length).toBeGreaterThan(5);
    expect(new Set(releases)).toEqual(new Set(["2024-05", "2026-06"]));
  },
  scaled(180_000),
);
