import { execFile, spawn } from "node:child_process";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import { posixPath } from "../posix-path.ts";

const run = promisify(execFile);
const LIST_BYTES = 64 * 1024 * 1024;

/** A test file as one project of the tree's vitest.config.ts runs it. `file` is relative to the tree. */
export interface TestFile {
  readonly file: string;
  readonly project: string;
}

export type Ending = "passed" | "failed" | "wall limit";

const vitest = (root: string): string => join(root, "node_modules/vitest/vitest.mjs");

/** The tree's own packages come first, as under `npm run`. */
const environment = (root: string): NodeJS.ProcessEnv => ({
  ...process.env,
  PATH: `${join(root, "node_modules/.bin")}:${process.env["PATH"] ?? ""}`,
  NO_COLOR: "1",
});

/** Every test file with its project, as the tree's own configuration says. */
export async function listTestFiles(root: string): Promise<TestFile[]> {
  const { stdout } = await run(process.execPath, [vitest(root), "list", "--filesOnly", "--json"], {
    cwd: root,
    env: environment(root),
    maxBuffer: LIST_BYTES,
  });
  const listed = JSON.parse(stdout.slice(stdout.indexOf("["))) as { file: string; projectName?: string }[];
  return listed.map(({ file, projectName }) => ({
    file: posixPath(relative(root, file)),
    project: projectName ?? "",
  }));
}

/** Runs test files of one project. After `limitMs` the whole process group is killed. */
export async function runVitest(
  root: string,
  files: readonly TestFile[],
  options: readonly string[],
  limitMs: number,
): Promise<Ending> {
  const project = files[0]?.project ?? "";
  const args = ["run", ...files.map(({ file }) => file), ...(project === "" ? [] : ["--project", project])];
  return runProcess(root, [vitest(root), ...args, ...options], limitMs);
}

function runProcess(root: string, args: readonly string[], limitMs: number): Promise<Ending> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      env: environment(root),
      stdio: "ignore",
      detached: true,
    });
    let isLate = false;
    const limit = setTimeout(() => {
      isLate = true;
      killGroup(child.pid);
    }, limitMs);
    child.once("error", reject);
    child.once("exit", (code) => {
      clearTimeout(limit);
      // Servers and workers that the tests have left behind.
      killGroup(child.pid);
      resolve(isLate ? "wall limit" : code === 0 ? "passed" : "failed");
    });
  });
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // Nothing of the group is left.
  }
}
