import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { posixPath } from "../tools/posix-path.ts";

const SRC = resolve(import.meta.dirname, "../src");

/** From top to bottom, each with the reason why it stands where it stands. */
const ROOMS: readonly (readonly [room: string, why: string])[] = [
  ["entries", "what users import and run, a few lines each"],
  ["console", "the program in the browser: the emulator serves its files and knows nothing else of it"],
  ["app/cli", "turns flags and environment into a call; nothing may depend on how it was called"],
  ["app", "knows every part, so no part may know it"],
  ["app/gateway", "one request to one of HealthImaging, S3 and /_local; sockets stay here"],
  ["app/tls", "a CA and certificates of it; knows no sockets"],
  ["local/console", "serves the console's files"],
  ["local/control", "looks into every room for /_local"],
  ["local/sdk", "what a user's test holds; the emulator runs without it"],
  ["local/report", "watches what clients do; nothing behaves otherwise for it"],
  ["local/scenarios", "bends what the rooms below do, which do not know that they are bent"],
  ["aws/identity", "who is calling, and what is denied"],
  [
    "aws/other-services",
    "answers every service that is not here in its own protocol; STS lies above and uses it",
  ],
  ["aws/activity", "records what happens, once, for everyone who tells of it"],
  ["aws/s3", "implements the domain's object store"],
  ["healthimaging/http", "HTTP stays here: below, nothing knows of requests and statuses"],
  ["healthimaging/actions", "one operation each; they ask the domain and know no HTTP"],
  ["healthimaging/dicomweb", "one operation each, as the actions"],
  ["importer", "drives the ports and the codecs; the domain does not know that files are imported"],
  ["storage", "implements the domain's ports"],
  ["domain", "what HealthImaging is, without I/O"],
  ["imaging/dicom", "DICOM bytes and elements, whatever they are for"],
  ["imaging/pixels", "frames and codestreams, whatever file they come from"],
  ["api", "what AWS publishes: depends on nothing"],
];

const sources = readdirSync(SRC, { recursive: true, encoding: "utf8" })
  .map((name) => join(SRC, name))
  .filter((path) => /\.tsx?$/.test(path) && statSync(path).isFile());

const nameOf = (path: string): string => posixPath(relative(SRC, path));
/** The longest room of the table that holds the file; an entry lies in src itself. */
function roomOf(path: string): string {
  const name = relative(SRC, path);
  if (name.startsWith("..")) return "..";
  if (!name.includes("/")) return "entries";
  const rooms = ROOMS.map(([room]) => room).filter((room) => name.startsWith(`${room}/`));
  return rooms.toSorted((one, other) => other.length - one.length)[0] ?? dirname(name);
}
/** Generated types repeat the names of the schemas and of the domain that they are generated from. */
const isWritten = (path: string): boolean => nameOf(path) !== "local/sdk/control-operations.ts";
const heightOf = (room: string): number => ROOMS.findIndex(([name]) => name === room);

