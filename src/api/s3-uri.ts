export interface S3Location {
  readonly bucket: string;
  /** Empty, or a folder that ends in `/`. */
  readonly prefix: string;
}

/**
 * Parses an S3 URI as a folder: `s3://b/a` and `s3://b/a/` are the same folder, and `a2/` is not in it
 * (facts: import-jobs#input-folder).
 */
export function parseS3Folder(uri: string): S3Location {
  const [bucket = "", ...segments] = uri.slice("s3://".length).split("/");
  const key = segments.join("/");
  return { bucket, prefix: key === "" || key.endsWith("/") ? key : `${key}/` };
}

export const formatS3Uri = ({ bucket, prefix }: S3Location): string => `s3://${bucket}/${prefix}`;
