import { errorCode } from "../../api/error-code.ts";

/** The S3 errors of these buckets, with their HTTP status. */
export const S3_ERROR_STATUS = {
  AccessDenied: 403,
  AccessForbidden: 403,
  BadDigest: 400,
  BucketAlreadyOwnedByYou: 409,
  BucketNotEmpty: 409,
  EntityTooLarge: 400,
  IncompleteBody: 400,
  InternalError: 500,
  InvalidArgument: 400,
  InvalidBucketState: 409,
  InvalidBucketName: 400,
  InvalidBucketOwnerAWSAccountID: 400,
  InvalidChunkSizeError: 403,
  InvalidDigest: 400,
  InvalidPart: 400,
  InvalidPartOrder: 400,
  InvalidRange: 416,
  InvalidRequest: 400,
  InvalidURI: 400,
  KeyTooLongError: 400,
  MalformedTrailerError: 400,
  MalformedXML: 400,
  MaxMessageLengthExceeded: 400,
  MetadataTooLarge: 400,
  MethodNotAllowed: 405,
  NoSuchBucket: 404,
  NoSuchBucketPolicy: 404,
  NoSuchConfiguration: 404,
  NoSuchCORSConfiguration: 404,
  NoSuchKey: 404,
  NoSuchLifecycleConfiguration: 404,
  NoSuchTagSet: 404,
  NoSuchUpload: 404,
  NoSuchWebsiteConfiguration: 404,
  NotImplemented: 501,
  ObjectLockConfigurationNotFoundError: 404,
  PreconditionFailed: 412,
  ReplicationConfigurationNotFoundError: 404,
  XAmzContentSHA256Mismatch: 400,
} as const;

export type S3ErrorCode = keyof typeof S3_ERROR_STATUS;

/** An S3 error answer; `details` become further elements of its XML. */
export class S3Error extends Error {
  readonly code: S3ErrorCode;
  readonly details: Readonly<Record<string, string>>;

  constructor(
    code: S3ErrorCode,
    message: string,
    { details = {}, cause }: { details?: Record<string, string>; cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.name = code;
    this.code = code;
    this.details = details;
  }
}

export const noSuchBucket = (bucket: string): S3Error =>
  new S3Error("NoSuchBucket", "The specified bucket does not exist", {
    details: { BucketName: bucket },
  });

export const noSuchKey = (key: string): S3Error =>
  new S3Error("NoSuchKey", "The specified key does not exist.", { details: { Key: key } });

export const isAbsence = (error: unknown): boolean =>
  ["ENOENT", "ENOTDIR", "ELOOP"].includes(errorCode(error));

/** Whether the user has no permission to read, list or enter it. */
export const isDenial = (error: unknown): boolean => ["EACCES", "EPERM"].includes(errorCode(error));

/** A disk failure as an S3 error; any unforeseen error stays an InternalError. */
export function asS3Error(error: unknown): S3Error {
  if (error instanceof S3Error) return error;
  switch (errorCode(error)) {
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return new S3Error(
        "AccessDenied",
        "The bucket's folder refuses this: check the permissions of its files",
        { cause: error },
      );
    case "ENAMETOOLONG":
      return new S3Error("KeyTooLongError", "The file system does not allow a path this long", {
        cause: error,
      });
    case "ENOSPC":
      return new S3Error("InternalError", "No space is left on the disk that holds the buckets", {
        cause: error,
      });
    default:
      return new S3Error("InternalError", "We encountered an internal error. Please try again.", {
        cause: error,
      });
  }
}
