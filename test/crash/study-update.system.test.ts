import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { MedicalImagingClient } from "@aws-sdk/client-medical-imaging";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createActiveDatastore, NO_TIME, openServer } from "../clients.ts";
import { readDocument, settle } from "../contract/image-sets/image-sets.ts";
import { importStudy, statusOf, studyUpdate } from "../contract/releases/studies.ts";
import { ENTRY } from "../entry.ts";
import { scaled } from "../setup/timeouts.ts";

/** Preloaded: once the file ARMED exists, kills its process before it renames a file for the n-th time. */
const KILLER = `
import { syncBuiltinESMExports } from "node:module";
import fs from "node:fs";
let left = Number(process.env.KILL_AT);
const isArmed = () => fs.existsSync(process.env.ARMED);
const counted = (work) => (...args) => {
  if (isArmed() && --left === 0) process.kill(process.pid, "SIGKILL");
  return work(...args);
};
for (const [where, name] of [[fs, "renameSync"], [fs, "rename"], [fs.promises, "rename"]])
  where[name] = counted(where[name].bind(where));
syncBuiltinESMExports();
`;

const SERVICE = { serviceRelease: "2026-06" } as const;
const CHANGE = { updatable: { Patient: { DICOM: { PatientSex: "O" } } } };
const SERIES = 3;

let root: string;
let data: string;
let datastoreId: string;
let primaries: string[];
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "healthimaging-local-crash-"));
  data = join(root, "data");
});
afterAll(() => rmSync(root, { recursive: true }));

async function fill(): Promise<void> {
  await using sandbox = await openServer({ ...SERVICE, data });
  datastoreId = await createActiveDatastore(sandbox.medicalImaging);
  primaries = await importStudy(sandbox, datastoreId, "study", { series: SERIES });
}

/** Serves a folder and updates its study. @returns whether it was killed, and whether the update was acknowledged */
async function updateAndDie(folder: string, killAt: number) {
  const armed = `${folder}.armed`;
  const preload = `data:text/javascript,${encodeURIComponent(KILLER)}`;
  const off = ["--port", "0", "--log-level", "warn", "--throttling", "off"];
  const flags = [...off, "--data", folder, "--service-release", "2026-06"];
  const child = spawn(process.execPath, ["--import", preload, ENTRY, "serve", ...flags], {
    env: { ...process.env, KILL_AT: String(killAt), ARMED: armed },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const gone = once(child, "exit");
  const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  const medicalImaging = new MedicalImagingClient({
    endpoint: line.replace("READY ", ""),
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    disableHostPrefix: true,
    maxAttempts: 1,
  });
  const sandbox = { medicalImaging } as Parameters<typeof settle>[0];
  writeFileSync(armed, "");
  const [named = ""] = primaries;
  let isAcknowledged = false;
  try {
    await medicalImaging.send(studyUpdate(datastoreId, named, CHANGE));
    isAcknowledged = true;
    while ((await statusOf(sandbox, datastoreId, named)).includes("LOCKED"));
  } catch {
    // It was killed before the answer, or while it was asked.
  }
  child.kill("SIGTERM");
  const [, signal] = (await gone) as [number | null, NodeJS.Signals | null];
  return { isKilled: signal === "SIGKILL", isAcknowledged };
}

/** `version status sex` of each image set, once none is LOCKED. */
async function look(folder: string): Promise<string[]> {
  await using sandbox = await openServer({ ...SERVICE, data: folder, durations: NO_TIME });
  return await Promise.all(
    primaries.map(async (imageSetId) => {
      await settle(sandbox, datastoreId, imageSetId);
      const { Patient } = await readDocument(sandbox, datastoreId, imageSetId);
      return `${await statusOf(sandbox, datastoreId, imageSetId)} ${JSON.stringify(Patient.DICOM["PatientSex"])}`;
    }),
  );
}

test(
  "a study-wide update that is killed at any change of a file is made for all image sets or for none",
  async () => {
    await fill();
    const before = await look(data);
    const after = Array(SERIES).fill('2 ACTIVE UPDATED "O"');
    const outcomes = new Set<string>();
    for (let killAt = 1; ; killAt += 1) {
      const folder = join(root, `killed-${killAt}`);
      cpSync(data, folder, { recursive: true });
      const { isKilled, isAcknowledged } = await updateAndDie(folder, killAt);
      const found = await look(folder);
      const isNew = found[0]?.startsWith("2 ") ?? false;
      expect(found).toEqual(isNew || isAcknowledged ? after : before);
      outcomes.add(`${isNew ? "new" : "old"}${isAcknowledged ? ", acknowledged" : ""}`);
      if (!isKilled) break;
      rmSync(folder, { recursive: true });
    }
    expect(outcomes).toContain("old");
    expect(outcomes).toContain("new, acknowledged");
  },
  scaled(180_000),
);
