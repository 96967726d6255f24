import { errorCode } from "../../api/error-code.ts";
import { isRecord } from "../../api/json.ts";
import { pause, type Pause } from "../../local/sdk/back-off.ts";
import { ControlCalls } from "../../local/sdk/control-calls.ts";
import { ControlClientError } from "../../local/sdk/control-client-error.ts";
import { ControlClient } from "../../local/sdk/control-client.ts";
import { faultOfFolder, type Refused } from "../../local/sdk/import/folder-files.ts";
import { describeImageSet, readMetadata } from "../../local/sdk/import/describe-image-set.ts";
import {
  importFolder,
  type FolderImport,
  type ImportedImageSet,
  type ImportOutcome,
} from "../../local/sdk/import/import-folder.ts";
import { LocalApi } from "../../local/sdk/local-api.ts";
import { trustedCasFor } from "../tls/trusted-cas.ts";
import { anotherProgramAt } from "./another-program.ts";
import { hasPath, noEmulatorAt, noEmulatorBelow } from "./no-emulator.ts";
import { createProgressBar } from "./progress-bar.ts";
import { UsageError } from "./settings/usage-error.ts";
import type { ImportSettings } from "./settings/client-settings.ts";

const MAX_FILES_SHOWN = 20;

/** Imports a folder into a running emulator and prints the outcome. */
export async function runImportCommand(settings: ImportSettings): Promise<number> {
  const { folder, datastore, followLinks, endpoint, tlsFolder } = settings;
  const ca = trustedCasFor(endpoint, tlsFolder);
  const fault = await faultOfFolder(folder);
  if (fault !== undefined) throw new UsageError(fault);
  const api = new LocalApi({ ...settings, ca, pause: waitAloud() });
  const bar = createProgressBar(process.stderr);
  try {
    await requireEmulator(api, endpoint);
    const outcome = await importFolder(api, {
      folder,
      datastore,
      followLinks,
      onProgress: bar.show,
      ...(await moveFrozenClock(endpoint, ca)),
    });
    bar.end();
    process.stdout.write(await describeImport(api, outcome));
    return outcome.jobStatus === "COMPLETED" && outcome.imageSets.length > 0 ? 0 : 1;
  } catch (error) {
    throw explain(error, endpoint);
  } finally {
    bar.end();
    api.close();
  }
}

async function requireEmulator(api: LocalApi, endpoint: string): Promise<void> {
  let health: unknown;
  try {
    // 503: the emulator runs, but part of it is unhealthy. The import will say what fails.
    health = await new ControlCalls(api).ask("readHealth", {}, [503]);
  } catch (error) {
    if (error instanceof ControlClientError && hasPath(endpoint))
      throw noEmulatorBelow(endpoint, error.status);
    throw (await anotherProgramAt(endpoint)) ?? noEmulatorAt(endpoint, errorCode(error));
  }
  // Another program answers something else; an emulator that is unhealthy may have a message alone.
  if (!isRecord(health) || !("parts" in health || "message" in health))
    throw (await anotherProgramAt(endpoint)) ?? noEmulatorAt(endpoint);
}

/** A throttled CreateDatastore waits up to 12 seconds, which would look like a hang. */
function waitAloud(): Pause {
  let isSaid = false;
  return (milliseconds) => {
    if (!isSaid) process.stderr.write("throttled, as on AWS: trying again until the call passes\n");
    isSaid = true;
    return pause(milliseconds);
  };
}

/** Explains that the emulator ended during the import. */
function explain(error: unknown, endpoint: string): unknown {
  if (!["ECONNREFUSED", "ECONNRESET", "EPIPE"].includes(errorCode(error))) return error;
  return new Error(`the emulator at ${endpoint} ended during the import`, { cause: error });
}

/** Without this an import would never end: a frozen clock never reaches the end of the job. */
async function moveFrozenClock(
  endpoint: string,
  ca: string[] | undefined,
): Promise<Pick<FolderImport, "wait">> {
  const control = new ControlClient(endpoint, { ca });
  if (!(await control.clock.now()).isFrozen) return {};
  process.stderr.write("the clock is frozen: it is advanced until the import ends\n");
  return {
    wait: async (resource, status) =>
      void (await control.wait(resource, { status, timeout: "10m", autoAdvance: true })),
  };
}

async function describeImport(api: LocalApi, outcome: ImportOutcome): Promise<string> {
  const { datastoreId, jobId, jobStatus, message, imageSets, failures, warnings = [] } = outcome;
  const lines = [
    `data store  ${datastoreId}`,
    `import job  ${jobId}  ${jobStatus}${message === null ? "" : `: ${message}`}`,
  ];
  lines.push(`image sets  ${imageSets.length}`);
  for (const imageSet of imageSets) {
    const { imageSetId } = imageSet;
    const { modality, patientId, description, instances, frames } = describeImageSet(
      await readMetadata(api, datastoreId, imageSetId),
    );
    lines.push(
      `  ${imageSetId}  ${modality.padEnd(8)} ${count(instances, "instance")}, ${count(frames, "frame")}  patient ${patientId}, ${description}${describeVersion(imageSet)}`,
    );
  }
  lines.push(...listFiles("not imported", failures), ...listFiles("with warnings", warnings));
  return `${lines.join("\n")}\n`;
}

function listFiles(title: string, files: readonly Refused[]): string[] {
  if (files.length === 0) return [];
  const lines = [`${title}  ${count(files.length, "file")}`];
  for (const { file, message } of files.slice(0, MAX_FILES_SHOWN)) lines.push(`  ${file}: ${message}`);
  if (files.length > MAX_FILES_SHOWN) lines.push(`  and ${files.length - MAX_FILES_SHOWN} more`);
  return lines;
}

/** What is unusual: that the image set existed before, or that its series has another primary one. */
function describeVersion({ imageSetVersion = 1, isPrimary = true }: ImportedImageSet): string {
  const version = imageSetVersion === 1 ? "" : `, now version ${imageSetVersion}`;
  return `${version}${isPrimary ? "" : ", not primary"}`;
}

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`;
