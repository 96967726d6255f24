import { readdir, readFile, readlink } from "node:fs/promises";
import { basename } from "node:path";

/** The socket that listens on a port, as Linux lists it. */
interface ListeningSocket {
  readonly inode: string;
  readonly userId: string;
}

/** Who listens: a process of this user, or only whose it is. */
export type PortListener =
  | { readonly processId: number; readonly program: string }
  | { readonly userId: string };

const LISTEN = "0A";

/** Who listens on a port of this machine; undefined where the system does not tell, as outside Linux. */
export async function findPortListener(port: number): Promise<PortListener | undefined> {
  const socket = (await listeningSockets(port))[0];
  if (socket === undefined) return undefined;
  const processId = await findOwner(`socket:[${socket.inode}]`);
  if (processId === undefined) return { userId: socket.userId };
  return { processId, program: await programOf(processId) };
}

/** Rows of proc(5)'s `net/tcp`: the second column is the local address, then come state, user and inode. */
async function listeningSockets(port: number): Promise<ListeningSocket[]> {
  const tables = await Promise.all(["tcp", "tcp6"].map((name) => readOrEmpty(`/proc/net/${name}`)));
  const ending = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return tables
    .flatMap((table) => table.split("\n").slice(1))
    .map((row) => row.trim().split(/\s+/))
    .filter(([, local = "", , state]) => state === LISTEN && local.endsWith(ending))
    .map(([, , , , , , , userId = "", , inode = ""]) => ({ inode, userId }));
}

/** The process that has a file open. Those of other users cannot be looked into. */
async function findOwner(file: string): Promise<number | undefined> {
  const processes = (await namesIn("/proc")).filter((name) => /^\d+$/.test(name));
  for (const process of processes) {
    const folder = `/proc/${process}/fd`;
    const files = await Promise.all((await namesIn(folder)).map((name) => linkOf(`${folder}/${name}`)));
    if (files.includes(file)) return Number(process);
  }
  return undefined;
}

/** `node dist/cli.js`: without the arguments, which may be secrets. */
async function programOf(processId: number): Promise<string> {
  const [command = "", first = ""] = (await readOrEmpty(`/proc/${processId}/cmdline`)).split("\0");
  return /^[^-\s]\S*\.\w+$/.test(first) ? `${basename(command)} ${first}` : basename(command);
}

const readOrEmpty = (path: string): Promise<string> => readFile(path, "utf8").catch(() => "");
const namesIn = (path: string): Promise<string[]> => readdir(path).catch(() => []);
const linkOf = (path: string): Promise<string> => readlink(path).catch(() => "");
