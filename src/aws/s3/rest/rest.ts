import type { Scope } from "../../../api/arns.ts";
import type { HttpRequest, HttpResponse } from "../../../api/http.ts";
import type { BucketOwners } from "../../../domain/import-jobs/bucket-owner.ts";
import type { Clock } from "../../../domain/time/clock.ts";
import { asS3Error } from "../s3-error.ts";
import type { FolderBuckets } from "../folder-buckets.ts";
import { answerS3Error, newRequestIds } from "./s3-answer.ts";
import { bucketOperations } from "./bucket-operations.ts";
import { configurationOperations } from "./configuration-operations.ts";
import { corsOperations } from "./cors-operations.ts";
import { checkExpectedOwners } from "./expected-owner.ts";
import { deleteOperations } from "./delete-operations.ts";
import { hintNotKept } from "./ignored-headers.ts";
import { listOperations } from "./list-operations.ts";
import { multipartOperations } from "./multipart-operations.ts";
import { readOperations } from "./read-operations.ts";
import { parseRequest } from "./s3-request.ts";
import { operationOf, type S3OperationName, type S3Operations } from "./s3-route.ts";
import { uploadLists } from "./upload-lists.ts";
import { writeOperations } from "./write-operations.ts";

export interface S3FrontOptions {
  readonly buckets: FolderBuckets;
  /** Owners of buckets that do not belong to the caller, in the region of the request's signature. */
  readonly bucketOwners: BucketOwners;
  readonly clock: Clock;
  /** Called for unforeseen errors; their text is not sent. */
  readonly report?: (error: unknown) => void;
  /** Called after each request that created a bucket or wrote an object or a part. */
  readonly onWrite?: () => void;
}

export type S3Front = (request: HttpRequest, caller: Scope) => Promise<HttpResponse>;

/** S3's REST API, path style, for the buckets. It never throws: its errors are S3's XML. */
export function createS3Front({
  report = console.error,
  onWrite = () => {},
  ...parts
}: S3FrontOptions): S3Front {
  const operations: S3Operations = {
    ...bucketOperations(parts),
    ...configurationOperations(parts),
    ...corsOperations(parts),
    ...listOperations(parts),
    ...readOperations(parts),
    ...writeOperations(parts),
    ...deleteOperations(parts),
    ...multipartOperations(parts),
    ...uploadLists(parts),
  };
  return async (request, caller) => {
    const ids = newRequestIds();
    const body = readOnce(request.body);
    try {
      const parsed = parseRequest({ ...request, body }, caller);
      const operation = operationOf(parsed);
      checkExpectedOwners(parts, operation, parsed);
      const answer = await operations[operation](parsed);
      if (WRITES.has(operation)) onWrite();
      return withHeaders(hintNotKept(operation, parsed, answer), ids);
    } catch (cause) {
      const error = asS3Error(cause);
      if (error.code === "InternalError") report(cause);
      await readAway(body);
      return withHeaders(answerS3Error(error, request, ids), ids);
    }
  };
}

const WRITES: ReadonlySet<S3OperationName> = new Set([
  "CreateBucket",
  "PutObject",
  "CopyObject",
  "CreateMultipartUpload",
  "UploadPart",
]);

const withHeaders = (response: HttpResponse, headers: object): HttpResponse => ({
  ...response,
  headers: { ...response.headers, ...headers },
});

/** Iterates the rest of the body, and does not destroy the connection on a `break`. */
function readOnce(body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const iterator = body[Symbol.asyncIterator]();
  const iterable = { next: () => iterator.next(), [Symbol.asyncIterator]: () => iterable };
  return iterable;
}

/** A client that is still sending does not read, so it would never receive an error. */
async function readAway(body: AsyncIterable<Uint8Array>): Promise<void> {
  try {
    for await (const _ of body);
  } catch {
    // The connection is closed: there is no client to answer.
  }
}
