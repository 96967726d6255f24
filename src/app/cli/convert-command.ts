import { convertFolder } from "../../storage/convert-folder.ts";
import { FolderError } from "../../storage/folder/folder-error.ts";
import { createServerLog } from "./server-log.ts";
import { UsageError } from "./settings/usage-error.ts";
import type { ConvertSettings } from "./settings/settings.ts";

/** Converts a data folder. @returns what was done, as lines @throws UsageError for a folder that cannot be */
export async function convert({ data }: ConvertSettings): Promise<string> {
  const { log } = createServerLog({ level: "warn", format: "text" }, process.stderr);
  try {
    const { serviceRelease, isConverted, imageSets, primaryImageSets, snapshots } = await convertFolder(
      data,
      log,
    );
    const head = isConverted ? "is now of" : "is already of";
    return [
      `${data} ${head} service release ${serviceRelease}`,
      `image sets  ${imageSets}, of these ${primaryImageSets} primary`,
      `snapshots   ${snapshots.length === 0 ? "none to convert" : snapshots.join(", ")}`,
      "",
    ].join("\n");
  } catch (error) {
    throw error instanceof FolderError ? new UsageError(error.message) : error;
  }
}
