import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { CACHE } from "../folders.ts";
import { show } from "../figures.ts";

const PLACE = join(CACHE, "peers");
/** Pinned: figures of another version are other figures. */
const PACKAGES = { dynalite: "4.0.0", azurite: "3.37.0" } as const;

export type NpmPeer = keyof typeof PACKAGES;

/** @returns where the package's files are; undefined, said aloud, where npm cannot have it */
export function findPackage(name: NpmPeer): string | undefined {
  const version = `${name}@${PACKAGES[name]}`;
  const folder = join(PLACE, version);
  if (!existsSync(folder) && !install(version, folder)) {
    show(version, "SKIPPED: npm could not install it");
    return undefined;
  }
  return join(folder, "node_modules", name);
}

function install(version: string, folder: string): boolean {
  const draft = `${folder}.${process.pid}`;
  mkdirSync(draft, { recursive: true });
  const args = ["install", "--prefix", draft, "--ignore-scripts", "--no-audit", "--no-fund", version];
  const { status } = spawnSync("npm", args, { stdio: ["ignore", "ignore", "inherit"] });
  if (status === 0) renameSync(draft, folder);
  else rmSync(draft, { recursive: true });
  return status === 0;
}

/** @returns the Python that has moto, where `python3` of the PATH does; undefined, said aloud, where it does not */
export function findMoto(): { python: string; version: string } | undefined {
  const program = "import sys, moto, moto.server; print(sys.executable, moto.__version__)";
  try {
    const stdio = ["ignore", "pipe", "ignore"] as const;
    const said = execFileSync("python3", ["-c", program], { encoding: "utf8", stdio: [...stdio] });
    const [python = "", version = ""] = said.trim().split(" ");
    return { python, version };
  } catch {
    show("moto", "SKIPPED: the first python3 of the PATH has no moto");
    return undefined;
  }
}
