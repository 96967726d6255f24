export interface S3Location {
  readonly bucket: string;
  /** Empty, or a folder: it ends in `/`. */
  readonly prefix: string;
}

/**
 * Reads an S3 URI as the folder it names: `s3://b/a` and `s3://b/a/` are one folder, and `a2/` is
 * not in it (facts: import-jobs#input-folder).
 */
export function parseS3Folder(uri: string): S3Location {
  const [bucket = "", ...segments] = uri.slice("s3://".length).split("/");
  const key = segments.join("/");
  return { bucket, prefix: key === "" || key.endsWith("/") ? key : `${key}/` };
}

export const formatS3Uri = ({ bucket, prefix }: S3Location): string => `s3://${bucket}/${prefix}`;
