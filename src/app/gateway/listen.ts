import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { errorCode } from "../../api/error-code.ts";

export interface Listening {
  /** `http://127.0.0.1:4464`, of a server with TLS `https://127.0.0.1:4464` */
  readonly url: string;
  readonly port: number;
  /** Closes idle connections at once, and busy ones when `patience` resolves. */
  readonly close: (patience: Promise<void>) => Promise<void>;
}

/** Both loopback addresses: clients resolve `localhost` to either. */
const LOOPBACK = ["127.0.0.1", "::1"] as const;

/**
 * Listens on one port of `host`, or of both loopback addresses if `host` is `localhost`; a machine without
 * IPv6 uses one.
 * @param create creates a server; each address needs its own
 * @param scheme the protocol of the servers, for the URL
 * @throws the system's error (EADDRINUSE, EACCES ...) if the port is not available
 */
export async function listen(
  create: () => Server,
  host: string,
  port: number,
  scheme: "http" | "https" = "http",
): Promise<Listening> {
  if (host !== "localhost") return toListening([await open(create(), host, port)], scheme, host);
  const first = await open(create(), LOOPBACK[0], port);
  try {
    const second = await open(create(), LOOPBACK[1], addressOf(first).port);
    return toListening([first, second], scheme, LOOPBACK[0]);
  } catch (error) {
    if (isWithoutIPv6(error)) return toListening([first], scheme, LOOPBACK[0]);
    await close(first);
    // Any free port: another process has this one on ::1, so try another.
    if (port === 0 && errorCode(error) === "EADDRINUSE") return listen(create, host, port, scheme);
    throw error;
  }
}

function open(server: Server, host: string, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port }, () => {
      server.off("error", reject);
      resolve(server);
    });
  });
}

function toListening(servers: readonly Server[], scheme: string, host: string): Listening {
  const port = servers[0] === undefined ? 0 : addressOf(servers[0]).port;
  return {
    port,
    url: `${scheme}://${hostOfUrl(host)}:${port}`,
    close: async (patience) => {
      const closed = Promise.all(servers.map(close));
      await Promise.race([closed, patience]);
      for (const server of servers) server.closeAllConnections();
      await closed;
    },
  };
}

/** The host name by which clients on this machine reach a server that listens on every address. */
export function hostOfUrl(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}

function addressOf(server: Server): AddressInfo {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return address;
}

const isWithoutIPv6 = (error: unknown): boolean =>
  ["EADDRNOTAVAIL", "EAFNOSUPPORT", "EINVAL"].includes(errorCode(error));
