import { MedicalImaging } from "@aws-sdk/client-medical-imaging";
import { S3Client } from "@aws-sdk/client-s3";
import { DEFAULT_DURATIONS } from "../../../src/domain/time/durations.ts";
import { EmulatorClock } from "../../../src/domain/time/emulator-clock.ts";
import { createEmulator, startEmulator, type ComposeOptions } from "../../../src/index.ts";
import { createSampleSeries } from "../../../src/local/sdk/import/sample-series.ts";
import { createActiveDatastore, importFiles, type Sandbox } from "../../clients.ts";
import { findImageSets, readDocument } from "../../contract/image-sets/image-sets.ts";
import { bodyOf } from "../../healthimaging/http/sample-inputs.ts";

export const TRANSPORTS = ["socket", "in process"] as const;

/** An emulator whose scenarios a test commands, and real clients of it. */
export interface Faulty extends Sandbox {
  readonly medicalImaging: MedicalImaging;
  readonly clock: EmulatorClock;
  /** Undefined in process. */
  readonly url: string | undefined;
  /** Another client, as another access key. */
  readonly connect: (accessKeyId: string) => MedicalImaging;
  /** `/_local`, JSON out. */
  readonly local: (method: string, path: string, body?: string) => Promise<LocalAnswer>;
  /** Loads a scenario and activates it. */
  readonly play: (yaml: string) => Promise<void>;
  /** What the journal has of the last calls, a line for each attempt: `200`, `429 ThrottlingException`, `reset`. */
  readonly attempts: () => Promise<string[]>;
}

export interface LocalAnswer {
  readonly status: number;
  readonly json: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

const NO_TIME = Object.fromEntries(Object.keys(DEFAULT_DURATIONS).map((name) => [name, 0]));

export async function openFaulty(
  transport: (typeof TRANSPORTS)[number],
  options: ComposeOptions = {},
): Promise<Faulty> {
  const clock = new EmulatorClock();
  const all = { durations: NO_TIME, clock, quotas: { "Maximum data stores": 1000 }, ...options };
  const server = transport === "socket" ? await startEmulator(all) : undefined;
  const emulator = server ?? (await createEmulator(all));
  const connectTo =
    server === undefined
      ? { requestHandler: emulator.requestHandler }
      : { endpoint: server.url, disableHostPrefix: true };
  const common = { region: "us-east-1", ...connectTo };
  const connect = (accessKeyId: string): MedicalImaging =>
    new MedicalImaging({ ...common, credentials: { accessKeyId, secretAccessKey: "test" } });
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const local: Faulty["local"] = async (method, target, body = "") => {
    const [path = "", query = ""] = target.split("?");
    const answer = await emulator.handle({ method, path, query, headers: {}, body: bodyOf(body) });
    const isJson = answer.headers["content-type"] === "application/json";
    const text = isJson && typeof answer.body === "string" ? answer.body : "null";
    return { status: answer.status, json: JSON.parse(text) as unknown, headers: answer.headers };
  };
  return {
    clock,
    url: server?.url,
    connect,
    local,
    medicalImaging: connect("test"),
    s3: new S3Client({ ...common, credentials, forcePathStyle: true }),
    play: async (yaml) => {
      await local("DELETE", "/_local/scenarios/test");
      const { status, json } = await local("PUT", "/_local/scenarios/test?activate=1", yaml);
      if (status !== 200) throw new Error(JSON.stringify(json));
      await local("DELETE", "/_local/requests");
    },
    attempts: async () => {
      const { json } = await local("GET", "/_local/requests");
      const { requests } = json as { requests: { status?: number; errorType?: string; brokeOff?: string }[] };
      return requests.map(({ status, errorType, brokeOff }) =>
        [status, errorType, brokeOff].filter((part) => part !== undefined).join(" "),
      );
    },
    [Symbol.asyncDispose]: emulator.close,
  };
}

/** Where a frame is, as clients name it. */
export interface FrameAddress {
  readonly datastoreId: string;
  readonly imageSetId: string;
  readonly imageFrameInformation: { readonly imageFrameId: string };
}

/** Imports some slices and answers where their frames are, in their order. */
export async function importFrames(
  faulty: Faulty,
  count: number,
  datastoreName = "radiology",
): Promise<FrameAddress[]> {
  const datastoreId = await createActiveDatastore(faulty.medicalImaging, datastoreName);
  const files = Object.fromEntries(createSampleSeries(count).map(({ name, bytes }) => [name, bytes]));
  await importFiles(faulty, datastoreId, `frames-${datastoreId.slice(0, 8)}`, files);
  const [imageSetId = ""] = await findImageSets(faulty, datastoreId);
  const { Study } = await readDocument(faulty, datastoreId, imageSetId);
  return Object.values(Study.Series)
    .flatMap(({ Instances }) => Object.values(Instances))
    .flatMap(({ ImageFrames }) => ImageFrames)
    .map(({ ID }) => ({ datastoreId, imageSetId, imageFrameInformation: { imageFrameId: ID } }));
}

/** The bytes of a frame as a client gets them. */
export async function readFrame(client: MedicalImaging, address: FrameAddress): Promise<Uint8Array> {
  const { imageFrameBlob } = await client.getImageFrame(address);
  return (await imageFrameBlob?.transformToByteArray()) ?? new Uint8Array();
}

/** What a promise is rejected with. */
export const failureOf = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => {
      throw new Error("it succeeded");
    },
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  );
