import { gunzipSync } from "node:zlib";
import { MedicalImaging } from "@aws-sdk/client-medical-imaging";
import { S3 } from "@aws-sdk/client-s3";
import { DEFAULT_DURATIONS } from "../../src/domain/time/durations.ts";
import { startEmulator, type EmulatorServer, type ServiceReleaseName } from "../../src/index.ts";
import { createSampleSeries } from "../../src/local/sdk/import/sample-series.ts";

const NO_TIME = Object.fromEntries(Object.keys(DEFAULT_DURATIONS).map((name) => [name, 0]));
const NAME_WIDTH = 26;
const STUDY = "2.25.291834617234511289.1";

export interface Frame {
  readonly datastoreId: string;
  readonly imageSetId: string;
  readonly imageFrameInformation: { readonly imageFrameId: string };
}

/** An emulator with one client, and what the client sees, line by line. */
export class Stage implements AsyncDisposable {
  readonly lines: string[] = [];
  readonly #emulator: EmulatorServer;
  readonly #scenario: string;
  readonly client: MedicalImaging;
  readonly s3: S3;

  private constructor(emulator: EmulatorServer, scenario: string) {
    this.#emulator = emulator;
    this.#scenario = scenario;
    const { url: endpoint } = emulator;
    const config = {
      endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    };
    this.client = new MedicalImaging({ ...config, disableHostPrefix: true });
    this.s3 = new S3({ ...config, forcePathStyle: true });
  }

  static async open(scenario: string, serviceRelease?: ServiceReleaseName): Promise<Stage> {
    return new Stage(await startEmulator({ durations: NO_TIME, dicomweb: true, serviceRelease }), scenario);
  }

  get control(): EmulatorServer["control"] {
    return this.#emulator.control;
  }

  /** Asks DICOMweb as a viewer does, by plain HTTP. @param path below the data store's */
  dicomweb(datastoreId: string, path: string, accept: string): Promise<Response> {
    return fetch(`${this.#emulator.url}/datastore/${datastoreId}${path}`, { headers: { accept } });
  }

  async activate(): Promise<void> {
    await this.control.scenarios.activate(this.#scenario);
  }

  say(name: string, text: string): void {
    // Ids differ in each run.
    const withoutIds = text.replaceAll(/\b[0-9a-f]{32}\b/g, "ID");
    this.lines.push(`${name.padEnd(NAME_WIDTH)}${withoutIds}`);
  }

  /** Sends a command and says what became of it; answers undefined where it failed. */
  async call<Output extends { readonly $metadata: { readonly attempts?: number } }>(
    send: () => Promise<Output>,
    name: string,
    describe: (output: Output) => string = () => "ok",
  ): Promise<Output | undefined> {
    try {
      const output = await send();
      this.say(name, describe(output) + after(output.$metadata.attempts));
      return output;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const { attempts, httpStatusCode } = metadataOf(error);
      this.say(name, `throws ${error.name}, status ${httpStatusCode}${after(attempts)}`);
      return undefined;
    }
  }

  /** Without a word. */
  async datastore(): Promise<string> {
    const { datastoreId = "" } = await this.client.createDatastore({ datastoreName: "demo" });
    await this.control.wait(`datastore/${datastoreId}`, { status: "ACTIVE" });
    return datastoreId;
  }

  /** Starts a job of a few slices of a series of the study, without a word. */
  async startJob(datastoreId: string, series = 1): Promise<string> {
    await this.s3.createBucket({ Bucket: "dicom" });
    const folder = series === 1 ? "in/" : `in-${series}/`;
    for (const { name, bytes } of createSampleSeries(4))
      await this.s3.putObject({ Bucket: "dicom", Key: folder + name, Body: ofSeries(bytes, series) });
    const { jobId = "" } = await this.client.startDICOMImportJob({
      datastoreId,
      inputS3Uri: `s3://dicom/${folder}`,
      outputS3Uri: "s3://dicom/out/",
      dataAccessRoleArn: "arn:aws:iam::000000000000:role/import",
    });
    return jobId;
  }

  async showJob(datastoreId: string, jobId: string): Promise<string> {
    const { jobProperties } = await this.client.getDICOMImportJob({ datastoreId, jobId });
    this.say("GetDICOMImportJob", jobProperties?.jobStatus ?? "");
    return jobProperties?.outputS3Uri?.replace("s3://dicom/", "") ?? "";
  }

  async readObject(key: string): Promise<string> {
    const { Body } = await this.s3.getObject({ Bucket: "dicom", Key: key });
    return (await Body?.transformToString()) ?? "";
  }

  async imageSets(datastoreId: string): Promise<string[]> {
    const { imageSetsMetadataSummaries = [] } = await this.client.searchImageSets({ datastoreId });
    return imageSetsMetadataSummaries.flatMap(({ imageSetId }) => imageSetId ?? []);
  }

  /** An imported series: its first image set, and its frames. Without a word. */
  async series(): Promise<{
    readonly datastoreId: string;
    readonly imageSetId: string;
    readonly frames: readonly Frame[];
  }> {
    const datastoreId = await this.datastore();
    await this.control.wait(`importJob/${await this.startJob(datastoreId)}`, { status: "COMPLETED" });
    const [imageSetId = ""] = await this.imageSets(datastoreId);
    const at = { datastoreId, imageSetId };
    const { imageSetMetadataBlob } = await this.client.getImageSetMetadata(at);
    const text = gunzipSync((await imageSetMetadataBlob?.transformToByteArray()) ?? "").toString();
    const ids = [...text.matchAll(/"ImageFrames":\[\{"ID":"(\w+)"/g)].map(([, id = ""]) => id);
    return { ...at, frames: ids.map((imageFrameId) => ({ ...at, imageFrameInformation: { imageFrameId } })) };
  }

  async imageSet(): Promise<{ readonly datastoreId: string; readonly imageSetId: string }> {
    const { datastoreId, imageSetId } = await this.series();
    return { datastoreId, imageSetId };
  }

  async frame(): Promise<Frame> {
    const { frames } = await this.series();
    if (frames[0] === undefined) throw new Error("the sample series has no frame");
    return frames[0];
  }

  /** Whether something has ended, as it stands. */
  settled(work: Promise<unknown>): { readonly isOver: boolean } {
    const state = { isOver: false };
    const end = (): void => void (state.isOver = true);
    work.then(end, end);
    return state;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.destroy();
    this.s3.destroy();
    await this.#emulator.close();
  }
}

/** The UIDs of the series and its instances begin alike; those of one digit are as long. */
const ofSeries = (bytes: Uint8Array, series: number): Buffer =>
  Buffer.from(Buffer.from(bytes).toString("latin1").replaceAll(`${STUDY}.1`, `${STUDY}.${series}`), "latin1");

interface Metadata {
  readonly attempts?: number;
  readonly httpStatusCode?: number;
}

const metadataOf = (error: Error): Metadata => ("$metadata" in error ? (error.$metadata as Metadata) : {});

const after = (attempts: number | undefined): string =>
  attempts === undefined || attempts === 1 ? "" : ` after ${attempts} attempts`;
