import { UsageError } from "./settings/usage-error.ts";

/** What a command that asks an emulator says where none answers. */
export const noEmulatorAt = (endpoint: string): UsageError =>
  new UsageError(
    `no emulator answers at ${endpoint}: start one with npx healthimaging-local, or name its address with --endpoint`,
  );

export const hasPath = (endpoint: string): boolean => new URL(endpoint).pathname !== "/";

/**
 * An address with a path is that of a proxy that serves the emulator there. The emulator itself, and a proxy that
 * serves something else, answer `/_local` below it with anything but the emulator's JSON.
 */
export const noEmulatorBelow = (endpoint: string, status: number): UsageError =>
  new UsageError(
    `no emulator answers below the path of ${endpoint} (HTTP ${status}): name its address without a path, such as --endpoint ${new URL(endpoint).origin}`,
  );
