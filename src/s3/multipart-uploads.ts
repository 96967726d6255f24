import { randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { S3Error } from "./errors.ts";
import { etagOf } from "./object-info.ts";
import type { ByteSource, UploadArea } from "./upload-area.ts";

export interface Upload {
  readonly id: string;
  readonly bucket: string;
  readonly key: string;
  readonly initiatedMs: number;
  readonly parts: Map<number, Part>;
}

export interface Part {
  readonly partNumber: number;
  readonly path: string;
  readonly byteLength: number;
  readonly modifiedMs: number;
  readonly etag: string;
  /** What the client sent along with the part, by header name, already verified. */
  readonly checksums: Readonly<Record<string, string>>;
}

/** Uploads in parts, until they are completed or aborted; they end with the process. */
export class MultipartUploads {
  readonly #area: UploadArea;
  readonly #uploads = new Map<string, Upload>();

  constructor(area: UploadArea) {
    this.#area = area;
  }

  create(bucket: string, key: string, initiatedMs: number): Upload {
    const id = randomBytes(24).toString("base64url");
    const upload = { id, bucket, key, initiatedMs, parts: new Map<number, Part>() };
    this.#uploads.set(id, upload);
    return upload;
  }

  find(bucket: string, key: string, id: string): Upload {
    const upload = this.#uploads.get(id);
    if (upload?.bucket !== bucket || upload.key !== key) throw noSuchUpload(id);
    return upload;
  }

  list(bucket: string): Upload[] {
    return [...this.#uploads.values()].filter((upload) => upload.bucket === bucket);
  }

  async writePart(
    upload: Upload,
    partNumber: number,
    bytes: ByteSource,
    checksums: Readonly<Record<string, string>>,
  ): Promise<Part> {
    const path = await this.#area.receive(bytes);
    const stats = await stat(path, { bigint: true });
    if (this.#uploads.get(upload.id) !== upload) {
      await this.#area.discard(path);
      throw noSuchUpload(upload.id);
    }
    const replaced = upload.parts.get(partNumber);
    const part = {
      partNumber,
      path,
      byteLength: Number(stats.size),
      modifiedMs: Number(stats.mtimeMs),
      etag: etagOf(stats),
      checksums,
    };
    upload.parts.set(partNumber, part);
    if (replaced !== undefined) await this.#area.discard(replaced.path);
    return part;
  }

  /**
   * Hands the upload to `finish`, and forgets it with its parts once that has worked. Meanwhile
   * nobody else can find it, so it cannot be completed twice.
   */
  async complete<T>(upload: Upload, finish: () => Promise<T>): Promise<T> {
    this.#uploads.delete(upload.id);
    try {
      const result = await finish();
      await this.abort(upload);
      return result;
    } catch (error) {
      this.#uploads.set(upload.id, upload);
      throw error;
    }
  }

  /** At once; parts that cannot be deleted the next process sweeps away. */
  abortAll(): void {
    for (const upload of this.#uploads.values()) this.abort(upload).catch(() => {});
  }

  async abort(upload: Upload): Promise<void> {
    this.#uploads.delete(upload.id);
    await Promise.all([...upload.parts.values()].map(({ path }) => this.#area.discard(path)));
  }
}

export async function* joinParts(parts: readonly Part[]): AsyncGenerator<Uint8Array> {
  for (const { path } of parts) yield* createReadStream(path);
}

const noSuchUpload = (id: string): S3Error =>
  new S3Error(
    "NoSuchUpload",
    "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
    { details: { UploadId: id } },
  );
