import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { seedFolder } from "../../../src/app/cli/seed-folder.ts";
import { startEmulator } from "../../../src/index.ts";
import { createSampleSeries } from "../../../src/local/sdk/import/sample-series.ts";

/** A file in which one value is another of the same length. */
function withValue(bytes: Uint8Array, from: RegExp, to: string): Uint8Array {
  const text = Buffer.from(bytes).toString("latin1");
  const changed = text.replaceAll(from, (found) => to.padEnd(found.length).slice(0, found.length));
  expect(changed).not.toBe(text);
  return Buffer.from(changed, "latin1");
}

test("a seed's log says why files are not imported, without values of their attributes", async () => {
  const folder = await mkdtemp(join(tmpdir(), "seed-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const [good, photometry, uid] = createSampleSeries(3);
  if (good === undefined || photometry === undefined || uid === undefined)
    throw new Error("expected 3 files");
  const sopInstanceUid = /(?<=\x08\x00\x18\x00UI..)[\d.]+/gs;
  await writeFile(join(folder, "1.dcm"), good.bytes);
  await writeFile(join(folder, "2.dcm"), withValue(photometry.bytes, /MONOCHROME2/g, "ZZSECRET, A"));
  await writeFile(join(folder, "3.dcm"), withValue(uid.bytes, sopInstanceUid, "ZZSECRET"));

  await using emulator = await startEmulator();
  const said: string[] = [];
  const say = (message: string): void => void said.push(message);
  await seedFolder(emulator.url, folder, false, { info: say, warn: say, error: say });

  expect(said.slice(1)).toEqual([
    expect.stringMatching(/^seed: 1 file is not imported: PhotometricInterpretation \(unknown\) with /),
    expect.stringMatching(
      /^seed: 1 file is not imported: SOPInstanceUID is not a valid UID; failure\.ndjson /,
    ),
  ]);
});
