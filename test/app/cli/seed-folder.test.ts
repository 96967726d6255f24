import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { seedFolder } from "../../../src/app/cli/seed-folder.ts";
import { startEmulator } from "../../../src/index.ts";
import { createSampleSeries } from "../../../src/local/sdk/import/sample-series.ts";

/** A file in which the first value like `from` that follows `tag` is another of the same length. */
function withValue(bytes: Uint8Array, tag: string, from: RegExp, to: string): Uint8Array {
  const text = Buffer.from(bytes).toString("latin1");
  const at = text.indexOf(tag);
  expect(at).toBeGreaterThan(0);
  const changed = text.slice(at).replace(from, (found) => to.padEnd(found.length).slice(0, found.length));
  return Buffer.from(text.slice(0, at) + changed, "latin1");
}

const PHOTOMETRIC_INTERPRETATION = "\x28\0\x04\0CS";
const SOP_INSTANCE_UID = "\x08\0\x18\0UI";

test("a seed's log says why files are not imported, without values of their attributes", async () => {
  const folder = await mkdtemp(join(tmpdir(), "seed-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const [good, photometry, uid] = createSampleSeries(3);
  if (good === undefined || photometry === undefined || uid === undefined)
    throw new Error("expected 3 files");
  await writeFile(join(folder, "1.dcm"), good.bytes);
  await writeFile(
    join(folder, "2.dcm"),
    withValue(photometry.bytes, PHOTOMETRIC_INTERPRETATION, /MONOCHROME2/, "ZZSECRET, A"),
  );
  await writeFile(join(folder, "3.dcm"), withValue(uid.bytes, SOP_INSTANCE_UID, /[\d.]{10,}/, "ZZSECRET"));

  await using emulator = await startEmulator();
  const said: string[] = [];
  const say = (message: string): void => void said.push(message);
  await seedFolder(emulator.handle, folder, false, { info: say, warn: say, error: say });

  expect(said.slice(1)).toEqual([
    expect.stringMatching(/^seed: 1 file is not imported: PhotometricInterpretation \(unknown\) with /),
    expect.stringMatching(
      /^seed: 1 file is not imported: SOPInstanceUID is not a valid UID; failure\.ndjson /,
    ),
  ]);
});
