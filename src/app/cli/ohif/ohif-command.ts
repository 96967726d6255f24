import { openOhif, OhifError } from "./ohif.ts";
import { UsageError } from "../settings/usage-error.ts";
import type { OhifSettings } from "../settings/ohif-flags.ts";

/** Serves OHIF until it is told to stop. */
export async function showOhif(settings: OhifSettings): Promise<number> {
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.once(signal, resolve);
  });
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const ohif = await openOhif(settings, say).catch((error: unknown) => {
    throw error instanceof OhifError ? new UsageError(error.message, { cause: error }) : error;
  });
  say(`OHIF ${ohif.version} of ${ohif.folder}`);
  say(`  data store    ${ohif.datastoreName} (${ohif.datastoreId}) of ${settings.endpoint}`);
  say(`  as stored     ${ohif.link}`);
  say(`  uncompressed  ${ohif.uncompressedLink}  for colours that are painted wrong (docs/guide/viewers.md)`);
  say("  Ctrl+C ends it");
  process.stdout.write(`READY ${ohif.link}\n`);
  await stopped;
  ohif.close();
  return 0;
}
