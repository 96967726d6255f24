import { main } from "../../../src/app/cli/main.ts";
import type { Environment } from "../../../src/app/cli/settings/flags.ts";

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process, whose output is the command's for that long. */
export async function runHere(
  args: readonly string[],
  env: Environment = {},
  cwd = process.cwd(),
): Promise<Ended> {
  const stdout = take(process.stdout);
  const stderr = take(process.stderr);
  try {
    const code = await main(args, env, cwd);
    return { code, stdout: stdout.written(), stderr: stderr.written() };
  } finally {
    stdout.giveBack();
    stderr.giveBack();
  }
}

/** Collects what is written to a stream until it is given back as it was. */
function take(stream: NodeJS.WriteStream): { written: () => string; giveBack: () => void } {
  const chunks: string[] = [];
  const own = Object.getOwnPropertyDescriptor(stream, "write");
  const listeners = stream.listeners("error");
  const maxListeners = stream.getMaxListeners();
  // Each worker thread of this process has one, and Node.js warns of many on the stream itself.
  stream.setMaxListeners(0);
  stream.write = (chunk: Uint8Array | string): boolean => {
    chunks.push(String(chunk));
    return true;
  };
  const giveBack = (): void => {
    if (own === undefined) Reflect.deleteProperty(stream, "write");
    else Object.defineProperty(stream, "write", own);
    const added = stream.listeners("error").filter((listener) => !listeners.includes(listener));
    for (const listener of added) stream.off("error", listener as () => void);
    stream.setMaxListeners(maxListeners);
  };
  return { written: () => chunks.join(""), giveBack };
}
