import { execFile, spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { scaled } from "./setup/timeouts.ts";
import { until } from "./until.ts";

const ROOT = resolve(import.meta.dirname, "..");
const EXAMPLE = join(ROOT, "examples/docker-compose.yml");
/** Of this run alone, as are the project's containers, network and volume. */
const IMAGE = `healthimaging-local:compose-${process.pid}`;
const PROJECT = `healthimaging-local-${process.pid}`;
const BASE = /^ARG BASE_IMAGE=(.+)$/m.exec(await readFile(join(ROOT, "Dockerfile"), "utf8"))?.[1] ?? "";

const works = (command: string, ...args: string[]): boolean => spawnSync(command, args).status === 0;
const isBaseThere = works("docker", "image", "inspect", BASE);
const isPlugin = isBaseThere && works("docker", "compose", "version");
const isOld = isBaseThere && !isPlugin && works("docker-compose", "version");
if (!isPlugin && !isOld) process.stderr.write("SKIPPED: Docker Compose; install it, and see containers\n");

async function run(command: string, ...args: string[]): Promise<string> {
  return (await promisify(execFile)(command, args, { maxBuffer: 2 ** 26 })).stdout.trim();
}

interface ComposeFile {
  readonly services: Readonly<Record<string, { readonly build?: string | { readonly context: string } }>>;
}

describe.skipIf(!isPlugin && !isOld)("the example for Docker Compose", { timeout: scaled(120_000) }, () => {
  let folder: string;
  let file: string;
  const compose = (...args: string[]): Promise<string> => {
    const files = ["--project-name", PROJECT, "--project-directory", join(ROOT, "examples"), "--file", file];
    return isPlugin ? run("docker", "compose", ...files, ...args) : run("docker-compose", ...files, ...args);
  };
  beforeAll(async () => {
    const proxies = ["http_proxy", "https_proxy", "no_proxy"].flatMap((name) => ["--build-arg", name]);
    await run("docker", "build", "--network", "host", ...proxies, "-t", IMAGE, ROOT);
    folder = await mkdtemp(join(tmpdir(), "healthimaging-local-compose-"));
    file = join(folder, "docker-compose.yml");
    const example = await readFile(EXAMPLE, "utf8");
    const ours = example
      .replace("image: healthimaging-local\n", `image: ${IMAGE}\n`)
      .replace("127.0.0.1:4464:4464", "127.0.0.1::4464");
    // As its comment says for an old Docker Compose.
    await writeFile(file, isOld ? ours.replace(/^ *start_interval:.*\n/m, "") : ours);
  }, scaled(600_000));
  afterAll(async () => {
    await compose("down", "--volumes");
    await run("docker", "image", "rm", "--force", IMAGE);
    await rm(folder, { recursive: true });
  });

  test("builds the image from the repository", async () => {
    const { services } = parse(await compose("config")) as ComposeFile;
    expect(services["imaging"]?.build).toMatchObject({ context: ROOT });
  });

  test("starts an emulator without rights, which other containers reach by the names that SDKs make", async () => {
    await compose("up", "--detach", "imaging");
    const id = await compose("ps", "--quiet", "imaging");
    const inspect = (format: string): Promise<string> => run("docker", "inspect", "--format", format, id);
    await until(
      () => inspect("{{.State.Health.Status}}"),
      (status) => status === "healthy",
    );
    const rights = "{{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}} {{.HostConfig.SecurityOpt}}";
    expect(await inspect(rights)).toBe("true [ALL] [no-new-privileges:true]");
    const program = `for (const host of ["imaging", "runtime-imaging", "dicom-imaging"])
      fetch("http://" + host + ":4464/datastore").then(({ status }) => console.log(status));`;
    const network = ["--rm", "--network", `${PROJECT}_default`, "--entrypoint", "node"];
    const answers = await run("docker", "run", ...network, IMAGE, "--eval", program);
    expect(answers.split("\n")).toEqual(["200", "200", "200"]);
  });
});
