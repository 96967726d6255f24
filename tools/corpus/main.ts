import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { corpusFiles } from "./corpus.ts";
import type { CorpusFile } from "./corpus-file.ts";
import { isInstalled, PACKAGES, type Tool } from "./encoders.ts";
import { goldenRow } from "./judging/golden-row.ts";
import { areJudgesThere, JUDGE_PACKAGES, judgeFiles } from "./judging/judges.ts";

/** Makes `test/corpus` from nothing: the files, then golden.json. */
const FOLDER = join(import.meta.dirname, "../../test/corpus");

function refuseWithoutTools(): void {
  const missing = (Object.keys(PACKAGES) as Tool[]).filter((tool) => !isInstalled(tool));
  if (missing.length === 0 && areJudgesThere()) return;
  const packages = new Set([...Object.values(PACKAGES), ...JUDGE_PACKAGES.split(" ")]);
  throw new Error(
    `Programs that encode and judge are missing (${missing.join(", ") || "judges"}). ` +
      `On Debian: apt-get install ${[...packages].join(" ")}`,
  );
}

function write(file: CorpusFile): number {
  const path = join(FOLDER, file.path);
  mkdirSync(dirname(path), { recursive: true });
  const bytes = made(file);
  writeFileSync(path, bytes);
  return bytes.length;
}

function made(file: CorpusFile): Uint8Array {
  try {
    return file.make();
  } catch (cause) {
    throw new Error(`${file.path} was not made by ${file.by}`, { cause });
  }
}

refuseWithoutTools();
const files = corpusFiles();
const sizes = new Map(files.map((file) => [file.path, write(file)]));
const lossy = files.filter(({ samples }) => samples === "judged");
const judgements = judgeFiles(lossy.map(({ path }) => join(FOLDER, path)));
const byPath = new Map(lossy.map(({ path }, index) => [path, judgements[index]]));
const rows = files.map((file) => goldenRow(file, sizes.get(file.path) ?? 0, byPath.get(file.path)));
const golden = {
  schema: "ahi-emulator-golden/1",
  generator: "node tools/corpus/main.ts",
  count: rows.length,
};
const head = JSON.stringify(golden).slice(0, -1);
const lines = rows.map((row) => JSON.stringify(row)).join(",\n");
writeFileSync(join(FOLDER, "golden.json"), `${head},"files":[\n${lines}\n]}\n`);
const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
process.stdout.write(`${files.length} files, ${total} bytes in ${FOLDER}\n`);
