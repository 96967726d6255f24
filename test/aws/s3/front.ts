import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { Readable } from "node:stream";
import { S3Client } from "@aws-sdk/client-s3";
import { onTestFinished } from "vitest";
import type { Scope } from "../../../src/api/arns.ts";
import type { HttpHandler, HttpResponse } from "../../../src/api/http.ts";
import { copyOf } from "../../../src/api/http-body.ts";
import type { BucketOwner } from "../../../src/domain/import-jobs/bucket-owner.ts";
import { createHttpServer } from "../../../src/app/gateway/express.ts";
import { FolderBuckets } from "../../../src/aws/s3/folder-buckets.ts";
import { createS3Front } from "../../../src/aws/s3/rest/rest.ts";
import { ManualClock } from "../../manual-clock.ts";

/** A folder that is removed when the test ends. */
export async function openFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "healthimaging-local-s3-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The text of an object of the bucket `bucket`. */
export async function readObject(buckets: FolderBuckets, key: string): Promise<string> {
  const source = await buckets.locate("bucket", key);
  return "path" in source ? readFile(source.path, "utf8") : Buffer.from(source.bytes).toString();
}

export interface Front {
  /** The folder of the buckets' folders. */
  readonly root: string;
  readonly buckets: FolderBuckets;
  readonly handle: HttpHandler;
  readonly clock: ManualClock;
  /** What the front reported as unforeseen. */
  readonly reported: unknown[];
  /** The warnings of the buckets. */
  readonly warned: string[];
}

const CALLER: Scope = { account: "000000000000", region: "us-east-1" };

/** @param caller of every request */
export async function openFront(
  owners: Readonly<Record<string, BucketOwner>> = {},
  caller = CALLER,
): Promise<Front> {
  const root = join(await openFolder(), "s3");
  const clock = new ManualClock();
  const warned: string[] = [];
  const buckets = new FolderBuckets(root, clock, (message) => void warned.push(message));
  const reported: unknown[] = [];
  const report = (error: unknown) => reported.push(error);
  const bucketOwners = new Map(Object.entries(owners));
  const front = createS3Front({ buckets, bucketOwners, clock, report });
  const handle: HttpHandler = (request) => front(request, caller);
  return { root, buckets, handle, clock, reported, warned };
}

export interface ServedFront extends Front {
  readonly url: string;
  readonly client: S3Client;
}

/** The front over a socket, and the SDK's client as users have it: path style and no other setting. */
export async function serveFront(): Promise<ServedFront> {
  const front = await openFront();
  const server = createHttpServer(front.handle).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new S3Client({
    endpoint: url,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    forcePathStyle: true,
  });
  onTestFinished(async () => {
    client.destroy();
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  return { ...front, url, client };
}

export interface Call {
  readonly method?: string;
  /** Path and query as they go over the wire. */
  readonly target: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array>;
}

/** One request without a socket. */
export function call(
  handle: HttpHandler,
  { method = "GET", target, headers = {}, body = "" }: Call,
): Promise<HttpResponse> {
  const [path = "", query = ""] = target.split("?", 2);
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  return handle({
    method,
    path,
    query,
    headers,
    body: bytes instanceof Uint8Array ? Readable.from(bytes.length === 0 ? [] : [bytes]) : bytes,
  });
}

export async function bodyOf({ body = "" }: HttpResponse): Promise<string> {
  return body instanceof Readable ? (await buffer(body)).toString() : copyOf(body).toString();
}

/** Status and S3's error code, or the body where it was no error. */
export async function outcomeOf(answer: Promise<HttpResponse>): Promise<string> {
  const response = await answer;
  const body = await bodyOf(response);
  return `${response.status} ${/<Code>(\w+)<\/Code>/.exec(body)?.[1] ?? body}`.trim();
}
