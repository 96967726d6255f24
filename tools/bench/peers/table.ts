import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { startBare } from "../bare.ts";
import { authorization, startTree } from "../emulator.ts";
import { thisTree } from "../trees.ts";
import type { Asked } from "../load/load.ts";
import { start, type Started } from "../processes.ts";
import { AZURITE_ENVIRONMENT, listContainers } from "./azurite-key.ts";
import { findMoto, findPackage } from "./install.ts";

/** A server on the same work as the others: it starts, and answers a list of nothing. */
export interface Peer {
  readonly name: string;
  readonly begin: () => Promise<Started>;
  readonly trivial: () => Asked;
}

export function openPeers(): Peer[] {
  const [dynalite, azurite, moto] = [findPackage("dynalite"), findPackage("azurite"), findMoto()];
  return [
    {
      name: "this tree: ListDatastores",
      begin: async () => startTree(await thisTree(), "--throttling", "1000x"),
      trivial: () => ({
        method: "GET",
        path: "/datastore",
        headers: { authorization: authorization("medical-imaging") },
      }),
    },
    { name: "bare node:http: {}", begin: () => startBare(), trivial: () => ({ method: "GET", path: "/" }) },
    ...(dynalite === undefined ? [] : [dynalitePeer(dynalite)]),
    ...(azurite === undefined ? [] : [azuritePeer(azurite)]),
    ...(moto === undefined ? [] : [motoPeer(moto)]),
  ];
}

const LIST_TABLES: Asked = {
  method: "POST",
  path: "/",
  headers: {
    authorization: authorization("dynamodb"),
    "content-type": "application/x-amz-json-1.0",
    "x-amz-target": "DynamoDB_20120810.ListTables",
    "x-amz-date": "20240501T000000Z",
  },
  body: "{}",
};

const dynalitePeer = (folder: string): Peer => ({
  name: "dynalite: ListTables",
  begin: async () => {
    const args = [join(folder, "cli.js"), "--host", "127.0.0.1", "--port", await freePort()];
    return start(args, { ready: /listening at: (http:\/\/\S+)/ });
  },
  trivial: () => LIST_TABLES,
});

const azuritePeer = (folder: string): Peer => ({
  name: "azurite (blob): List Containers",
  begin: async () => {
    const options = [
      "--inMemoryPersistence",
      "--disableTelemetry",
      "--silent",
      "--blobPort",
      await freePort(),
    ];
    const env = { ...process.env, ...AZURITE_ENVIRONMENT };
    return start([join(folder, "dist/src/blob/main.js"), ...options], {
      ready: /listens on (http:\S+)/,
      env,
    });
  },
  trivial: listContainers,
});

const motoPeer = ({ python, version }: { python: string; version: string }): Peer => ({
  name: `moto ${version}: ListTables`,
  begin: async () => {
    const args = ["-m", "moto.server", "-H", "127.0.0.1", "-p", await freePort()];
    return start(args, { command: python, ready: /Running on (http:\S+)/ });
  },
  trivial: () => LIST_TABLES,
});

/** For programs that cannot choose a free port, or do not print it. */
async function freePort(): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return String(port);
}
