import { S3Error } from "../../s3-error.ts";
import { decodeAwsChunked } from "./aws-chunked.ts";
import { type Check, checksumChecks, type Checksums, md5Check, sha256Check } from "./checksums.ts";
import type { S3Request } from "../s3-request.ts";
import { readXml, type XmlElement } from "./xml.ts";

/** The maximum size of one PUT in S3. */
const MAX_OBJECT_BYTES = 5 * 1024 ** 3;
const MAX_XML_BYTES = 2 * 1024 ** 2;

export interface Payload {
  /** The unwrapped payload. Throws at its end unless it has exactly the announced bytes. */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Complete once the bytes have been read. */
  readonly checksums: Checksums;
}

/** That of an object, or of a part of one. */
export interface ObjectPayload extends Payload {
  /** Of the bytes, in hexadecimal, when they have been read. */
  readonly md5: () => string;
}

/** @throws S3Error where the headers say what cannot be */
export function openObjectPayload(request: Pick<S3Request, "headers" | "body">): ObjectPayload {
  const md5 = md5Check(request.headers);
  return { ...openPayload(request, md5), md5: md5.hex };
}

function openPayload({ headers, body }: Pick<S3Request, "headers" | "body">, md5?: Check): Payload {
  const declared = byteCount(headers, "content-length");
  const received = expectLength(asBodyOrIncomplete(body), declared, "content-length");
  const checksums: Checksums = {};
  const trailers = new Map<string, string>();
  const checks = checksumChecks(headers, trailers, checksums);
  if (!isAwsChunked(headers)) {
    checkSize(declared);
    checks.push(...(md5 === undefined ? [] : [md5]), ...sha256Check(headers));
    return { bytes: verifyPayload(received, checks), checksums };
  }
  const decodedLength = byteCount(headers, "x-amz-decoded-content-length");
  checkSize(decodedLength);
  if (md5 !== undefined) checks.push(md5);
  const decoded = expectLength(
    decodeAwsChunked(received, trailers),
    decodedLength,
    "x-amz-decoded-content-length",
  );
  return { bytes: verifyPayload(decoded, checks), checksums };
}

/**
 * The XML body of a request; undefined if it has none.
 * @param maxBytes where S3 has a limit for this one
 */
export async function readXmlBody(
  request: Pick<S3Request, "headers" | "body">,
  name: string,
  maxBytes = MAX_XML_BYTES,
): Promise<XmlElement | undefined> {
  const pieces: Uint8Array[] = [];
  let byteLength = 0;
  const md5 = request.headers["content-md5"] === undefined ? undefined : md5Check(request.headers);
  for await (const piece of openPayload(request, md5).bytes) {
    byteLength += piece.byteLength;
    if (byteLength > maxBytes)
      throw new S3Error(
        "MaxMessageLengthExceeded",
        `Your request was too big: at most ${maxBytes} bytes of XML are read`,
      );
    pieces.push(piece);
  }
  return byteLength === 0 ? undefined : readXml(Buffer.concat(pieces).toString("utf8"), name);
}

export async function* verifyPayload(
  bytes: AsyncIterable<Uint8Array>,
  checks: readonly Check[],
): AsyncGenerator<Uint8Array> {
  for await (const piece of bytes) {
    for (const check of checks) check.update(piece);
    yield piece;
  }
  for (const check of checks) await check.verify();
}

const isAwsChunked = (headers: S3Request["headers"]): boolean =>
  headers["x-amz-content-sha256"]?.startsWith("STREAMING-") === true ||
  (headers["content-encoding"] ?? "").split(",").some((name) => name.trim() === "aws-chunked");

function byteCount(headers: S3Request["headers"], name: string): number | undefined {
  const text = headers[name];
  if (text === undefined) return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new S3Error("InvalidArgument", `expected a number of bytes in ${name}, got "${text}"`);
}

function checkSize(byteLength: number | undefined): void {
  if (byteLength !== undefined && byteLength > MAX_OBJECT_BYTES)
    throw new S3Error("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size", {
      details: { ProposedSize: String(byteLength), MaxSizeAllowed: String(MAX_OBJECT_BYTES) },
    });
}

async function* expectLength(
  bytes: AsyncIterable<Uint8Array>,
  wanted: number | undefined,
  header: string,
): AsyncGenerator<Uint8Array> {
  let found = 0;
  for await (const piece of bytes) {
    found += piece.byteLength;
    yield piece;
  }
  if (wanted !== undefined && found !== wanted)
    throw new S3Error(
      "IncompleteBody",
      `You did not provide the number of bytes specified by ${header}: expected ${wanted}, got ${found}`,
    );
}

/** A broken connection is not the emulator's fault. */
async function* asBodyOrIncomplete(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (cause) {
    throw new S3Error("IncompleteBody", "The connection ended before the body", { cause });
  }
}
