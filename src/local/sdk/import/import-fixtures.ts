import { basename, resolve } from "node:path";
import { faultOfFolder } from "./folder-files.ts";
import type { Duration, ResourceName, StatusName } from "../control-operations.ts";
import { importFolder, type ImportOutcome } from "./import-folder.ts";
import { LocalApi, type LocalApiOptions } from "../local-api.ts";

export interface FixtureOptions {
  /** Its id or its name; it is created if there is none of that name. By default the folder's name. */
  readonly datastore?: string | undefined;
  /** The account of the data store: twelve digits are a separate account. */
  readonly accessKeyId?: string | undefined;
  readonly region?: string | undefined;
  /** Also imports files outside the folder that links in it point to. */
  readonly followLinks?: boolean | undefined;
  /**
   * How long to wait for the end of the job, in real time: `10s`, or milliseconds; by default and at most ten
   * minutes.
   */
  readonly timeout?: Duration | number | undefined;
}

export type FixturesTarget = Pick<LocalApiOptions, "endpoint" | "ca">;

/** The result of an import. */
export type Fixtures = Omit<ImportOutcome, "jobStatus" | "message" | "notUploaded">;

/** The only method of ControlClient that an import needs. */
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

/** Imports a folder for a test: waits for the emulator, not for a fixed time. */
export async function importFixtures(
  control: Waiting,
  target: FixturesTarget,
  path: string,
  options: FixtureOptions,
): Promise<Fixtures> {
  const { accessKeyId = "test", region = "us-east-1", timeout = "10m" } = options;
  const folder = resolve(path);
  const fault = await faultOfFolder(folder);
  if (fault !== undefined) throw new Error(fault);
  const api = new LocalApi({ ...target, accessKeyId, region });
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

/** The part of a folder's name that a data store's name may contain. */
export const datastoreNameOf = (folder: string): string =>
  basename(folder)
    .replaceAll(/[^A-Za-z0-9._#-]/g, "-")
    .slice(0, 256) || "imported";
