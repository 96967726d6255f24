import { resolve } from "node:path";
import bundle, { BUNDLE_FOLDER } from "../../test/setup/bundle.ts";

/**
 * The long runs, by hand: `npm run soak [-- SUBJECT [COUNT [SEED]]]`. Each prints what it saw and answers
 * whether all was well; ends with 1 where one of them was not.
 */
type Soak = (count?: number, seed?: number) => Promise<boolean>;

const [name, ...numbers] = process.argv.slice(2);
const removeBundle = await bundleOnce();
try {
  const subjects = await loadSubjects();
  const chosen = Object.entries(subjects).filter(([subject]) => name === undefined || subject === name);
  if (chosen.length === 0)
    throw new Error(`no subject ${name}: there are ${Object.keys(subjects).join(", ")}`);
  for (const [, soak] of chosen) {
    const [count, seed] = numbers.map(Number);
    if (!(await soak(count, seed))) process.exitCode = 1;
  }
} finally {
  await removeBundle();
}

/** Servers of these runs are the built program, as in a run of Vitest, which has built it already. */
async function bundleOnce(): Promise<() => Promise<void>> {
  if (process.env["HEALTHIMAGING_LOCAL_TEST_BUNDLE"] !== undefined) return async () => {};
  process.env["HEALTHIMAGING_LOCAL_TEST_BUNDLE"] = resolve(BUNDLE_FOLDER);
  return bundle();
}

/** Loaded late: they read where the bundle is. */
async function loadSubjects(): Promise<Readonly<Record<string, Soak>>> {
  const [
    { soakFuzz },
    { soakKills },
    { soakLoad },
    { ALL_BOMBS, soakBombs },
    { ALL_LARGE_FILES, soakLargeFiles },
  ] = await Promise.all([
    import("./fuzz.ts"),
    import("./kills.ts"),
    import("./load.ts"),
    import("./bombs/bombs.ts"),
    import("./large-files.ts"),
  ]);
  return {
    fuzz: (count = 10_000, seed = 1) => soakFuzz(count, seed),
    kills: (count = 300, seed = 1) => soakKills(count, seed),
    load: (seconds = 60, seed = 1) => soakLoad(seconds, seed),
    bombs: (count = ALL_BOMBS, seed = 1) => soakBombs(count, seed),
    "large-files": (count = ALL_LARGE_FILES) => soakLargeFiles(count),
  };
}
