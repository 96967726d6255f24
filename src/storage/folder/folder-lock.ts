import { createHash } from "node:crypto";
import { once } from "node:events";
import { rm, stat } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { errorCode } from "../../api/error-code.ts";

/** Another process has locked the folder. */
export class FolderInUse extends Error {}

/**
 * Locks a folder for this process by listening on a socket in it. The system closes the socket when the
 * process ends, however that happens, so no lock outlives a kill or a restarted container, and no process
 * number is stored that another process may get later.
 * @returns releases the lock
 * @throws FolderInUse
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const first = await holdName(folder);
  try {
    const server = await holdSocket(folder);
    return async () => {
      await letGo(server);
      await letGo(first);
    };
  } catch (error) {
    await letGo(first);
    throw error;
  }
}

/**
 * If processes on this machine start at the same moment, only one gets an abstract name, which only Linux
 * has. A socket in the folder is visible from other containers too, but two processes that find an old one
 * may both take it.
 */
async function holdName(folder: string): Promise<Server | undefined> {
  if (process.platform !== "linux") return undefined;
  const { dev, ino } = await stat(folder);
  try {
    return await listen(`\0healthimaging-local-${dev}-${ino}`);
  } catch (error) {
    if (errorCode(error) === "EADDRINUSE") throw inUse(folder);
    return undefined;
  }
}

async function holdSocket(folder: string): Promise<Server> {
  for (const path of socketPaths(folder)) {
    if (await isAnswered(path)) throw inUse(folder);
    // A socket without a listener was left by a killed process.
    await rm(path, { force: true }).catch(() => {});
    const server = await listen(path).catch(() => undefined);
    if (server !== undefined) return server;
  }
  throw new Error(`the socket that locks ${folder} cannot be created`);
}

const inUse = (folder: string): FolderInUse =>
  new FolderInUse(`the folder ${folder} is in use by another process`);

/**
 * In the folder, or among temporary files if sockets are not possible there (a long path, a shared mount).
 */
function socketPaths(folder: string): string[] {
  const name = `healthimaging-local-${createHash("sha256").update(folder).digest("hex").slice(0, 16)}`;
  if (process.platform === "win32") return [`\\\\.\\pipe\\${name}`];
  return [join(folder, ".lock"), join(tmpdir(), `${name}.lock`)];
}

/** No listener, or no socket. After any other error a process may exist. */
const UNANSWERED = new Set([
  "ECONNREFUSED",
  "ENOENT",
  "ENOTDIR",
  "ENOTSOCK",
  "EPROTOTYPE",
  "EINVAL",
  "ENAMETOOLONG",
]);

async function isAnswered(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, "connect");
    return true;
  } catch (error) {
    return !UNANSWERED.has(errorCode(error));
  } finally {
    socket.destroy();
  }
}

async function listen(path: string): Promise<Server> {
  const server = createServer((socket) => socket.destroy());
  server.unref();
  server.listen(path);
  await once(server, "listening");
  return server;
}

async function letGo(server: Server | undefined): Promise<void> {
  if (server === undefined) return;
  server.close();
  await once(server, "close");
}
