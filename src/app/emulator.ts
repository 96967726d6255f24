import type { EmulatorHandle } from "../api/http.ts";
import { ControlClient } from "../local/sdk/control-client.ts";
import type { ResetOptions, ResetReport } from "../local/sdk/control-operations.ts";
import { START_DEFAULTS } from "../local/sdk/start-defaults.ts";
import { createRequestHandler, type RequestHandler } from "../local/sdk/request-handler.ts";
import { checkPort } from "./check-option-values.ts";
import { checkOptions } from "./check-options.ts";
import { compose } from "./compose.ts";
import type { Composed, ComposeOptions } from "./compose-options.ts";
import { keepAlive, systemClock } from "../domain/time/system-clock.ts";
import { serverFactory } from "./gateway/express.ts";
import { nameIn } from "./gateway/host-name.ts";
import { listen, type Listening } from "./gateway/listen.ts";
import type { TrustedCa } from "./listen-with-tls.ts";
import { SILENT } from "./read-options.ts";
import type { TlsOptions } from "./tls/open-tls.ts";

export interface EmulatorOptions extends ComposeOptions {
  /** 0 (the default here) chooses any free port. */
  readonly port?: number;
  /** An address to listen on; `localhost` (the default) is both loopback addresses. */
  readonly host?: string;
  /** HTTPS in place of HTTP, with certificates of a local CA; its options, or `true` for none of them. */
  readonly tls?: boolean | TlsOptions | undefined;
}

/** An emulator in this process. A process may have many; each has its own state. */
export interface Emulator extends AsyncDisposable {
  /** Answers an HTTP request without a socket, as the server would. */
  readonly handle: EmulatorHandle;
  /** For any client of the AWS SDK for JavaScript: `new MedicalImagingClient({ requestHandler, ... })`. */
  readonly requestHandler: RequestHandler;
  /** Everything under `/_local`: limits, clock, reset ... */
  readonly control: ControlClient;
  /** Resets everything, or one account, as `POST /_local/reset` does. */
  readonly reset: (options?: ResetOptions) => Promise<ResetReport>;
  readonly close: () => Promise<void>;
}

/** An emulator that listens on a port. */
export interface EmulatorServer extends Emulator {
  /** The endpoint for every client: `http://127.0.0.1:4464`. */
  readonly url: string;
  readonly port: number;
  /** With `tls`, the CA for clients to trust. */
  readonly ca?: TrustedCa | undefined;
}

/** How long requests and busy connections may take to finish when the emulator is closed. */
const PATIENCE_MS = 400;

/** Creates an emulator in this process, without a port. @throws TypeError for an unknown or invalid option */
export async function createEmulator(options: ComposeOptions = {}): Promise<Emulator> {
  checkOptions("createEmulator", options);
  const composed = await compose(options);
  await orClose(composed.resume, composed.close);
  return toEmulator(composed, composed.close);
}

/** Starts an emulator in this process that listens on a port. @throws TypeError for an unknown or invalid option */
export async function startEmulator(options: EmulatorOptions = {}): Promise<EmulatorServer> {
  checkOptions("startEmulator", options);
  const { host = START_DEFAULTS.inProcess.host, port: wanted = START_DEFAULTS.inProcess.port } = options;
  checkPort(wanted);
  // An IPv6 address is served in any case, and a host spells it differently.
  const own = nameIn(options.host ?? "");
  const tls = tlsOptionsOf(options);
  const named = (tls?.hosts ?? []).filter((name) => nameIn(name) !== undefined);
  const allowHost = [...(options.allowHost ?? []), ...(own === undefined ? [] : [own]), ...named];
  const composed = await compose({ ...options, allowHost });
  const { handle, resume, close } = composed;
  const { log = SILENT } = options;
  const open = async (): Promise<Listening & { readonly ca?: TrustedCa }> => {
    if (tls === undefined) return listen(serverFactory(handle, log), host, wanted);
    const { listenWithTls } = await import("./listen-with-tls.ts");
    return listenWithTls(handle, { ...options, allowHost, host, port: wanted, log }, tls);
  };
  const listening = await orClose(open, close);
  const { url, port, ca } = listening;
  const stop = async (): Promise<void> => {
    await listening.close(patience());
    await close();
  };
  await orClose(resume, stop);
  return { ...toEmulator(composed, stop), url, port, ca };
}

const tlsOptionsOf = ({ tls }: EmulatorOptions): TlsOptions | undefined =>
  tls === true ? {} : tls === false ? undefined : tls;

/** A start that fails leaves nothing open. */
async function orClose<T>(step: () => T | Promise<T>, close: () => Promise<void>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    await close();
    throw error;
  }
}

function toEmulator(composed: Composed, stop: () => Promise<void>): Emulator {
  const running = new Set<Promise<unknown>>();
  let closed: Promise<void> | undefined;
  const requireOpen = (): void => {
    if (closed !== undefined) throw new Error("this emulator is closed");
  };
  const carryTo =
    (handle: Composed["handle"]): Composed["handle"] =>
    async (request) => {
      requireOpen();
      const answer = handle(request);
      running.add(answer);
      // No socket keeps the process alive while a request waits for the clock or a worker.
      const letGo = keepAlive();
      return answer.finally(() => {
        letGo();
        running.delete(answer);
      });
    };
  const end = (): Promise<void> => {
    composed.endWaits();
    return Promise.race([Promise.allSettled(running), patience()]).then(stop);
  };
  const close = (): Promise<void> => (closed ??= end());
  const reset: Composed["reset"] = async (wanted) => {
    requireOpen();
    return composed.reset(wanted);
  };
  const inProcess = carryTo(composed.handleInProcess);
  const requestHandler = createRequestHandler(inProcess);
  const control = new ControlClient(inProcess);
  return {
    handle: carryTo(composed.handle),
    requestHandler,
    control,
    reset,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Resolves after the time that requests have to finish at a close. */
const patience = (): Promise<void> =>
  new Promise((resolve) => void systemClock.schedule(PATIENCE_MS, resolve));
