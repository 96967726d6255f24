/**
 * Matches the part of a path after the folder of buckets: keys of objects, which logs must not contain. The
 * system's errors name files.
 * @param separator a pattern of one character
 */
export const bucketFileAfter = (separator: string): RegExp =>
  new RegExp(`(${separator}s3(?:-next|-placing)?${separator}).*`, "s");
