import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Metafile } from "esbuild";
import { PERMISSIVE } from "../licences/permissive.ts";
import { findPackages, readManifest } from "./packages.ts";

/**
 * Texts of `licences/`, by package: licences that the package does not ship itself, and those of the code of others in
 * what it ships.
 */
const KEPT_HERE: Readonly<Record<string, readonly string[]>> = {
  "@cornerstonejs/codec-charls": ["charls.txt", "emscripten.txt"],
  "@cornerstonejs/codec-openjpeg": ["cornerstonejs-codecs.txt", "openjpeg.txt", "emscripten.txt"],
  "@cornerstonejs/codec-openjph": ["openjph.txt", "emscripten.txt"],
  "@nodable/entities": ["nodable-entities.txt"],
};

/** Packages of which no code is shipped, but what is made from them. */
const MADE_FROM = [{ folder: "node_modules/@iwharris/dicom-data-dictionary", made: "the data dictionary" }];

const RULE = "=".repeat(80);

const HEAD = `Third-party notices of healthimaging-local

The npm package and the container image have code of these projects, in the files of this folder or in packages that
are installed beside it. Each is named with its version and its licence.

The container image also has what its base image brings, by default node:24-bookworm-slim: Node.js, whose licence and
notices are https://github.com/nodejs/node/blob/main/LICENSE, and packages of Debian GNU/Linux, whose licences are in
the image as /usr/share/doc/*/copyright.
`;

interface Notice {
  readonly title: string;
  readonly text: string;
}

/**
 * The licences and copyright notices of all that the bundles and the packages beside them bring along. The same
 * bundles give the same text.
 * @param root the folder of package.json and node_modules, to which the paths of the metafiles are relative
 * @throws Error for a package without the text of its licence, or with one that is not permissive
 */
export function writeNotices(metafiles: readonly Metafile[], root: string): string {
  const { installed, bundled } = findPackages(metafiles, root);
  const folders = [...new Set([...installed, ...bundled])];
  const madeFrom = MADE_FROM.filter(({ folder }) => existsSync(join(root, folder)));
  const notices = [
    ...folders.flatMap((folder) => noticesOf(root, folder, "")),
    ...madeFrom.flatMap(({ folder, made }) => noticesOf(root, folder, `, from which ${made} is made`)),
  ];
  return `${[HEAD, ...sections(notices)].join(`\n${RULE}\n`)}\n`;
}

/** One for each text, under all that it is the licence of. */
function sections(notices: readonly Notice[]): string[] {
  const titles = new Map<string, Set<string>>();
  for (const { title, text } of notices) titles.set(text, (titles.get(text) ?? new Set()).add(title));
  return [...titles]
    .map(([text, named]) => `${[...named].toSorted().join("\n")}\n\n${text}`)
    .toSorted((a, b) => (a < b ? -1 : 1));
}

function noticesOf(root: string, folder: string, remark: string): Notice[] {
  const { name, version, license } = readManifest(join(root, folder));
  if (!PERMISSIVE.has(license))
    throw new Error(`${name} ${version} has the licence ${license}: expected a permissive one`);
  const title = `${name} ${version} (${license})${remark}`;
  const shipped = textsOf(join(root, folder), /^(licen[cs]e|copying)(\.(md|txt))?$/i);
  const kept = (KEPT_HERE[name] ?? []).map((file) => readText(join(import.meta.dirname, "licences", file)));
  const licences = license === "Apache-2.0" ? [apacheNotice(shipped)] : [...shipped, ...kept];
  if (licences.length === 0)
    throw new Error(
      `${name} ${version} (${license}) has no file with its licence: put the text into tools/bundle/licences and name it in tools/bundle/notices.ts`,
    );
  const notices = textsOf(join(root, folder), /^notice(\.(md|txt))?$/i);
  return [...licences, ...notices].map((text) => ({ title, text }));
}

/** The licence itself is the product's own, which it comes with: what remains is who holds the copyright. */
function apacheNotice(shipped: readonly string[]): string {
  const lines = shipped.flatMap((text) => text.match(/^ *Copyright (\(c\) )?\d{4}.*$/gm) ?? []);
  const holders = [...new Set(lines.map((line) => line.trim()))];
  return [...holders, "Licensed under the Apache License, Version 2.0: see LICENSE."].join("\n");
}

const textsOf = (folder: string, names: RegExp): string[] =>
  readdirSync(folder)
    .filter((file) => names.test(file))
    .map((file) => readText(join(folder, file)));

const readText = (path: string): string => readFileSync(path, "utf8").replaceAll("\r\n", "\n").trim();
