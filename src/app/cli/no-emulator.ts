import { UsageError } from "./settings/usage-error.ts";

/**
 * The message of a command that found no emulator.
 * @param code the code of the Node.js error, which shows a connection that is not trusted
 */
export function noEmulatorAt(endpoint: string, code = ""): UsageError {
  const fault = tlsFaultOf(endpoint, code);
  if (fault !== undefined) return new UsageError(`${fault.found}: ${fault.cure}`);
  return new UsageError(
    `no emulator answers at ${endpoint}: start one with npx healthimaging-local, or name its address with --endpoint`,
  );
}

/** Why no encrypted connection came about; undefined for another reason. @param code of Node.js */
export function tlsFaultOf(endpoint: string, code: string): { found: string; cure: string } | undefined {
  if (code === "EPROTO" || /^ERR_SSL_(?:WRONG_VERSION|PACKET_LENGTH)/.test(code))
    return { found: `${endpoint} does not speak HTTPS`, cure: "name its address with http://" };
  if (!/CERT|ISSUER|VERIFY/.test(code)) return undefined;
  return {
    found: `the certificate of ${endpoint} is not trusted (${code})`,
    cure: "the CA of an emulator is looked for in ~/.healthimaging-local/tls, or where HEALTHIMAGING_LOCAL_TLS_FOLDER says",
  };
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
