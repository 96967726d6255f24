import type { Emulator } from "../../src/index.ts";

/**
 * A process that has emulators in it, as a user's tests do. Arguments: the path of a tree's `dist/index.js`, and
 * a folder of DICOM files. Answers each message with milliseconds.
 */
const [entry = "", folder = ""] = process.argv.slice(2);
const { createEmulator } = (await import(entry)) as typeof import("../../src/index.ts");
const durations = { datastoreCreatingMs: 0, jobSubmittedMs: 0, jobInProgressMs: 0 };
const options = { durations, quotas: { "Maximum data stores": 10_000 } };
const first = await createEmulator(options);
let count = 0;

export interface InstanceTimes {
  readonly createMs: number;
  readonly firstImportMs: number;
  readonly warmImportMs: number;
  readonly closeMs: number;
}

async function time(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

/** Into a data store of its own, so that each import does the same work. */
const importInto = ({ control }: Emulator): Promise<unknown> =>
  control.importFolder(folder, { datastore: `import-${++count}` });

/** A second emulator starts, is used twice and ends, while the first one runs. */
async function second(): Promise<InstanceTimes> {
  const begin = performance.now();
  const emulator = await createEmulator(options);
  const createMs = performance.now() - begin;
  const firstImportMs = await time(() => importInto(emulator));
  const warmImportMs = await time(() => importInto(emulator));
  return { createMs, firstImportMs, warmImportMs, closeMs: await time(() => emulator.close()) };
}

process.on("message", (action: "import" | "second") => {
  void (action === "import" ? time(() => importInto(first)).then((ms) => ({ ms })) : second()).then(
    (answer) => process.send?.(answer),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.stdout.write("READY emulators\n");
