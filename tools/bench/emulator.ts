import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "./folders.ts";
import type { Asked } from "./load/load.ts";
import { start, stop, type Started } from "./processes.ts";
import type { Tree } from "./trees.ts";

export const startTree = ({ folder }: Tree, ...flags: readonly string[]): Promise<Started> =>
  start([join(folder, "dist/cli.js"), "serve", "--port", "0", ...flags]);

/** States that are not waited for. */
export const NO_DURATIONS = { datastoreCreatingMs: 0, jobSubmittedMs: 0, jobInProgressMs: 0 };

export const BUCKET = "bench";

/** In the form of every AWS client; the signature is not verified. */
export const authorization = (service: string): string =>
  `AWS4-HMAC-SHA256 Credential=bench/20240501/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=none`;

interface Metadata {
  readonly Study: {
    readonly DICOM: { readonly StudyInstanceUID: string };
    readonly Series: Readonly<
      Record<
        string,
        {
          readonly Instances: Readonly<
            Record<string, { readonly ImageFrames: readonly { readonly ID: string }[] }>
          >;
        }
      >
    >;
  };
}

/** The ids that locate a part of an image set. */
export interface ImageSetPlace {
  readonly imageSetId: string;
  readonly imageFrameId: string;
  /** Below the data store: `studies/UID/series/UID/instances/UID` */
  readonly instancePath: string;
}

/**
 * A server of a tree, with a data folder that is deleted with it, and a data store. Reached only by what every
 * version has: the command line, the API of AWS, S3, `/_local` and objects as files of the data folder.
 */
export class Emulator {
  readonly started: Started;
  readonly url: string;
  readonly #folder: string;
  #datastoreId = "";

  private constructor(started: Started, folder: string) {
    this.started = started;
    this.url = started.url;
    this.#folder = folder;
  }

  /** Throttled as a server is by default, with limits that no load here reaches. */
  static async open(
    tree: Tree,
    { isInMemory = false, flags = [] }: { isInMemory?: boolean; flags?: readonly string[] } = {},
  ): Promise<Emulator> {
    const folder = await makeFolder();
    const quotas = join(folder, "quotas.json");
    await writeFile(quotas, JSON.stringify({ "Maximum data stores": 10_000 }));
    const place = isInMemory ? [] : ["--data", join(folder, "data")];
    const limits = ["--throttling", "1000x", "--quotas", quotas];
    const started = await startTree(tree, ...limits, "--log-level", "error", ...place, ...flags);
    const emulator = new Emulator(started, folder);
    await emulator.json("POST", "/_local/durations", NO_DURATIONS);
    await emulator.s3("PUT", `/${BUCKET}`);
    await emulator.createDatastore();
    return emulator;
  }

  async close(): Promise<void> {
    await stop(this.started);
    await rm(this.#folder, { recursive: true });
  }

  get pid(): number {
    return this.started.pid;
  }

  /** Below the path of the data store. */
  path(rest = ""): string {
    return `/datastore/${this.#datastoreId}${rest}`;
  }

  async createDatastore(): Promise<void> {
    const { datastoreId } = await this.json("POST", "/datastore", { clientToken: crypto.randomUUID() });
    this.#datastoreId = String(datastoreId);
    await this.json("GET", `/_local/wait?resource=datastore/${this.#datastoreId}&status=ACTIVE`);
  }

  async json(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
    const bytes = await this.bytes("medical-imaging", method, path, body && JSON.stringify(body));
    return JSON.parse(bytes.toString() || "{}") as Record<string, unknown>;
  }

  /** @returns the bytes of the answer to a call of a load */
  ask({ method, path, body }: Asked): Promise<Buffer> {
    return this.bytes("medical-imaging", method, path, body);
  }

  s3(method: string, path: string, body?: Uint8Array): Promise<Buffer> {
    return this.bytes("s3", method, path, body);
  }

  /** Decompresses a compressed answer. @throws Error unless the answer is a success */
  async bytes(service: string, method: string, path: string, body?: string | Uint8Array): Promise<Buffer> {
    const headers = { authorization: authorization(service) };
    const content = typeof body === "string" || body === undefined ? body : Buffer.from(body);
    const answer = await fetch(this.url + path, { method, headers, ...(content && { body: content }) });
    const bytes = Buffer.from(await answer.arrayBuffer());
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${bytes.toString().slice(0, 300)}`);
    return bytes;
  }

  /** Puts files into a folder of the bucket, as files. */
  async fill(name: string, count: number, file: (index: number) => Uint8Array): Promise<void> {
    const folder = join(this.#folder, "data/s3", BUCKET, name);
    await mkdir(folder, { recursive: true });
    for (let index = 0; index < count; index++) await writeFile(join(folder, `${index}.dcm`), file(index));
  }

  /** Imports a folder of the bucket. @returns milliseconds from the request to the job's end */
  async importAll(name: string): Promise<number> {
    const begin = performance.now();
    const { jobId } = await this.json("POST", `/startDICOMImportJob${this.path()}`, {
      clientToken: crypto.randomUUID(),
      dataAccessRoleArn: "arn:aws:iam::123456789012:role/import",
      inputS3Uri: `s3://${BUCKET}/${name}/`,
      outputS3Uri: `s3://${BUCKET}/output/`,
    });
    const job = String(jobId);
    await this.json("GET", `/_local/wait?resource=importJob/${job}&status=COMPLETED&timeout=10m`);
    const milliseconds = performance.now() - begin;
    await this.#requireNoFailure(job);
    return milliseconds;
  }

  async #requireNoFailure(jobId: string): Promise<void> {
    const { jobProperties } = await this.json("GET", `/getDICOMImportJob${this.path()}/job/${jobId}`);
    const { outputS3Uri } = jobProperties as { outputS3Uri: string };
    const failures = await this.s3("GET", `${outputS3Uri.slice("s3:/".length)}FAILURE/failure.ndjson`);
    if (failures.length > 0)
      throw new Error(`a file was not imported: ${failures.toString().split("\n")[0]}`);
  }

  async firstImageSet(): Promise<ImageSetPlace> {
    const found = await this.json("POST", this.path("/searchImageSets"), {});
    const [{ imageSetId }] = found["imageSetsMetadataSummaries"] as [{ imageSetId: string }];
    const path = this.path(`/imageSet/${imageSetId}/getImageSetMetadata`);
    const { Study } = JSON.parse((await this.bytes("medical-imaging", "POST", path)).toString()) as Metadata;
    const [[series, { Instances }] = ["", { Instances: {} }]] = Object.entries(Study.Series);
    const [[instance, { ImageFrames }] = ["", { ImageFrames: [] }]] = Object.entries(Instances);
    return {
      imageSetId,
      imageFrameId: ImageFrames[0]?.ID ?? "",
      instancePath: `studies/${Study.DICOM.StudyInstanceUID}/series/${series}/instances/${instance}`,
    };
  }
}
