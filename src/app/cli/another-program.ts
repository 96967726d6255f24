import { probe } from "./doctor/probe.ts";
import { UsageError } from "./settings/usage-error.ts";

/**
 * The message of a command that another program answered over HTTP. Undefined if the emulator answers, or
 * nothing does.
 */
export async function anotherProgramAt(endpoint: string): Promise<UsageError | undefined> {
  const seen = await probe(endpoint, undefined);
  if (seen.kind !== "other") return undefined;
  const server = seen.server === undefined ? "" : ` of ${seen.server}`;
  return new UsageError(
    `another program answers at ${endpoint} (HTTP ${seen.status}${server}): name the address of the READY line with --endpoint`,
  );
}
