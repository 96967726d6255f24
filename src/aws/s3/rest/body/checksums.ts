import { createHash } from "node:crypto";
import { S3Error } from "../../s3-error.ts";
import { createCrc32, createCrc32c, createCrc64nvme, type Digest } from "./crc.ts";
import type { S3Request } from "../s3-request.ts";

type Headers = S3Request["headers"];

/** A client's statement about its bytes, to be compared with the received bytes. */
export interface Check {
  update(bytes: Uint8Array): unknown;
  /** @throws S3Error if the bytes differ */
  verify(): void | Promise<void>;
}

/** Verified checksums of the client, by header name. */
export type Checksums = Record<string, string>;

const ALGORITHMS: Readonly<Record<string, () => Digest>> = {
  "x-amz-checksum-crc32": createCrc32,
  "x-amz-checksum-crc32c": createCrc32c,
  "x-amz-checksum-crc64nvme": createCrc64nvme,
  "x-amz-checksum-sha1": () => createHash("sha1"),
  "x-amz-checksum-sha256": () => createHash("sha256"),
};

export const isChecksumHeader = (name: string): boolean => Object.hasOwn(ALGORITHMS, name);

/**
 * The checks for the checksums that a request carries, or announces as trailers.
 * @param trailers filled by the time the body has been read
 * @param verified receives each correct checksum
 */
export function checksumChecks(
  headers: Headers,
  trailers: ReadonlyMap<string, string>,
  verified: Checksums,
): Check[] {
  const trailerNames = (headers["x-amz-trailer"] ?? "").toLowerCase().split(",");
  const announced = new Set(trailerNames.map((name) => name.trim()));
  return Object.entries(ALGORITHMS).flatMap(([name, create]) => {
    const isAnnounced = announced.has(name);
    if (headers[name] === undefined && !isAnnounced) return [];
    const digest = create();
    const verify = async () => {
      const wanted = headers[name] ?? trailers.get(name);
      if (wanted === undefined)
        throw new S3Error(
          "MalformedTrailerError",
          `The request ended without the trailer ${name} that it announced`,
        );
      verified[name] = compare(name, wanted, await digest.digest());
    };
    return [{ update: (bytes: Uint8Array) => digest.update(bytes), verify }];
  });
}

function compare(name: string, wanted: string, found: Uint8Array): string {
  if (Buffer.from(wanted, "base64").byteLength !== found.byteLength)
    throw new S3Error("InvalidRequest", `Value for ${name} header is invalid.`);
  const checksum = Buffer.from(found).toString("base64");
  const algorithm = name.slice("x-amz-checksum-".length).toUpperCase();
  if (checksum !== wanted)
    throw new S3Error(
      "BadDigest",
      `The ${algorithm} you specified did not match the calculated checksum: expected ${wanted}, got ${checksum}`,
    );
  return checksum;
}

/** Computes the MD5, and compares it where the client sent one. */
export interface Md5Check extends Check {
  /** In hexadecimal, once it is verified. */
  readonly hex: () => string;
}

export function md5Check(headers: Headers): Md5Check {
  const wanted = headers["content-md5"];
  if (wanted !== undefined && Buffer.from(wanted, "base64").byteLength !== 16)
    throw new S3Error("InvalidDigest", "The Content-MD5 you specified was invalid.");
  const hash = createHash("md5");
  let digest = Buffer.alloc(0);
  const verify = (): void => {
    digest = hash.digest();
    const found = digest.toString("base64");
    if (wanted !== undefined && found !== wanted)
      throw new S3Error(
        "BadDigest",
        `The Content-MD5 you specified did not match what we received: expected ${wanted}, got ${found}`,
      );
  };
  return { update: (bytes) => hash.update(bytes), verify, hex: () => digest.toString("hex") };
}

/** `x-amz-content-sha256` holds a hash, or a word such as `UNSIGNED-PAYLOAD`. */
export function sha256Check(headers: Headers): Check[] {
  const wanted = headers["x-amz-content-sha256"]?.toLowerCase();
  if (wanted === undefined || !/^[0-9a-f]{64}$/.test(wanted)) return [];
  const hash = createHash("sha256");
  const verify = () => {
    const found = hash.digest("hex");
    if (found !== wanted)
      throw new S3Error(
        "XAmzContentSHA256Mismatch",
        "The provided 'x-amz-content-sha256' header does not match what was computed.",
        {
          details: { ClientComputedContentSHA256: wanted, S3ComputedContentSHA256: found },
        },
      );
  };
  return [{ update: (bytes) => hash.update(bytes), verify }];
}
