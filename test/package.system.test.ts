import { execFile, spawn } from "node:child_process";
import { mkdtemp, readFile, rm, symlink, writeFile, mkdir, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSampleSeries } from "../src/local/sdk/import/sample-series.ts";
import { posixPath } from "../tools/posix-path.ts";
import { readDocuments, switchedBack } from "./documents.ts";
import { packPackage } from "./runners/packed-package.ts";
import released from "./fixtures/0.1.0/public/exports.json" with { type: "json" };
import { scaled } from "./setup/timeouts.ts";

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, "..");
const MAX_INSTALLED_KIB = 60 * 1024;
/** What a user's project has by itself: taken from this project's own. */
const PEERS = [
  "@aws-sdk/client-medical-imaging",
  "@aws-sdk/client-s3",
  "aws-sdk-client-mock",
  "testcontainers",
  "vitest",
];

/** Types that spell the exported `Duration` out: nobody needs one alone. */
const PARTS_OF_DURATION = new Set(["IsoNumber", "IsoDays", "IsoTime", "IsoDuration"]);

/** The README's, each a file of its own, of the name that it begins with; in folders of their version. */
const SNIPPETS = readDocuments().flatMap((edition) =>
  edition.of(import.meta.filename).map(({ code }, index) => ({
    name: `${edition.version}/${/^\/\/ ([\w.-]+\.ts)\b/.exec(code)?.[1] ?? `readme-${index}.test.ts`}`,
    code: edition.version === "today" ? code : switchedBack(code),
  })),
);

const SUITE = `
import { CreateDatastoreCommand, MedicalImagingClient } from "@aws-sdk/client-medical-imaging";
import { expect, test } from "vitest";
import { startEmulator, type EmulatorServer } from "healthimaging-local";
import { clientConfig } from "healthimaging-local/client";
import { HealthImagingContainer } from "healthimaging-local/testcontainers";

test("over a port", async () => {
  await using emulator: EmulatorServer = await startEmulator();
  const client = new MedicalImagingClient(clientConfig(emulator.url));
  const { datastoreStatus } = await client.send(new CreateDatastoreCommand({ datastoreName: "two" }));
  expect(datastoreStatus).toBe("CREATING");
});

test("in a container", () => {
  expect(new HealthImagingContainer("healthimaging-local").withThrottling("aws")).toBeInstanceOf(HealthImagingContainer);
});
`;

/** What 0.1.0 exported, and the members of its types: a line that does not compile names what is gone. */
const EXPORTS = [
  "type Members<T> = T extends unknown ? keyof T : never;",
  "export type Has<T, _Member extends Members<T>> = T;",
  ...Object.entries<Readonly<Record<string, readonly string[]>>>(released).flatMap(([entry, names]) =>
    Object.entries(names).map(([name, members]) =>
      toExport(entry.replace(".", "healthimaging-local"), name, members),
    ),
  ),
].join("\n");

function toExport(module: string, name: string, members: readonly string[]): string {
  const alias = `${module}_${name}`.replaceAll(/\W/g, "_");
  if (/^[a-z]/.test(name)) return `export { ${name} as ${alias} } from "${module}";`;
  const union = members.map((member) => JSON.stringify(member)).join(" | ") || "never";
  return `export type ${alias} = Has<import("${module}").${name}, ${union}>;`;
}

let folder: string;
async function inFolder(command: string, ...args: string[]): Promise<string> {
  try {
    return (await run(command, args, { cwd: folder, maxBuffer: 2 ** 26 })).stdout;
  } catch (error) {
    const { message, stdout } = error as Error & { readonly stdout: string };
    throw new Error(`${message}\n${stdout}`, { cause: error });
  }
}
const node = (script: string, ...args: string[]): Promise<string> =>
  inFolder(process.execPath, join(ROOT, "node_modules", script), ...args);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "healthimaging-local-package-"));
  const tarball = await packPackage(folder);
  await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module", private: true }));
  await inFolder("npm", "install", "--no-audit", "--no-fund", "--omit=optional", tarball);
}, scaled(300_000));
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The package's declarations, by name; of each what is not a comment. */
async function readDeclarations(): Promise<{ readonly name: string; readonly statements: string }[]> {
  const types = join(folder, "node_modules/healthimaging-local/types");
  const names = (await readdir(types, { recursive: true })).filter((name) => /\.d\.c?ts$/.test(name));
  return Promise.all(
    names.toSorted().map(async (name) => {
      const code = await readFile(join(types, name), "utf8");
      return { name, statements: code.replaceAll(/^\s*(?:\/\*\*|\*).*$/gm, "") };
    }),
  );
}

