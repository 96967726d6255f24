import { createHash } from "node:crypto";
import { lstatSync, readdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import {
  DEFAULT_RELEASE,
  LATEST_RELEASE,
  releaseNamed,
  type ServiceRelease,
} from "../../api/releases/service-release.ts";
import { isRecord, tryParseJson } from "../../api/json.ts";
import type { Log } from "../../domain/log.ts";
import { writeWhole } from "../files/atomic-file.ts";
import { isMissing } from "../files/errno-messages.ts";
import { writeNewFileSync } from "../files/new-file.ts";
import { FolderError } from "./folder-error.ts";
import { FOLDER_README, README_OF_FORMAT_1 } from "./folder-readme.ts";
import { NotAFile, readRegularFile } from "../files/regular-file.ts";

/** Raise it when the layout or a document's form changes, and add a migration from the previous version. */
export const FORMAT_VERSION = 3;

/** The last version before releases: what has it is of the default release. */
const FORMAT_WITHOUT_RELEASES = 2;

/**
 * The format of a release's folders and snapshots. The default release keeps the one that 0.2.0 reads too; 0.2.0 does
 * not look at the release, so it must not open any other.
 */
export const formatVersionOf = (release: ServiceRelease): number =>
  release === DEFAULT_RELEASE ? FORMAT_WITHOUT_RELEASES : FORMAT_VERSION;

/** This program cannot read a folder: the message says what to do. */
export class FormatError extends FolderError {}

/** `format.json`: the version is the first member, since 0.1.0 looks for it there. */
export interface FolderFormat {
  readonly version: number;
  /** The service release that the folder was made with: no other opens it. */
  readonly serviceRelease: ServiceRelease;
  /** The current generation. */
  readonly generation: number;
  /** Generations that a reset ended, whose files are still to be deleted. */
  readonly pastGenerations: readonly number[];
}

/** Numbers have up to 15 digits, which a double represents exactly. */
export const MAX_GENERATION = 999_999_999_999_999;

/** The format of an empty folder, and of data without a release. */
const FIRST: FolderFormat = {
  version: formatVersionOf(DEFAULT_RELEASE),
  serviceRelease: DEFAULT_RELEASE,
  generation: 0,
  pastGenerations: [],
};

/** Steps from each version to the next. */
const MIGRATIONS: readonly ((folder: string, format: FolderFormat, log: Log) => FolderFormat)[] = [
  // Written before there were versions: version 1 added only the version.
  (_, format) => format,
  nameGeneration,
];

/**
 * Ensures that a folder has the format of this program: writes the format and a README into a new folder,
 * migrates an older one. A README that its user changed or deleted stays so.
 * @param release that is to be served
 * @throws FormatError for the folder of another release or a newer program, or an unreadable format; nothing is
 * changed then
 */
export async function openFormat(
  folder: string,
  log: Log,
  release: ServiceRelease | "any" = DEFAULT_RELEASE,
): Promise<FolderFormat> {
  const text = await readText(join(folder, "format.json"));
  const version = text === undefined ? 0 : versionOf(folder, text);
  if (version > FORMAT_VERSION)
    throw new FormatError(
      `the data folder ${folder} has format ${version}, this version of healthimaging-local reads formats up to ${FORMAT_VERSION}: use a newer version, or another folder`,
    );
  if (version >= FORMAT_WITHOUT_RELEASES)
    return requireRelease(folder, readFormat(folder, version, text ?? ""), release);
  const isNew = version === 0 && !hasData(folder);
  const first = isNew ? { ...FIRST, serviceRelease: release === "any" ? DEFAULT_RELEASE : release } : FIRST;
  requireRelease(folder, first, release);
  const migrated = MIGRATIONS.slice(version).reduce((format, step) => step(folder, format, log), first);
  await writeReadme(folder, text === undefined);
  writeFormat(folder, migrated);
  return migrated;
}

/** Whether a folder without a format is one of a release without formats. */
const hasData = (folder: string): boolean =>
  lstatSync(join(folder, "datastores"), { throwIfNoEntry: false }) !== undefined ||
  generationsIn(folder).length > 0;

function requireRelease(folder: string, format: FolderFormat, wanted: ServiceRelease | "any"): FolderFormat {
  const { serviceRelease } = format;
  if (wanted === "any" || wanted === serviceRelease) return format;
  const cures = [
    `start with --service-release ${serviceRelease}`,
    ...(wanted === LATEST_RELEASE
      ? [`convert it for good with healthimaging-local convert --data ${folder}`]
      : []),
    "use another folder",
  ];
  throw new FormatError(
    `the data folder ${folder} was made with service release ${serviceRelease}, and ${wanted} is to be served: ${cures.slice(0, -1).join(", ")}, or ${cures.at(-1)}`,
  );
}

/** With the version of its release. Atomic and synchronous: any later opening of the folder sees it. */
export function writeFormat(folder: string, format: FolderFormat): void {
  const path = join(folder, "format.json");
  const temp = join(folder, ".format.json.tmp");
  const written: FolderFormat = { ...format, version: formatVersionOf(format.serviceRelease) };
  writeNewFileSync(temp, `${JSON.stringify(written, null, 2)}\n`);
  renameSync(temp, path);
}

/** Format 1 distinguished generations only by their number: the highest was the current one. */
function nameGeneration(folder: string, format: FolderFormat, log: Log): FolderFormat {
  const generation = Math.max(0, ...generationsIn(folder));
  if (generation > 0)
    log.info(`the data folder ${folder} had format 1: epoch-${generation} is its current generation`);
  return { ...format, generation };
}

/** The number of a folder `epoch-N`. */
export const generationsIn = (folder: string): number[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => /^epoch-([1-9]\d{0,14})$/.exec(name)?.[1] ?? [])
    .map(Number);

async function readText(path: string): Promise<string | undefined> {
  try {
    return (await readRegularFile(path)).toString();
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error instanceof NotAFile ? new FormatError(error.message) : error;
  }
}

function versionOf(folder: string, text: string): number {
  const version = Number(/^\s*\{\s*"version"\s*:\s*([1-9]\d{0,8})\s*[,}]/.exec(text)?.[1]);
  const format = tryParseJson(text);
  if (Number.isNaN(version) || !isRecord(format)) throw unreadable(folder);
  // 0.1.0 wrote only the version: a file with more members is not ours.
  if (version === 1 && Object.keys(format).length > 1) throw unreadable(folder);
  return version;
}

/** Unknown members are kept. */
function readFormat(folder: string, version: number, text: string): FolderFormat {
  const format = tryParseJson(text);
  if (!isRecord(format)) throw unreadable(folder);
  const { generation, pastGenerations } = format;
  const release = format["serviceRelease"];
  const serviceRelease = typeof release === "string" ? releaseNamed(release) : undefined;
  if (typeof release === "string" && serviceRelease === undefined)
    throw new FormatError(
      `the data folder ${folder} was made with service release ${release}, which this program does not have: use a newer one, or another folder`,
    );
  const isWhole =
    isNumber(generation) &&
    Array.isArray(pastGenerations) &&
    pastGenerations.every(isNumber) &&
    !pastGenerations.includes(generation) &&
    serviceRelease !== undefined;
  if (!isWhole) throw unreadable(folder);
  return { ...format, version, serviceRelease, generation, pastGenerations };
}

const isNumber = (value: unknown): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0 && value <= MAX_GENERATION;

const unreadable = (folder: string): FormatError =>
  new FormatError(
    `${join(folder, "format.json")} is not valid, expected ${JSON.stringify(FIRST)}, with the number of the current epoch-N as its generation`,
  );

async function writeReadme(folder: string, isNew: boolean): Promise<void> {
  const path = join(folder, "README.md");
  // A link's target may be outside the folder.
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true) return;
  const text = await readText(path);
  const isOld = text !== undefined && createHash("sha256").update(text).digest("hex") === README_OF_FORMAT_1;
  if (isOld || (isNew && text === undefined)) await writeWhole(path, FOLDER_README);
}
