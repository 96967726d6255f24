import { execFile } from "node:child_process";
import { mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { errorCode } from "../../../api/error-code.ts";
import { isRecord } from "../../../api/json.ts";
import { makeFolder } from "../../../storage/files/make-folder.ts";
import { OhifError } from "./ohif-error.ts";
import { readPackage, type OhifPackage } from "./ohif-package.ts";
import { unpackTarball } from "./unpack-tarball.ts";

const run = promisify(execFile);

/** The releases that the configuration is tested with. */
const SPEC = "@ohif/app@3.13";

interface NpmContext {
  /** Where npm is run, so that it reads the user's `.npmrc`. */
  readonly folder: string;
  /** What npm says of itself to what it runs. */
  readonly npmExecPath: string | undefined;
}

/**
 * Has npm fetch the package, from its cache if it is there, and keeps its app.
 * @param cache folder with a folder for each release
 * @throws OhifError
 */
export async function fetchPackage(cache: string, context: NpmContext): Promise<OhifPackage> {
  await makeFolder(cache, "the folder of OHIF");
  const temporary = await mkdtemp(join(cache, "new-"));
  try {
    await packTo(temporary, context);
    const tarball = (await readdir(temporary)).find((name) => name.endsWith(".tgz"));
    if (tarball === undefined) throw new OhifError(`npm made no file of ${SPEC}`);
    const unpacked = join(temporary, "package");
    await makeFolder(unpacked);
    await unpackTarball(join(temporary, tarball), unpacked);
    const found = await readPackage(unpacked);
    if (found === undefined) throw new OhifError(`${SPEC} has no dist/index.html`);
    return await keep(unpacked, join(cache, found.version));
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Another process may have been faster. */
async function keep(unpacked: string, place: string): Promise<OhifPackage> {
  const isKept = await rename(unpacked, place).then(
    () => true,
    (error: unknown) => ["EEXIST", "ENOTEMPTY", "EPERM"].includes(errorCode(error)),
  );
  const kept = isKept ? await readPackage(place) : undefined;
  if (kept === undefined) throw new OhifError(`${place} is in the way: remove it`);
  return kept;
}

async function packTo(folder: string, { folder: cwd, npmExecPath }: NpmContext): Promise<void> {
  const args = ["pack", SPEC, "--prefer-offline", "--ignore-scripts", "--pack-destination", folder];
  const script = npmScript(npmExecPath);
  try {
    // On Windows npm is a script of the shell; no argument has a character that the shell reads.
    await (script === undefined
      ? run("npm", args, { cwd, shell: process.platform === "win32" })
      : run(process.execPath, [script, ...args], { cwd }));
  } catch (error) {
    throw explain(error);
  }
}

/** npx and npm name the script that they are, and npm's is beside npx's. */
const npmScript = (path = ""): string | undefined =>
  /np[mx]-cli\.js$/.test(path) ? path.replace(/npx-cli\.js$/, "npm-cli.js") : undefined;

const LATER = `install it where OHIF is wanted (npm install ${SPEC}), or have npm keep it (npm cache add ${SPEC}), while there is a network`;

function explain(error: unknown): OhifError {
  if (errorCode(error) === "ENOENT")
    return new OhifError(`npm is not found, which fetches ${SPEC}: install npm`);
  const said = isRecord(error) && typeof error["stderr"] === "string" ? error["stderr"] : "";
  const code = /^npm (?:error|ERR!) code (\w+)/m.exec(said)?.[1] ?? "";
  if (
    /^(?:ENOTFOUND|EAI_AGAIN|ECONN\w+|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ENOTCACHED|ERR_SOCKET\w*)$/.test(
      code,
    )
  )
    return new OhifError(`npm cannot fetch ${SPEC}, as there is no network (${code}): ${LATER}`);
  const line = /^npm (?:error|ERR!) (?!code )(\S.*)$/m.exec(said)?.[1] ?? "it ended with an error";
  return new OhifError(`npm cannot fetch ${SPEC}: ${line}${code === "" ? "" : ` (${code})`}`);
}
