import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createSampleSeries } from "../../../src/local/sdk/import/sample-series.ts";
import { BUCKET } from "../../../test/crash/client.ts";
import type { Bomb, Target } from "./target.ts";

const LOOPS = 12;

/** Folders of a bucket that lead into themselves. */
export const FOLDER_BOMBS: readonly Bomb[] = [
  {
    name: `a folder with ${LOOPS} links to itself and its parents`,
    expected: /^200 1 keys, COMPLETED, 1 imported(;|$)/,
    throwAt: importLoops,
  },
];

async function importLoops(target: Target): Promise<string> {
  const name = "loops";
  const inner = join(target.folder(name), "a/b");
  await mkdir(inner, { recursive: true });
  for (const { bytes } of createSampleSeries(1)) await writeFile(join(inner, "image.dcm"), bytes);
  for (let index = 0; index < LOOPS; index++)
    await symlink([".", "..", "../.."][index % 3] ?? "", join(inner, `loop-${index}`));
  const listed = await target.ask("GET", `/${BUCKET}?list-type=2&prefix=${name}/`, { service: "s3" });
  const keys = /<KeyCount>(\d+)</.exec(listed)?.[1];
  return `${listed.slice(0, 3)} ${keys} keys, ${await target.importFolder(name)}`;
}
