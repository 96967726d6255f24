import { createHash } from "node:crypto";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Says that another process has the folder. */
export class FolderInUse extends Error {}

/**
 * Holds a folder for this process alone, by listening on a socket in it. The system closes the socket
 * with the process, however that ends, so no lock outlives a kill or a restarted container.
 * @returns how to let go
 * @throws FolderInUse
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  for (const path of socketPaths(folder)) {
    if (await isAnswered(path)) throw new FolderInUse(`the folder ${folder} is in use by another process`);
    const server = await listenOn(path);
    if (server !== undefined) return () => letGo(server);
  }
  throw new Error(`no socket to hold ${folder} can be made`);
}

/** In the folder, or, where sockets cannot be (a long path, a shared mount), among temporary files. */
function socketPaths(folder: string): string[] {
  const name = `healthimaging-local-${createHash("sha256").update(folder).digest("hex").slice(0, 16)}`;
  if (process.platform === "win32") return [`\\\\.\\pipe\\${name}`];
  return [join(folder, ".lock"), join(tmpdir(), `${name}.lock`)];
}

async function isAnswered(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function listenOn(path: string): Promise<Server | undefined> {
  // A socket that nobody answers on was left by a process that was killed.
  await rm(path, { force: true }).catch(() => {});
  const server = createServer((socket) => socket.destroy());
  server.unref();
  try {
    server.listen(path);
    await once(server, "listening");
    return server;
  } catch {
    return undefined;
  }
}

async function letGo(server: Server): Promise<void> {
  server.close();
  await once(server, "close");
}
