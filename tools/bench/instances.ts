import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { createPhantomSeries } from "../../src/client/phantom.ts";
import { median, show } from "./figures.ts";

const ROUNDS = 15;
const GOAL_MS = { start: 30, close: 20 };

/** The bundle: one emulator is there, and others come, are used and go, as those of tests. */
const PROGRAM = `
  import { createEmulator, startEmulator } from "./dist/index.js";
  await using first = await createEmulator();
  const durations = { datastoreCreatingMs: 0, jobSubmittedMs: 0, jobInProgressMs: 0 };
  const look = async ({ url, control }) => url ? (await fetch(url + "/_local/limits")).text() : control.limits.get();
  const cases = [
    ["in process", createEmulator, look],
    ["with a port", startEmulator, look],
    ["in process, with an import", createEmulator, ({ control }) => control.importFolder(process.argv[1])],
  ];
  const answers = {};
  for (const [name, make, use] of cases) {
    const rounds = [];
    for (let round = 0; round <= ${ROUNDS}; round++) {
      const begin = performance.now();
      const emulator = await make({ durations });
      const made = performance.now();
      await use(emulator);
      const used = performance.now();
      await emulator.close();
      rounds.push({ start: made - begin, close: performance.now() - used });
    }
    answers[name] = rounds.slice(1);
  }
  console.log(JSON.stringify(answers));
`;

/** Start and close of a second emulator in a process. */
export async function benchInstances(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "healthimaging-local-bench-"));
  for (const { name, bytes } of createPhantomSeries(1)) await writeFile(join(folder, name), bytes);
  const args = ["--input-type=module", "-e", PROGRAM, folder];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  await rm(folder, { recursive: true });
  const answers = JSON.parse(stdout) as Record<string, { start: number; close: number }[]>;
  for (const [name, rounds] of Object.entries(answers)) {
    const start = median(rounds.map((round) => round.start));
    const close = median(rounds.map((round) => round.close));
    show(
      `a second emulator ${name}: start, close`,
      `${start.toFixed(1)}, ${close.toFixed(1)} ms (goals ${GOAL_MS.start}, ${GOAL_MS.close})`,
    );
  }
}
