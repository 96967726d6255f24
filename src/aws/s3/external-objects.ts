import {
  GetObjectCommand,
  HeadBucketCommand,
  paginateListObjectsV2,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { errorCode } from "../../api/error-code.ts";
import type { ObjectSource, ObjectStore, ObjectSummary } from "../../domain/objects.ts";
import { EXTERNAL_S3_DEFAULTS, type ExternalS3 } from "./external-s3-options.ts";

const CONNECTION_TIMEOUT_MS = 5_000;
/** Time-out of an answer, and of silence within one. */
const REQUEST_TIMEOUT_MS = 20_000;

/** Buckets of another S3, for import jobs only. Path style, so that any endpoint works. */
export class ExternalObjects implements ObjectStore {
  readonly #client: S3Client;
  readonly #closed = new AbortController();

  /** @param external as `checkExternalS3` accepts it */
  constructor(external: ExternalS3) {
    const { endpoint, region, credentials } = external;
    this.#client = new S3Client({
      endpoint,
      region: region ?? EXTERNAL_S3_DEFAULTS.region,
      credentials: credentials ?? EXTERNAL_S3_DEFAULTS.credentials,
      forcePathStyle: true,
      followRegionRedirects: true,
      // Checksums are newer than many servers of this API.
      requestChecksumCalculation: "WHEN_REQUIRED",
      responseChecksumValidation: "WHEN_REQUIRED",
      requestHandler: {
        connectionTimeout: CONNECTION_TIMEOUT_MS,
        requestTimeout: REQUEST_TIMEOUT_MS,
        throwOnRequestTimeout: true,
        socketTimeout: REQUEST_TIMEOUT_MS,
      },
    });
  }

  async bucketExists(bucket: string): Promise<boolean> {
    try {
      await this.#client.send(new HeadBucketCommand({ Bucket: bucket }), this.#options());
      return true;
    } catch (error) {
      if (statusOf(error) === 404) return false;
      throw inWords(error);
    }
  }

  async *list(bucket: string, prefix: string): AsyncIterable<ObjectSummary> {
    try {
      const input = { Bucket: bucket, Prefix: prefix };
      const pages = paginateListObjectsV2({ client: this.#client }, input, this.#options());
      for await (const { Contents = [] } of pages)
        for (const { Key = "", Size = 0 } of Contents) yield { key: Key, byteLength: Size };
    } catch (error) {
      throw inWords(error);
    }
  }

  async locate(bucket: string, key: string): Promise<ObjectSource> {
    try {
      const command = new GetObjectCommand({ Bucket: bucket, Key: key });
      const { Body } = await this.#client.send(command, this.#options());
      return { bytes: (await Body?.transformToByteArray()) ?? new Uint8Array() };
    } catch (error) {
      throw inWords(error);
    }
  }

  /** The other S3 reports it when the object is written. */
  checkWritable(): void {}

  async write(bucket: string, key: string, bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
    try {
      const command = new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes });
      await this.#client.send(command, this.#options(signal));
    } catch (error) {
      throw inWords(error);
    }
  }

  /** Aborts all calls: the other S3 may never answer. */
  close(): void {
    this.#closed.abort();
  }

  #options(signal?: AbortSignal): { abortSignal: AbortSignal } {
    const { signal: closed } = this.#closed;
    return { abortSignal: signal === undefined ? closed : AbortSignal.any([signal, closed]) };
  }
}

const statusOf = (error: unknown): number | undefined =>
  error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;

/** An answer to HeadBucket has no message. */
function inWords(error: unknown): Error {
  const status = statusOf(error);
  if (status === 403) return new Error("the S3 endpoint denies access", { cause: error });
  if (errorCode(error) === "ETIMEDOUT")
    return new Error(`the S3 endpoint did not answer within ${REQUEST_TIMEOUT_MS / 1000} seconds`, {
      cause: error,
    });
  const message = error instanceof Error ? error.message || error.name : String(error);
  return new Error(`the S3 endpoint answers ${status ?? "nothing"}: ${message}`, { cause: error });
}