function importsOf(path: string): string[] {
  const code = readFileSync(path, "utf8");
  return [...code.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map(([, specifier]) => specifier ?? "");
}

describe("the source tree", () => {
  test("every folder of src is a room of the table", () => {
    const rooms = new Set(sources.map(roomOf));
    expect([...rooms].filter((room) => heightOf(room) < 0)).toEqual([]);
  });

  test("a room imports only from itself and from rooms below it", () => {
    const climbs = sources.flatMap((path) =>
      importsOf(path)
        .filter((specifier) => specifier.startsWith("."))
        .map((specifier) => roomOf(resolve(dirname(path), specifier)))
        .filter((room) => room !== ".." && heightOf(room) < heightOf(roomOf(path)))
        .map((room) => `${nameOf(path)} imports from ${room}`),
    );
    expect(climbs).toEqual([]);
  });

  test.each([
    ["express", "app/gateway/express.ts", "so that the gateway stays one plain function"],
    ["lowdb", "storage/", "so that the state can be kept in another way"],
    ["dicom-parser", "imaging/dicom/part10/element-header.ts", "so that elements are read in one place"],
    ["@cornerstonejs/codec-openjph", "imaging/pixels/", "so that its traps are handled in one place"],
    [
      "@cornerstonejs/codec-openjpeg/decodewasmjs",
      "imaging/pixels/",
      "so that its traps are handled in one place",
    ],
    [
      "@cornerstonejs/codec-charls/decodewasmjs",
      "imaging/pixels/",
      "so that its traps are handled in one place",
    ],
    [
      "yaml",
      "local/scenarios/reading/parse-text.ts,local/scenarios/reading/text-bounds.ts",
      "so that an emulator without scenarios does not load it",
    ],
    ["preact", "console/", "so that the emulator does not know how its console is made"],
    ["node:worker_threads", "importer/", "so that threads end in one place"],
  ])("%s is known to %s alone, %s", (library, allowed) => {
    const users = sources.filter((path) => importsOf(path).includes(library)).map(nameOf);
    expect(users.filter((path) => !allowed.split(",").some((place) => path.startsWith(place)))).toEqual([]);
  });

  test.each([
    [/\bprocess\.env\b/, ["cli.ts", "local/sdk/register.ts"], "settings come in at one door"],
    [
      /\b(setTimeout|setInterval|Date\.now)\b/,
      [
        "domain/time/system-clock.ts",
        "local/sdk/import/import-folder.ts",
        "local/sdk/back-off.ts",
        "console/app/schedule.ts",
      ],
      "time is the clock's",
    ],
    [
      /\b(writeFile|writeFileSync|createWriteStream|copyFile|copyFileSync|appendFile|appendFileSync)\b[^{}]*\} from "node:fs/,
      [
        "storage/files/new-file.ts",
        "storage/files/append-lines.ts",
        "app/cli/demo.ts",
        "app/cli/answers/answer-texts.ts",
      ],
      "a file of the data folder is new, whatever lies in its place; others are their user's own",
    ],
  ])("%s appears only in %s: %s", (pattern, allowed) => {
    const users = sources.filter((path) => pattern.test(readFileSync(path, "utf8"))).map(nameOf);
    expect(users.filter((path) => !allowed.includes(path))).toEqual([]);
  });

  test("imports have no loop, types included", () => {
    const followed = new Set<string>();
    const loops: string[] = [];
    const follow = (path: string, above: readonly string[]): void => {
      if (above.includes(path))
        loops.push([...above.slice(above.indexOf(path)), path].map(nameOf).join(" -> "));
      if (followed.has(path)) return;
      followed.add(path);
      const next = importsOf(path).filter((specifier) => /^\..*\.tsx?$/.test(specifier));
      for (const specifier of next) follow(resolve(dirname(path), specifier), [...above, path]);
    };
    for (const path of sources) follow(path, []);
    expect(loops).toEqual([]);
  });

  test("no file has a name that says nothing", () => {
    const names = sources.map(nameOf);
    expect(
      names.filter((name) => /(^|\/)(utils?|helpers?|common|managers?|services?|types)(\.ts$|\/)/.test(name)),
    ).toEqual([]);
  });

  test("a folder has no file of its name beside it", () => {
    const names = sources.map((path) => relative(SRC, path));
    const folders = new Set(names.map((name) => dirname(name)));
    const isEntry = (name: string): boolean => !name.includes("/");
    expect(names.filter((name) => !isEntry(name) && folders.has(name.replace(/\.tsx?$/, "")))).toEqual([]);
  });

  test("a file's name is unique", () => {
    const names = sources.map((path) => relative(SRC, path)).filter((name) => name.includes("/"));
    const byName = Map.groupBy(names, (name) => basename(name));
    expect([...byName.values()].filter(({ length }) => length > 1)).toEqual([]);
  });

  test("an exported name is unique, so that go-to-symbol has one answer", () => {
    const exported = /^export (?:async )?(?:function\*?|class|interface|type|const) (\w+)/gm;
    const places = sources.filter(isWritten).flatMap((path) => {
      const names = readFileSync(path, "utf8").matchAll(exported);
      return [...new Set([...names].map(([, name = ""]) => name))].map((name) => ({ name, path }));
    });
    const byName = Map.groupBy(places, ({ name }) => name);
    const twice = [...byName].filter(([, { length }]) => length > 1);
    expect(twice.map(([name, found]) => [name, ...found.map(({ path }) => nameOf(path))])).toEqual([]);
  });
});

/** Code without comments that take a line of their own. */
const codeOf = (path: string): string => readFileSync(path, "utf8").replaceAll(/^ *(?:\/?\*|\/\/).*$/gm, "");

test("a path under /_local stands as code in the table of routes alone", () => {
  const isTable = (name: string): boolean => name.startsWith("local/control/routes/");
  const stating = sources.filter((path) => isWritten(path) && /["'`}]\/_local\b/.test(codeOf(path)));
  expect(stating.map(nameOf).filter((name) => !isTable(name))).toEqual([]);
  expect(stating.map(nameOf).filter(isTable)).not.toEqual([]);
});

const ROOT = dirname(SRC);
/** Data, one file for each case: they are found by their index, not by reading the folder. */
const DATA = /^test\/(corpus|fixtures)\/./;

describe.each(["src", "test", "tools"])("the folder %s", (top) => {
  const files = readdirSync(join(ROOT, top), { recursive: true, encoding: "utf8" })
    .map((name) => posixPath(join(top, name)))
    .filter((name) => statSync(join(ROOT, name)).isFile());

  test("has at most 20 files in each folder", () => {
    const folders = Map.groupBy(files, (name) => dirname(name));
    const crowded = [...folders].filter(([folder, { length }]) => length > 20 && !DATA.test(folder));
    expect(crowded.map(([folder, { length }]) => `${folder}: ${length} files`)).toEqual([]);
  });
});
