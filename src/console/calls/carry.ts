import { checkConnection } from "../app/connection.ts";
import { CallError, errorOfAnswer } from "./call-error.ts";

/** Sends a request to the emulator. @throws CallError if it is refused or has no answer */
export async function carry(
  path: string,
  init: RequestInit = {},
  accepts: readonly number[] = [],
): Promise<Response> {
  const response = await fetch(path, { cache: "no-store", ...init }).catch((cause: unknown) => {
    if (init.signal?.aborted === true) throw cause;
    void checkConnection();
    throw new CallError("The connection broke off before an answer.", {}, { cause });
  });
  if (response.ok || accepts.includes(response.status)) return response;
  throw errorOfAnswer(response, await response.text());
}
