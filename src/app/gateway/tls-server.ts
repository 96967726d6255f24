import { Server, type RequestListener, type ServerOptions } from "node:http";
import type { Socket } from "node:net";
import { TLSSocket, type TLSSocketOptions } from "node:tls";
import { errorCode } from "../../api/error-code.ts";
import { ServiceError } from "../../api/errors.ts";
import type { HttpHandler } from "../../api/http.ts";
import type { Log } from "../../domain/log.ts";
import type { Clock } from "../../domain/time/clock.ts";
import { systemClock } from "../../domain/time/system-clock.ts";
import type { ServerCertificates } from "../tls/server-certificates.ts";
import { endWith } from "./client-error.ts";
import { createHttpServer } from "./express.ts";
import { nameIn } from "./host-name.ts";
import { createLogOnce } from "./log-once.ts";

export interface TlsServerDependencies {
  readonly certificates: Pick<ServerCertificates, "contextFor" | "has">;
  readonly log: Pick<Log, "warn">;
  readonly clock?: Pick<Clock, "schedule">;
}

/** As `createHttpServer`, over TLS 1.2 and 1.3. */
export function createTlsServer(
  handle: HttpHandler,
  { certificates, log, clock = systemClock }: TlsServerDependencies,
): Server {
  const logOnce = createLogOnce(log);
  const secure = (raw: Socket): TLSSocket => {
    const socket = new SecuredSocket(raw, {
      isServer: true,
      secureContext: certificates.contextFor(undefined),
      ALPNProtocols: ["http/1.1"],
      SNICallback: (given, answer) => {
        const name = nameIn(given);
        if (name !== undefined && !certificates.has(name)) logOnce(name, describeUnnamed(name));
        answer(null, certificates.contextFor(name));
      },
    });
    socket.once("end", () => {
      if (socket.getPeerFinished() === undefined) logOnce("end", GIVEN_UP);
    });
    return socket;
  };
  const handleSecured: HttpHandler = (request) => handle({ ...request, scheme: "https" });
  const server = createHttpServer(
    handleSecured,
    (options, listener) => new TlsServer(options, listener, { secure, clock }),
  );
  server.on("clientError", (error) => {
    const code = errorCode(error);
    if (IS_DISTRUST.test(code))
      logOnce(code, `a client does not trust the CA of this emulator (${code}): ${CURE}`);
  });
  return server;
}

/** As long as a connection that is not encrypted has for the head of a request. */
const HANDSHAKE_MS = 60_000;

/** The alerts of clients that do not trust a certificate. Java and Node.js only close the connection. */
const IS_DISTRUST = /UNKNOWN_CA|CERTIFICATE_UNKNOWN|BAD_CERTIFICATE/;
const CURE = "healthimaging-local env prints the variables that make clients trust it";
const GIVEN_UP = `a client closed its connection during the TLS handshake, probably because it does not trust the CA: ${CURE}`;

const describeUnnamed = (name: string): string =>
  `a client asked for a certificate of ${name}, which this emulator does not serve: start it with --tls-host ${name}`;

/** The first byte of a TLS connection: the content type of a handshake record (RFC 8446, 5.1). */
const HANDSHAKE = 0x16;

interface Securing {
  readonly secure: (raw: Socket) => TLSSocket;
  readonly clock: Pick<Clock, "schedule">;
}

/** A server whose connections are encrypted. Plain HTTP is answered with an error that says so. */
class TlsServer extends Server {
  /** Connections, encrypted or not yet. */
  readonly #sockets = new Set<Socket>();

  constructor(options: ServerOptions, listener: RequestListener, { secure, clock }: Securing) {
    super(options, listener);
    const [serve] = this.listeners("connection");
    this.removeAllListeners("connection");
    this.on("connection", (raw: Socket) => {
      this.#hold(raw);
      // One that sends nothing, or half of a handshake, has no time-out of the HTTP server's.
      const cancel = clock.schedule(HANDSHAKE_MS, () => raw.destroy());
      raw.once("close", cancel);
      raw.once("readable", () => {
        const bytes = raw.read() as Buffer | null;
        if (bytes === null) return raw.destroy();
        if (bytes[0] !== HANDSHAKE) return refusePlain(raw);
        raw.unshift(bytes);
        serve?.call(this, secure(raw).once("secure", cancel));
      });
    });
  }

  /** Also connections that have not begun a request or a handshake. */
  override closeAllConnections(): void {
    super.closeAllConnections();
    for (const socket of this.#sockets) socket.destroy();
  }

  #hold(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.once("close", () => this.#sockets.delete(socket));
  }
}

function refusePlain(raw: Socket): void {
  const message = "This port speaks HTTPS, but the request is plain HTTP: begin the endpoint with https://";
  endWith(raw, new ServiceError("MalformedHttpRequestException", message));
  raw.destroySoon();
}

/** Resets the connection beneath: Node.js has no reset of a TLS socket. */
class SecuredSocket extends TLSSocket {
  readonly #raw: Socket;

  constructor(raw: Socket, options: TLSSocketOptions) {
    super(raw, options);
    this.#raw = raw;
  }

  override resetAndDestroy(): this {
    this.#raw.resetAndDestroy();
    return this;
  }
}
