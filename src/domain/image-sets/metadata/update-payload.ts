import { isRecord, type JsonBounds, JsonExcess, parseBoundedJson } from "../../../api/json.ts";
import { ServiceError } from "../../../api/errors.ts";
import type { JsonValue } from "./metadata-document.ts";

export type JsonObject = { readonly [key: string]: JsonValue };

/**
 * Assumed: payload-counts. Far above what the quota allows, which may be raised. A payload's deepest value is
 * at the seventh level.
 */
const PAYLOAD_BOUNDS: JsonBounds = { maxValues: 100_000, maxDepth: 32 };

/**
 * Reads a payload of UpdateImageSetMetadata: UTF-8 JSON with a SchemaVersion. Its content is checked later,
 * together with the document that it changes.
 * @param name of the member that carries it
 * @param hint for what is not JSON
 * Assumed: unreadable-payload. It is refused at once, not by UPDATE_FAILED; the messages are ours.
 * @throws ServiceError ValidationException
 */
export function readPayload(name: string, bytes: Uint8Array, hint = HINT): string {
  let text: string;
  let payload: JsonValue;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    payload = parseBoundedJson(text, PAYLOAD_BOUNDS) as JsonValue;
  } catch (cause) {
    if (cause instanceof JsonExcess)
      throw new ServiceError("ValidationException", `${name} ${cause.message}`, { cause });
    throw new ServiceError("ValidationException", `${name} is not valid JSON`, { cause, hint });
  }
  if (hasLoneSurrogate(text))
    throw new ServiceError(
      "ValidationException",
      `${name} has half of a surrogate pair, which is not a character`,
    );
  if (!isRecord(payload)) {
    throw new ServiceError("ValidationException", `${name} is not a JSON object`, { hint });
  }
  const version = Object.hasOwn(payload, "SchemaVersion") ? payload["SchemaVersion"] : undefined;
  if (version === undefined) {
    throw new ServiceError("ValidationException", `${name} has no SchemaVersion, expected 1.1`);
  }
  if (version !== 1.1 && version !== "1.1") {
    throw new ServiceError("ValidationException", `${name} has a SchemaVersion other than 1.1`);
  }
  return text;
}

/**
 * Lone surrogates, which only escapes can produce, cannot be encoded as UTF-8 in a file.
 * @param text of JSON within `PAYLOAD_BOUNDS`: a reviver recurses
 */
function hasLoneSurrogate(text: string): boolean {
  if (!/\\u[dD][89a-fA-F]/.test(text)) return false;
  let isLone = false;
  JSON.parse(text, (key, value: unknown) => {
    if (!key.isWellFormed() || (typeof value === "string" && !value.isWellFormed())) isLone = true;
    return value;
  });
  return isLone;
}

/** The AWS CLI v1 encodes its input (facts: clients#blobs-of-the-aws-cli). */
const HINT = "the SDKs and the AWS CLI encode the JSON as base64 themselves: pass them the JSON unencoded";
