import { basename, resolve } from "node:path";
import type { HttpHandler } from "../../../api/http.ts";
import { faultOfFolder } from "./folder-files.ts";
import type { Duration, ResourceName, StatusName } from "../control-operations.ts";
import { importFolder, type ImportOutcome } from "./import-folder.ts";
import { LocalApi } from "../local-api.ts";

export interface FixtureOptions {
  /** Its id or its name; where there is none of that name it is made. The folder's name where left out. */
  readonly datastore?: string | undefined;
  /** Whose data store it is: twelve digits are an account of their own. */
  readonly accessKeyId?: string | undefined;
  readonly region?: string | undefined;
  /** Imports the files outside the folder, too, that links in it lead to. */
  readonly followLinks?: boolean | undefined;
  /** For the job to end, of real time: `10s`, or milliseconds; ten minutes at most, and where left out. */
  readonly timeout?: Duration | number | undefined;
}

/** What an import left behind. */
export type Fixtures = Omit<ImportOutcome, "jobStatus" | "message" | "notUploaded">;

/** The one method of a ControlClient that an import needs. */
interface Waiting {
  readonly wait: (
    resource: ResourceName,
    options: {
      readonly status: StatusName | readonly StatusName[];
      readonly timeout?: Duration | number | undefined;
      readonly autoAdvance?: boolean;
    },
  ) => Promise<unknown>;
}

/** Imports a folder for a test: waits on the emulator, not on time. */
export async function importFixtures(
  control: Waiting,
  endpoint: string | HttpHandler,
  path: string,
  options: FixtureOptions,
): Promise<Fixtures> {
  const { accessKeyId = "test", region = "us-east-1", timeout = "10m" } = options;
  const folder = resolve(path);
  const fault = await faultOfFolder(folder);
  if (fault !== undefined) throw new Error(fault);
  const api = new LocalApi({ endpoint, accessKeyId, region });
  try {
    const {
      jobStatus,
      message,
      notUploaded: _,
      ...imported
    } = await importFolder(api, {
      folder,
      datastore: options.datastore ?? datastoreNameOf(folder),
      followLinks: options.followLinks,
      onProgress: () => {},
      wait: async (resource, status) =>
        void (await control.wait(resource, { status, timeout, autoAdvance: true })),
    });
    if (jobStatus !== "COMPLETED")
      throw new Error(`the import job ${imported.jobId} is ${jobStatus}: ${message}`);
    return imported;
  } finally {
    api.close();
  }
}

/** Of the folder's name what a data store's name may hold. */
export const datastoreNameOf = (folder: string): string =>
  basename(folder)
    .replaceAll(/[^A-Za-z0-9._#-]/g, "-")
    .slice(0, 256) || "imported";
