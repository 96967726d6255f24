/**
 * What follows the folder of buckets in a path: keys of objects, which a log does not tell. The system's errors name files.
 * @param separator a pattern of one character
 */
export const bucketFileAfter = (separator: string): RegExp =>
  new RegExp(`(${separator}s3(?:-next|-placing)?${separator}).*`, "s");
