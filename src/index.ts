import { compose, type ComposeOptions } from "./compose.ts";
import { systemClock } from "./domain/system-clock.ts";
import { createHttpServer } from "./gateway/express.ts";
import { listen } from "./gateway/listen.ts";

export type { ComposeOptions } from "./compose.ts";

export interface EmulatorOptions extends ComposeOptions {
  /** 0 (the default here) takes any free port. */
  readonly port?: number;
  /** An address to listen on; `localhost` (the default) is both loopback addresses. */
  readonly host?: string;
}

export interface Emulator {
  /** The endpoint for every client: `http://127.0.0.1:4464`. */
  readonly url: string;
  readonly port: number;
  readonly close: () => Promise<void>;
}

/** How long a busy connection may take to end when the emulator is closed. */
const PATIENCE_MS = 400;

/** Starts an emulator in this process. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { handle, resume, close } = await compose(options);
  const {
    url,
    port,
    close: stopListening,
  } = await listen(() => createHttpServer(handle), options.host ?? "localhost", options.port ?? 0).catch(
    async (error: unknown) => {
      await close();
      throw error;
    },
  );
  resume();
  return {
    url,
    port,
    close: async () => {
      await stopListening(new Promise((resolve) => void systemClock.schedule(PATIENCE_MS, resolve)));
      await close();
    },
  };
}
