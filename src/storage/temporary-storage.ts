import { constants, mkdirSync, renameSync } from "node:fs";
import { access } from "node:fs/promises";
import { NO_JOB_RECORDS } from "../domain/import-jobs/job-records.ts";
import { DEFAULT_RELEASE, type ServiceRelease } from "../api/releases/service-release.ts";
import type { Log } from "../domain/log.ts";
import { filesOf, generationFolder, type Generation, type GenerationContent } from "./generation.ts";
import { MemoryState } from "./documents/memory-state.ts";
import type { Storage } from "./storage.ts";
import { Removals } from "./files/removals.ts";
import { Snapshots } from "./snapshots/snapshots.ts";
import { spoolOf } from "./files/spool.ts";
import { openTemporaryFolder } from "./files/temporary-folder.ts";

/**
 * State in memory, files in a temporary folder. Synchronous: loading node:fs/promises for two folders would
 * take longer than all the rest.
 */
export function openTemporary(log: Log, serviceRelease: ServiceRelease = DEFAULT_RELEASE): Storage {
  const { folder, remove } = openTemporaryFolder();
  mkdirSync(spoolOf(folder));
  const removals = new Removals(log);
  let number = 0;
  const open = (): Generation & { readonly state: MemoryState } => ({
    ...filesOf(folder, number, removals),
    state: new MemoryState(),
    jobRecords: NO_JOB_RECORDS,
    seal: () => {},
  });
  const beginGeneration = (content?: GenerationContent): Generation => {
    const root = generationFolder(folder, number + 1);
    if (content === undefined) mkdirSync(root);
    else renameSync(content.folder, root);
    number += 1;
    const begun = open();
    begun.state.load(content?.documents ?? []);
    return begun;
  };
  const close = async (): Promise<void> => {
    await removals.stop();
    remove();
  };
  const spoolFolder = spoolOf(folder);
  return {
    folder,
    spoolFolder,
    generation: open(),
    beginGeneration,
    snapshots: new Snapshots({ folder, spoolFolder, isOnDisk: false, serviceRelease, log }),
    remove: (path) => removals.start(path),
    check: () => access(folder, constants.W_OK),
    close,
  };
}
