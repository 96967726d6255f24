import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { createSampleSeries } from "../../src/local/sdk/import/sample-series.ts";
import type { EmulatorServer } from "../../src/index.ts";

const BUCKET = "hops";
const NO_DURATIONS = { datastoreCreatingMs: 0, jobSubmittedMs: 0, jobInProgressMs: 0 };

/**
 * The source of a tree of this project, served in this process. Reached only by what every version has: the entry, the
 * API of AWS, S3 and `/_local`.
 */
export class ServedTree {
  readonly #server: EmulatorServer;
  #datastoreId = "";

  private constructor(server: EmulatorServer) {
    this.#server = server;
  }

  /** @param folder of the tree, with its packages */
  static async open(folder: string): Promise<ServedTree> {
    const entry = pathToFileURL(join(resolve(folder), "src/index.ts")).href;
    const { startEmulator } = (await import(entry)) as typeof import("../../src/index.ts");
    const tree = new ServedTree(await startEmulator({ durations: NO_DURATIONS, workers: 1 }));
    await tree.#send("s3", "PUT", `/${BUCKET}`);
    const { datastoreId } = await tree.#json("POST", "/datastore", { clientToken: crypto.randomUUID() });
    tree.#datastoreId = String(datastoreId);
    await tree.#json("GET", `/_local/wait?resource=datastore/${tree.#datastoreId}&status=ACTIVE`);
    return tree;
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  /** Imports one series of this number of files with one frame each. */
  async importSeries(fileCount: number): Promise<void> {
    const folder = crypto.randomUUID();
    for (const { name, bytes } of createSampleSeries(fileCount))
      await this.#send("s3", "PUT", `/${BUCKET}/${folder}/${name}`, Buffer.from(bytes));
    const { jobId } = await this.#json("POST", `/startDICOMImportJob/datastore/${this.#datastoreId}`, {
      clientToken: crypto.randomUUID(),
      dataAccessRoleArn: "arn:aws:iam::123456789012:role/import",
      inputS3Uri: `s3://${BUCKET}/${folder}/`,
      outputS3Uri: `s3://${BUCKET}/output/`,
    });
    await this.#json("GET", `/_local/wait?resource=importJob/${String(jobId)}&status=COMPLETED&timeout=1m`);
  }

  /** The first frame of any image set of the data store. */
  async firstFrame(): Promise<FramePlace> {
    const path = `/datastore/${this.#datastoreId}`;
    const found = await this.#json("POST", `${path}/searchImageSets`, {});
    const [{ imageSetId }] = found["imageSetsMetadataSummaries"] as [{ imageSetId: string }];
    const imageSet = `${path}/imageSet/${imageSetId}`;
    const metadata = JSON.stringify(await this.#json("POST", `${imageSet}/getImageSetMetadata`));
    const [, imageFrameId = ""] = /"ImageFrames":\[\{"ID":"([0-9a-f]{32})"/.exec(metadata) ?? [];
    return { path: `${imageSet}/getImageFrame`, imageFrameId };
  }

  /** @returns the length of its bytes */
  async getFrame({ path, imageFrameId }: FramePlace): Promise<number> {
    return (await this.#send("medical-imaging", "POST", path, JSON.stringify({ imageFrameId }))).byteLength;
  }

  async #json(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
    const bytes = await this.#send("medical-imaging", method, path, body && JSON.stringify(body));
    return JSON.parse(Buffer.from(bytes).toString() || "{}") as Record<string, unknown>;
  }

  /** Decompresses a compressed answer. @throws Error unless the answer is a success */
  async #send(
    service: string,
    method: string,
    path: string,
    body?: string | Buffer<ArrayBuffer>,
  ): Promise<ArrayBuffer> {
    const authorization = `AWS4-HMAC-SHA256 Credential=hops/20240501/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=none`;
    const content = body === undefined ? {} : { body };
    const answer = await fetch(this.#server.url + path, { method, headers: { authorization }, ...content });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.arrayBuffer();
  }
}

export interface FramePlace {
  readonly path: string;
  readonly imageFrameId: string;
}
