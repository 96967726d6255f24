import { randomUUID } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { request, type Agent } from "node:http";
import { join } from "node:path";
import { StartDICOMImportJobCommand } from "@aws-sdk/client-medical-imaging";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { BUCKET, openClients, readSummary, type Clients } from "../../../test/crash/client.ts";
import type { Server } from "../../../test/crash/server.ts";
import { ControlClient } from "../../../src/index.ts";

/** A small input that would cost a disk, a thread or the process if nothing bounded it. */
export interface Bomb {
  readonly name: string;
  /** Matches the answer, or the outcome of the import. */
  readonly expected: RegExp;
  /** @returns what was answered; rejects where nothing was */
  readonly throwAt: (target: Target) => Promise<string>;
}

export interface RequestOptions {
  readonly body?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  readonly service?: "medical-imaging" | "s3";
  readonly agent?: Agent;
}

/** The emulator that bombs are thrown at, and how. */
export class Target {
  readonly server: Server;
  readonly control: ControlClient;
  readonly #data: string;
  readonly #clients: Clients;

  constructor(server: Server, data: string, datastoreId: string) {
    this.server = server;
    this.control = new ControlClient(server.url);
    this.#data = data;
    this.#clients = openClients(server.url, datastoreId);
  }

  get datastoreId(): string {
    return this.#clients.datastoreId;
  }

  /** A folder of the bucket, as it lies on the disk. */
  folder(name: string): string {
    return join(this.#data, "s3", BUCKET, name);
  }

  /** Imports files, which are deleted afterwards. @returns the status, how many were imported, the failures' messages */
  async importFiles(name: string, ...files: readonly Uint8Array[]): Promise<string> {
    await mkdir(this.folder(name), { recursive: true });
    for (const [index, bytes] of files.entries())
      await writeFile(join(this.folder(name), `${index}.dcm`), bytes);
    return this.importFolder(name);
  }

  async importFolder(name: string): Promise<string> {
    const { medicalImaging, datastoreId } = this.#clients;
    const { jobId = "" } = await medicalImaging.send(
      new StartDICOMImportJobCommand({
        datastoreId,
        dataAccessRoleArn: "arn:aws:iam::123456789012:role/import",
        inputS3Uri: `s3://${BUCKET}/${name}/`,
        outputS3Uri: `s3://${BUCKET}/out/`,
        clientToken: randomUUID(),
      }),
    );
    const status = ["COMPLETED", "FAILED"] as const;
    const ended = await this.control.wait(`importJob/${jobId}`, { status, timeout: "5m" });
    const { numberOfImportedFiles } = await readSummary(this.#clients, jobId);
    const failures = await this.#failuresOf(jobId);
    await rm(this.folder(name), { recursive: true });
    return [`${ended.status}, ${numberOfImportedFiles} imported`, ...failures].join("; ");
  }

  async #failuresOf(jobId: string): Promise<string[]> {
    const { s3, datastoreId } = this.#clients;
    const Key = `out/${datastoreId}-DicomImport-${jobId}/FAILURE/failure.ndjson`;
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
    const lines = ((await Body?.transformToString()) ?? "").split("\n").filter((line) => line !== "");
    return lines.map((line) => (JSON.parse(line) as Failure).exception.message);
  }

  /** @returns the status and the beginning of the body */
  ask(method: string, path: string, options: RequestOptions = {}): Promise<string> {
    const { body, headers = {}, service = "medical-imaging", agent } = options;
    const authorization = `AWS4-HMAC-SHA256 Credential=soak/20240501/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=none`;
    const all = { authorization, ...headers };
    return new Promise((resolve, reject) => {
      const url = new URL(path, this.server.url);
      const outgoing = request(url, { method, headers: all, agent: agent ?? false }, (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.on("error", reject);
        incoming.on("end", () =>
          resolve(`${incoming.statusCode} ${Buffer.concat(chunks).toString().slice(0, 500)}`),
        );
      });
      outgoing.on("error", reject);
      outgoing.end(body);
    });
  }

  close(): void {
    this.#clients.medicalImaging.destroy();
    this.#clients.s3.destroy();
  }
}

interface Failure {
  readonly exception: { readonly message: string };
}