/** Of `export { type A, B as C };` A and C, of `export declare class D` D. */
function exportedNames(statements: string): string[] {
  const lists = [...statements.matchAll(/^export (?:type )?\{([^}]*)\}/gm)].flatMap(([, list = ""]) =>
    list.split(",").map((item) =>
      item
        .trim()
        .replace(/^type /, "")
        .replace(/^.* as /, ""),
    ),
  );
  const declared = [...statements.matchAll(/^export (?:declare )?(?:const|class|function) (\w+)/gm)];
  return [...lists, ...declared.map(([, name = ""]) => name)];
}

/** Where a peer stands in a user's project. */
async function installPeers(): Promise<void> {
  for (const name of [...PEERS, "@types/node"]) {
    const path = join(folder, "node_modules", name);
    await mkdir(resolve(path, ".."), { recursive: true });
    await symlink(join(ROOT, "node_modules", name), path);
  }
}

describe("the package", () => {
  test("is at most 60 MB with all that it needs, and runs nothing when it is installed", async () => {
    const [size = ""] = (await inFolder("du", "-sk", "node_modules")).split("\t");
    expect(Number(size)).toBeLessThan(MAX_INSTALLED_KIB);
    const installed = await readFile(join(folder, "node_modules/healthimaging-local/package.json"), "utf8");
    const { scripts } = JSON.parse(installed) as { scripts: object };
    // npm also warns of a prepare, which it does not run.
    expect(Object.keys(scripts).filter((name) => /^((pre|post)?install|prepare)$/.test(name))).toEqual([]);
    const lock = await readFile(join(folder, "package-lock.json"), "utf8");
    expect(lock).not.toContain("hasInstallScript");
    expect(lock).not.toContain('node_modules/vitest"');
  });

  test("installs what its bundle leaves out, and has SBOM and licences of what is inside", async () => {
    const read = async <T>(name: string): Promise<T> =>
      JSON.parse(await readFile(join(folder, "node_modules/healthimaging-local", name), "utf8")) as T;
    const { components } = await read<{ components: { purl: string; properties?: object }[] }>(
      "dist/sbom.cdx.json",
    );
    const beside = components.filter(({ properties }) => properties === undefined).map(({ purl }) => purl);
    const { packages } = JSON.parse(await readFile(join(folder, "package-lock.json"), "utf8")) as {
      packages: Record<string, { version?: string; optional?: boolean; peer?: boolean }>;
    };
    const installed = Object.entries(packages)
      .filter(([path, { peer }]) => path.startsWith("node_modules/") && peer !== true)
      .map(
        ([path, { version }]) =>
          `pkg:npm/${path.slice("node_modules/".length).replace("@", "%40")}@${version}`,
      )
      .filter((purl) => !purl.startsWith("pkg:npm/healthimaging-local@"));
    expect(installed.toSorted()).toEqual(beside.toSorted());
    expect(components.length).toBeGreaterThan(beside.length);
    const notices = join(folder, "node_modules/healthimaging-local/dist/THIRD-PARTY-NOTICES.txt");
    expect(await readFile(notices, "utf8")).toContain("Third-party notices of healthimaging-local");
  });

  test("has declarations that name only Node.js and the user's own packages", async () => {
    const statements = (await readDeclarations()).map(({ statements: each }) => each).join("\n");
    const packages = [...statements.matchAll(/(?:from|import\()\s*"((?!\.)[^"]+)"/g)].map(
      ([, name = ""]) => name,
    );
    const unknown = packages.filter((name) => !name.startsWith("node:") && !PEERS.includes(name));
    expect(packages.length).toBeGreaterThan(0);
    expect(unknown).toEqual([]);
  });

  test("has one declaration for each entry and one for what they share, and no type that is not exported", async () => {
    const declarations = await readDeclarations();
    const files = ["client.d.ts", "index.d.ts", "testcontainers.d.ts", "vitest.d.ts"];
    const ofCommonJs = ["client.d.cts", "index.d.cts", "shared.d.cts", "testcontainers.d.cts"];
    expect(declarations.map(({ name }) => name)).toEqual([...files, ...ofCommonJs].toSorted());
    const all = declarations.flatMap(({ statements }) => [
      ...statements.matchAll(/^(?:export )?(?:declare )?(?:const|class|function|interface|type) ([\w$]+)/gm),
    ]);
    const entries = declarations.filter(({ name }) => name !== "shared.d.cts");
    const exported = new Set(entries.flatMap(({ statements }) => exportedNames(statements)));
    const names = all.map(([, name = ""]) => name).filter((name) => !PARTS_OF_DURATION.has(name));
    expect(names.length).toBeGreaterThan(70);
    expect(names.filter((name) => !exported.has(name))).toEqual([]);
  });

  test.each(["healthimaging-local", "healthimaging-local/client"])(
    "has the same names in %s for import and for require",
    async (entry) => {
      const program = `
        import { createRequire } from "node:module";
        import * as imported from "${entry}";
        const required = createRequire(process.cwd() + "/x")("${entry}");
        console.log(JSON.stringify([Object.keys(imported), Object.keys(required)]));
        console.log(imported.ControlClient === required.ControlClient);`;
      const [names = "", isOne] = (
        await inFolder(process.execPath, "--input-type=module", "--eval", program)
      ).split("\n");
      const [imported, required] = JSON.parse(names) as string[][];
      expect(required?.toSorted()).toEqual(imported?.toSorted());
      expect(isOne).toBe("true");
    },
  );

  test("tells a require of its Vitest entry what to do", async () => {
    const program =
      "try { require('healthimaging-local/vitest') } catch ({ message }) { console.log(message) }";
    expect(await inFolder(process.execPath, "--eval", program)).toBe(
      "healthimaging-local/vitest is for Vitest, whose tests are ES modules: use import. " +
        "In Jest and elsewhere use createEmulator of healthimaging-local\n",
    );
  });

  test("starts from its command", async () => {
    expect(await inFolder("npx", "--no-install", "healthimaging-local", "version")).toMatch(
      /^\d+\.\d+\.\d+\n$/,
    );
  });

  test("serves by npx, as the README says once a registry has it, with the console", async () => {
    // npx does not pass a signal on: the group has one leader, which is told for all of them.
    const server = spawn("npx", ["--no-install", "healthimaging-local"], {
      cwd: folder,
      env: { ...process.env, HEALTHIMAGING_LOCAL_PORT: "0" },
      stdio: ["ignore", "pipe", "inherit"],
      detached: true,
    });
    try {
      let url: string | undefined;
      for await (const line of createInterface({ input: server.stdout })) {
        url = /^READY (http:\/\/\S+)$/.exec(line)?.[1];
        if (url !== undefined) break;
      }
      const health = await fetch(`${url}/_local/health`);
      expect(await health.json()).toMatchObject({ status: "ok" });
      const page = await fetch(`${url}/`, { headers: { accept: "text/html" } });
      const files = [...(await page.text()).matchAll(/(?:href|src)="(\/[^"]+)"/g)].map(([, path]) => path);
      expect(files).toHaveLength(3);
      for (const path of [...files, "/_local/console/frame-worker.js", "/_local/console/openjphjs.wasm"])
        expect((await fetch(`${url}${path}`)).status, path).toBe(200);
    } finally {
      if (server.pid !== undefined) process.kill(-server.pid, "SIGTERM");
    }
  });

  test("holds no test, no source and no path of this machine", async () => {
    const paths = await readdir(join(folder, "node_modules/healthimaging-local"), { recursive: true });
    const names = paths.map(posixPath);
    expect(names.filter((name) => /(^|\/)(src|test|tools)(\/|$)/.test(name))).toEqual([]);
    for (const name of names.filter((file) => /\.(c?js|c?ts|json)$/.test(file))) {
      const text = await readFile(join(folder, "node_modules/healthimaging-local", name), "utf8");
      expect(text.includes(ROOT), name).toBe(false);
    }
  });

  test("has types that compile, and runs in its users' test suites and in the README's", async () => {
    await installPeers();
    await mkdir(join(folder, "my-dicom"));
    for (const { name, bytes } of createSampleSeries(2))
      await writeFile(join(folder, "my-dicom", name), bytes);
    const sources = [
      { name: "mine.test.ts", code: SUITE },
      { name: "exports-of-0.1.0.ts", code: EXPORTS },
      ...SNIPPETS,
    ];
    for (const { name, code } of sources) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), code);
    }
    const files = sources.map(({ name }) => name);
    const suites = files.filter((name) => name.endsWith(".test.ts"));
    expect(suites).toContain("today/frames.test.ts");
    expect(suites).toContain("0.1.0/frames.test.ts");
    const options = {
      module: "nodenext",
      target: "es2024",
      lib: ["esnext"],
      types: ["node"],
      strict: true,
      noEmit: true,
      allowImportingTsExtensions: true,
    };
    await writeFile(
      join(folder, "tsconfig.json"),
      JSON.stringify({ compilerOptions: { ...options, skipLibCheck: false }, files }),
    );
    expect(await node("typescript/bin/tsc")).toBe("");
    expect(await node("typescript/bin/tsc", "--module", "node16", "--moduleResolution", "node16")).toBe("");
    expect(await node("typescript/bin/tsc", "--module", "preserve", "--moduleResolution", "bundler")).toBe(
      "",
    );
    expect((await node("vitest/vitest.mjs", "run", "--reporter=tap-flat")).match(/^(not )?ok\b/gm)).toEqual(
      suites.map(() => "ok").concat("ok"),
    );
  });

  test("maps the prefixed names from its preload", async () => {
    const look =
      "require('node:dns').lookup('runtime-localhost', (error) => console.log(error?.code ?? 'found'))";
    expect(await inFolder(process.execPath, "--import", "healthimaging-local/register", "--eval", look)).toBe(
      "found\n",
    );
  });
});
