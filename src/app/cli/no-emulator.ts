import { UsageError } from "./settings/usage-error.ts";

/**
 * The message of a command that found no emulator.
 * @param code the code of the Node.js error, which shows a connection that is not trusted
 */
export function noEmulatorAt(endpoint: string, code = ""): UsageError {
  if (code === "EPROTO" || /^ERR_SSL_(?:WRONG_VERSION|PACKET_LENGTH)/.test(code))
    return new UsageError(`${endpoint} does not speak HTTPS: name its address with http://`);
  if (/CERT|ISSUER|VERIFY/.test(code))
    return new UsageError(
      `the certificate of ${endpoint} is not trusted (${code}): the CA of an emulator is looked for in ~/.healthimaging-local/tls, or where HEALTHIMAGING_LOCAL_TLS_FOLDER says`,
    );
  return new UsageError(
    `no emulator answers at ${endpoint}: start one with npx healthimaging-local, or name its address with --endpoint`,
  );
}

export const hasPath = (endpoint: string): boolean => new URL(endpoint).pathname !== "/";

/**
 * A path in an address belongs to a proxy that serves the emulator there. The emulator itself, and a proxy
 * for something else, do not answer `/_local` below that path with the emulator's JSON.
 */
export const noEmulatorBelow = (endpoint: string, status: number): UsageError =>
  new UsageError(
    `no emulator answers below the path of ${endpoint} (HTTP ${status}): name its address without a path, such as --endpoint ${new URL(endpoint).origin}`,
  );
