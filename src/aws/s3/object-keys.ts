import { S3Error } from "./s3-error.ts";

const MAX_KEY_BYTES = 1024;
/** The longest file name, in bytes, on the file systems in use (NAME_MAX). */
const MAX_SEGMENT_BYTES = 255;
/** Windows reads these as folders, drives, streams or wildcards, or drops them. */
const UNFIT_ON_WINDOWS = /[\\<>:"|?*]|[. ]$/;
/** Unfinished files in a bucket that is on another file system than the upload area. */
const UNFINISHED_UPLOAD = /^\.uploading-[0-9a-f]{32}$/;

export const isMarker = (key: string): boolean => key.endsWith("/");
export const isUnfinishedUpload = (name: string): boolean => UNFINISHED_UPLOAD.test(name);
export const isTooLong = (key: string): boolean =>
  // A UTF-16 unit is at most three bytes of UTF-8: most keys need no count.
  key.length * 3 > MAX_KEY_BYTES && Buffer.byteLength(key) > MAX_KEY_BYTES;

/**
 * The names of the folders, and last of the file, that hold a key.
 * @throws S3Error if no file inside the bucket's folder can have the key; it says why.
 */
export function segmentsOf(key: string): string[] {
  if (isTooLong(key))
    throw refusal(
      "KeyTooLongError",
      key,
      `Your key is too long: ${Buffer.byteLength(key)} bytes, the limit is ${MAX_KEY_BYTES}`,
    );
  const segments = (isMarker(key) ? key.slice(0, -1) : key).split("/");
  for (const segment of segments) checkSegment(segment, key);
  if (segments.length === 1 && isUnfinishedUpload(key))
    throw refusal("InvalidArgument", key, "Names of this form are reserved for unfinished uploads");
  return segments;
}

function checkSegment(segment: string, key: string): void {
  const byteLength = Buffer.byteLength(segment);
  if (byteLength > MAX_SEGMENT_BYTES)
    throw refusal(
      "KeyTooLongError",
      key,
      `Buckets are folders here, and a file name cannot have ${byteLength} bytes: at most ${MAX_SEGMENT_BYTES} are possible between two "/"`,
    );
  const flaw = flawOf(segment);
  if (flaw !== undefined)
    throw refusal(
      "InvalidArgument",
      key,
      `Buckets are folders here, and this key cannot be a file name: it has ${flaw}`,
    );
}

function flawOf(segment: string): string | undefined {
  if (segment === "") return 'an empty name (it starts with "/" or contains "//")';
  if (segment === "." || segment === "..") return `the name "${segment}"`;
  if (segment.includes("\0")) return "a NUL character";
  if (!segment.isWellFormed()) return "half a surrogate pair";
  if (process.platform === "win32" && UNFIT_ON_WINDOWS.test(segment))
    return `the name "${segment}", which Windows does not allow`;
  return undefined;
}

export const refusal = (code: "InvalidArgument" | "KeyTooLongError", key: string, message: string): S3Error =>
  new S3Error(code, message, { details: { Key: key } });

/** Orders keys by their UTF-8 bytes, as S3 lists them. */
export function compareKeys(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let index = 0; index < shared; index++) {
    const difference = rank(a.charCodeAt(index)) - rank(b.charCodeAt(index));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above U+FFFF, whose UTF-8 sorts after all others. */
const rank = (unit: number): number => (unit >= 0xd800 && unit < 0xe000 ? unit + 0x1_0000 : unit);
