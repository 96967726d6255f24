import { readFile } from "node:fs/promises";
import { faultsOfLock, type LockedPackage } from "./lock-file.ts";

/** Checks the licences and the checksums of package-lock.json: `npm run check:licences`. */
const { packages } = JSON.parse(await readFile("package-lock.json", "utf8")) as {
  packages: Record<string, LockedPackage>;
};
const faults = faultsOfLock(packages);
for (const fault of faults) process.stderr.write(`${fault}\n`);
process.exitCode = faults.length === 0 ? 0 : 1;
