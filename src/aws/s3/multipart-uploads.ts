import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { Clock } from "../../domain/time/clock.ts";
import { S3Error } from "./s3-error.ts";
import type { ByteSource, UploadArea } from "./upload-area.ts";

export interface MultipartUpload {
  readonly id: string;
  readonly bucket: string;
  readonly key: string;
  readonly initiatedMs: number;
  /** What the object is to be kept with. */
  readonly headers: Readonly<Record<string, string>>;
  readonly parts: Map<number, Part>;
}

export interface Part {
  readonly partNumber: number;
  readonly path: string;
  readonly byteLength: number;
  readonly modifiedMs: number;
  /** In hexadecimal. */
  readonly md5: string;
  /** The checksums that the client sent with the part, by header name; they have been verified. */
  readonly checksums: Readonly<Record<string, string>>;
}

/** A part as it arrives. */
export interface PartPayload {
  readonly bytes: ByteSource;
  readonly checksums: Part["checksums"];
  /** Asked once all bytes have arrived. */
  readonly md5: () => string;
}

/**
 * Assumed: upload-lifetime. S3 keeps uploads until a lifecycle rule ends them; AWS's recommended rule says
 * seven days.
 */
const LIFETIME_MS = 7 * 24 * 60 * 60 * 1000;

interface OpenUpload {
  readonly upload: MultipartUpload;
  readonly cancelExpiry: () => void;
}

/** Multipart uploads, until they are completed, aborted or a week old; they end with the process. */
export class MultipartUploads {
  /** Assumed: open-uploads. How many may be open at once; S3 has no such limit. */
  static readonly MAX = 1000;
  readonly #area: UploadArea;
  readonly #clock: Clock;
  readonly #open = new Map<string, OpenUpload>();

  constructor(area: UploadArea, clock: Clock) {
    this.#area = area;
    this.#clock = clock;
  }

  /** The number of open uploads. */
  get size(): number {
    return this.#open.size;
  }

  /** @throws S3Error if too many are open */
  create(bucket: string, key: string, headers: MultipartUpload["headers"] = {}): MultipartUpload {
    if (this.#open.size >= MultipartUploads.MAX) throw tooManyUploads();
    const id = randomBytes(24).toString("base64url");
    const initiatedMs = this.#clock.now();
    const upload = { id, bucket, key, initiatedMs, headers, parts: new Map<number, Part>() };
    this.#add(upload);
    return upload;
  }

  find(bucket: string, key: string, id: string): MultipartUpload {
    const upload = this.#open.get(id)?.upload;
    if (upload?.bucket !== bucket || upload.key !== key) throw noSuchUpload(id);
    return upload;
  }

  list(bucket: string): MultipartUpload[] {
    const uploads = [...this.#open.values()].map(({ upload }) => upload);
    return uploads.filter((upload) => upload.bucket === bucket);
  }

  async writePart(
    upload: MultipartUpload,
    partNumber: number,
    { bytes, checksums, md5 }: PartPayload,
  ): Promise<Part> {
    const path = await this.#area.receive(bytes);
    const stats = await stat(path, { bigint: true });
    if (this.#open.get(upload.id)?.upload !== upload) {
      await this.#area.discard(path);
      throw noSuchUpload(upload.id);
    }
    const replaced = upload.parts.get(partNumber);
    const part = {
      partNumber,
      path,
      byteLength: Number(stats.size),
      modifiedMs: Number(stats.mtimeMs),
      md5: md5(),
      checksums,
    };
    upload.parts.set(partNumber, part);
    if (replaced !== undefined) await this.#area.discard(replaced.path);
    return part;
  }

  /**
   * Passes the upload to `finish`, and drops it with its parts once that has succeeded. Meanwhile it cannot
   * be found, so it cannot be completed twice.
   */
  async complete<T>(upload: MultipartUpload, finish: () => Promise<T>): Promise<T> {
    this.#remove(upload);
    try {
      const result = await finish();
      await this.abort(upload);
      return result;
    } catch (error) {
      this.#add(upload);
      throw error;
    }
  }

  /** Aborts at once. The next process deletes parts that cannot be deleted now. */
  abortAll(): void {
    for (const { upload } of this.#open.values()) this.abort(upload).catch(() => {});
  }

  /** Nothing expires from now on. */
  stop(): void {
    for (const { cancelExpiry } of this.#open.values()) cancelExpiry();
  }

  async abort(upload: MultipartUpload): Promise<void> {
    this.#remove(upload);
    await Promise.all([...upload.parts.values()].map(({ path }) => this.#area.discard(path)));
  }

  /** An upload that could not be completed keeps the rest of its week. */
  #add(upload: MultipartUpload): void {
    const leftMs = upload.initiatedMs + LIFETIME_MS - this.#clock.now();
    const expire = (): void => void this.#clock.during(this.abort(upload).catch(() => {}));
    this.#open.set(upload.id, { upload, cancelExpiry: this.#clock.schedule(leftMs, expire, true) });
  }

  #remove({ id }: MultipartUpload): void {
    this.#open.get(id)?.cancelExpiry();
    this.#open.delete(id);
  }
}

export async function* joinParts(parts: readonly Part[]): AsyncGenerator<Uint8Array> {
  for (const { path } of parts) yield* createReadStream(path);
}

/** The MD5 of the parts' MD5s, with their count: S3's ETag of such an object. */
export const etagOfParts = (parts: readonly Part[]): string => {
  const digests = Buffer.concat(parts.map(({ md5 }) => Buffer.from(md5, "hex")));
  return `${createHash("md5").update(digests).digest("hex")}-${parts.length}`;
};

const tooManyUploads = (): S3Error =>
  new S3Error(
    "InvalidRequest",
    `${MultipartUploads.MAX} multipart uploads are open, the maximum here: complete or abort some`,
  );

const noSuchUpload = (id: string): S3Error =>
  new S3Error(
    "NoSuchUpload",
    "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
    { details: { UploadId: id } },
  );
