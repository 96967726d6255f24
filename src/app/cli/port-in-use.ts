import { isRecord } from "../../api/json.ts";
import { systemClock } from "../../domain/time/system-clock.ts";
import { OPERATIONS } from "../../local/sdk/control-operations.ts";
import { hostOfUrl } from "../gateway/listen.ts";
import { findPortListener, type PortListener } from "./port-listener.ts";

const [, HEALTH_PATH] = OPERATIONS.readHealth;
const ANSWER_WITHIN_MS = 1_000;

/** Says who holds a port, and what its user can do. */
export async function describePortInUse(port: number, host: string): Promise<string> {
  const [version, listener] = await Promise.all([askVersion(port, host), findPortListener(port)]);
  const other = "choose another port with --port";
  return version === undefined
    ? `port ${port} is in use by ${nameOf(listener)}: stop it, or ${other}`
    : `port ${port} is in use by healthimaging-local ${version}${processOf(listener)}: use that one, stop it, or ${other}`;
}

function nameOf(listener: PortListener | undefined): string {
  if (listener === undefined) return "another program";
  return "userId" in listener
    ? `a process of another user (uid ${listener.userId})`
    : `${listener.program || "a program"}${processOf(listener)}`;
}

const processOf = (listener: PortListener | undefined): string =>
  listener !== undefined && "processId" in listener ? ` (process ${listener.processId})` : "";

/** The version of the emulator at a port; undefined where something else answers, or nothing. */
async function askVersion(port: number, host: string): Promise<string | undefined> {
  const waiting = new AbortController();
  const cancel = systemClock.schedule(ANSWER_WITHIN_MS, () => waiting.abort());
  try {
    const { signal } = waiting;
    const answer = await fetch(`http://${hostOfUrl(host)}:${port}${HEALTH_PATH}`, { signal });
    const health: unknown = await answer.json();
    if (!isRecord(health) || !isRecord(health["parts"])) return undefined;
    return typeof health["version"] === "string" ? health["version"] : undefined;
  } catch {
    return undefined;
  } finally {
    cancel();
  }
}
