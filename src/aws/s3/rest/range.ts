import { S3Error } from "../s3-error.ts";

/** Both ends are included. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/**
 * The range of a Range header; undefined for the entire object, which S3 also sends for several ranges and
 * for what it cannot parse.
 */
export function parseRange(header: string | undefined, byteLength: number): ByteRange | undefined {
  const [, from = "", to = ""] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? "") ?? [];
  if (from === "" && to === "") return undefined;
  if (from !== "" && to !== "" && Number(from) > Number(to)) return undefined;
  const first = from === "" ? Math.max(byteLength - Number(to), 0) : Number(from);
  const last = from === "" || to === "" ? byteLength - 1 : Math.min(Number(to), byteLength - 1);
  if (first >= byteLength)
    throw new S3Error("InvalidRange", "The requested range is not satisfiable", {
      details: { RangeRequested: header ?? "", ActualObjectSize: String(byteLength) },
    });
  return { first, last };
}
