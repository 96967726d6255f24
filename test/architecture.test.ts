import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { posixPath } from "../tools/posix-path.ts";

const SRC = resolve(import.meta.dirname, "../src");

/** From top to bottom, each with the reason why it stands where it stands. */
const ROOMS: readonly (readonly [room: string, why: string])[] = [
  ["register", "a preload for programs that use the SDK"],
  ["testcontainers", "the container for tests"],
  ["worker", "what a thread of the importer starts with"],
  ["vitest", "a test with an emulator of its own"],
  ["index", "the public names"],
  ["cli", "turns flags and environment into a call; nothing may depend on how it was called"],
  ["compose", "knows every part, so no part may know it"],
  ["control", "looks into every room for /_local"],
  ["client", "what a user's test holds; the emulator runs without it"],
  ["report", "watches what clients do; nothing behaves otherwise for it"],
  ["scenario", "bends what the rooms below do, which do not know that they are bent"],
  ["gateway", "HTTP stays here: below, nothing knows of requests and statuses but S3's own front"],
  ["actions", "one operation each; they ask the domain and know no HTTP"],
  ["dicomweb", "one operation each, as the actions"],
  ["importer", "drives the ports and the codecs; the domain does not know that files are imported"],
  ["s3", "implements the domain's object store"],
  ["storage", "implements the domain's ports"],
  ["domain", "what HealthImaging is, without I/O"],
  ["dicom", "DICOM bytes and elements, whatever they are for"],
  ["pixels", "frames and codestreams, whatever file they come from"],
  ["api", "what AWS publishes: depends on nothing"],
];

const sources = readdirSync(SRC, { recursive: true, encoding: "utf8" })
  .map((name) => join(SRC, name))
  .filter((path) => path.endsWith(".ts") && statSync(path).isFile());

const nameOf = (path: string): string => posixPath(relative(SRC, path));
const roomOf = (path: string): string => nameOf(path).split("/")[0]?.replace(/\.ts$/, "") ?? "";
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
    ["express", "gateway/express.ts", "so that the gateway stays one plain function"],
    ["lowdb", "storage/", "so that the state can be kept in another way"],
    ["dicom-parser", "dicom/element-header.ts", "so that elements are read in one place"],
    ["@cornerstonejs/codec-openjph", "pixels/", "so that its traps are handled in one place"],
    ["@cornerstonejs/codec-openjpeg/decodewasmjs", "pixels/", "so that its traps are handled in one place"],
    ["@cornerstonejs/codec-charls/decodewasmjs", "pixels/", "so that its traps are handled in one place"],
    [
      "yaml",
      "scenario/parse-text.ts,scenario/text-bounds.ts",
      "so that an emulator without scenarios does not load it",
    ],
    ["node:worker_threads", "importer/", "so that threads end in one place"],
  ])("%s is known to %s alone, %s", (library, allowed) => {
    const users = sources.filter((path) => importsOf(path).includes(library)).map(nameOf);
    expect(users.filter((path) => !allowed.split(",").some((place) => path.startsWith(place)))).toEqual([]);
  });

  test.each([
    [/\bprocess\.env\b/, ["cli.ts", "client/register.ts"], "settings come in at one door"],
    [
      /\b(setTimeout|setInterval|Date\.now)\b/,
      ["domain/system-clock.ts", "client/import-folder.ts", "client/back-off.ts"],
      "time is the clock's",
    ],
  ])("%s appears only in %s: %s", (pattern, allowed) => {
    const users = sources.filter((path) => pattern.test(readFileSync(path, "utf8"))).map(nameOf);
    expect(users.filter((path) => !allowed.includes(path))).toEqual([]);
  });

  test("no file has a name that says nothing", () => {
    const names = sources.map(nameOf);
    expect(
      names.filter((name) => /(^|\/)(utils?|helpers?|common|managers?|services?|types)(\.ts$|\/)/.test(name)),
    ).toEqual([]);
  });
});
