import { execFile, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import pLimit from "p-limit";
import { createSampleSeries } from "../../src/local/sdk/import/sample-series.ts";
import { readSections, type Section } from "./page-sections.ts";
import { packPackage } from "./packed-package.ts";

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, "../..");

/** What this run of Vitest has set for itself. */
const OWN = /^(VITEST|NODE_ENV$|NODE_OPTIONS$|HEALTHIMAGING_LOCAL_)/;

/** Node.js of this run, and packages that earlier runs have downloaded. */
const ENVIRONMENT = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !OWN.test(name))),
  PATH: [dirname(process.execPath), process.env["PATH"]].join(delimiter),
  NO_COLOR: "1",
  npm_config_audit: "false",
  npm_config_cache: join(ROOT, "node_modules/.cache/healthimaging-local/npm"),
  npm_config_fund: "false",
  npm_config_prefer_offline: "true",
  npm_config_update_notifier: "false",
};

/** A machine has two processors at the least. */
const atMostTwo = pLimit(2);

export const isRegistryThere = spawnSync("npm", ["ping"], { timeout: 30_000 }).status === 0;

/** What a project has besides the page: versions of packages by name, and packages that the page does not need. */
interface Installed {
  readonly versions?: Readonly<Record<string, string>>;
  readonly also?: readonly string[];
}

/** Projects that install the packed package and do what a section of the guide says. */
export class ScratchProjects implements AsyncDisposable {
  readonly #folder: string;
  readonly #tarball: string;
  readonly #sections: ReadonlyMap<string, Section>;

  private constructor(folder: string, tarball: string, sections: ReadonlyMap<string, Section>) {
    this.#folder = folder;
    this.#tarball = tarball;
    this.#sections = sections;
  }

  static async open(page: string): Promise<ScratchProjects> {
    const folder = await mkdtemp(join(tmpdir(), "healthimaging-local-projects-"));
    return new ScratchProjects(folder, await packPackage(folder), readSections(page));
  }

  /** A project with the files of a section and with what its commands install. */
  create(name: string, heading: string, installed: Installed = {}): Promise<ScratchProject> {
    return atMostTwo(async () => {
      const section = this.#sections.get(heading);
      if (section === undefined) throw new Error(`the page has no section ${heading}`);
      const cwd = join(this.#folder, name);
      await this.#write(cwd, section);
      const project = new ScratchProject(cwd, section);
      for (const command of section.commands.slice(0, -1))
        await project.run(withVersions(command, this.#tarball, installed));
      return project;
    });
  }

  async #write(cwd: string, { files }: Section): Promise<void> {
    await mkdir(join(cwd, "my-dicom"), { recursive: true });
    await writeFile(join(cwd, "package.json"), JSON.stringify({ private: true }));
    for (const { name, bytes } of createSampleSeries(2)) await writeFile(join(cwd, "my-dicom", name), bytes);
    for (const [name, code] of files) {
      await mkdir(dirname(join(cwd, name)), { recursive: true });
      await writeFile(join(cwd, name), code);
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return rm(this.#folder, { recursive: true, force: true });
  }
}

/** The page's command, which installs the tarball too. */
const withVersions = (command: string, tarball: string, { versions = {}, also = [] }: Installed): string =>
  command.startsWith("npm install ")
    ? [
        ...command.split(" ").map((word) => (word in versions ? `${word}@${versions[word]}` : word)),
        ...also,
        tarball,
      ].join(" ")
    : command;

export class ScratchProject {
  readonly folder: string;
  readonly #section: Section;

  constructor(folder: string, section: Section) {
    this.folder = folder;
    this.#section = section;
  }

  /** Runs the last command of the section. @returns what it prints */
  runTests(): Promise<string> {
    return atMostTwo(() => this.run(this.#section.commands.at(-1) ?? ""));
  }

  /** Runs a command line of the shell in the project. @throws Error with what it prints, where it fails */
  async run(command: string): Promise<string> {
    try {
      const { stdout, stderr } = await run("sh", ["-c", command], { cwd: this.folder, env: ENVIRONMENT });
      return stdout + stderr;
    } catch (error) {
      const { message, stdout } = error as Error & { readonly stdout: string };
      throw new Error(`${message}\n${stdout}`, { cause: error });
    }
  }
}
