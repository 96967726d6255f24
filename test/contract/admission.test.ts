import {
  AccessDeniedException,
  MedicalImaging,
  ThrottlingException,
  type MedicalImagingServiceException,
} from "@aws-sdk/client-medical-imaging";
import { afterEach, describe, expect } from "vitest";
import { controlled as test } from "../elsewhere.ts";
import { THROTTLES } from "../../src/api/limits/published-limits.ts";
import { model } from "../../src/api/model/model.ts";
import { startEmulator, type EmulatorOptions, type EmulatorServer } from "../../src/index.ts";
import { ManualClock } from "../manual-clock.ts";

const ID = "0".repeat(32);
const IMAGE_SET = { datastoreId: ID, imageSetId: ID };
const DATASTORE_ARN = `arn:aws:medical-imaging:us-east-1:000000000000:datastore/${ID}`;
const IMAGE_SET_ARN = `${DATASTORE_ARN}/imageset/${ID}`;

/** A valid call of every operation, for resources that are not there, and what IAM calls its resource. */
const CALLS: Record<string, [send: (api: MedicalImaging) => Promise<unknown>, resource: string]> = {
  CopyImageSet: [
    (api) =>
      api.copyImageSet({
        datastoreId: ID,
        sourceImageSetId: ID,
        copyImageSetInformation: { sourceImageSet: { latestVersionId: "1" } },
      }),
    IMAGE_SET_ARN,
  ],
  CreateDatastore: [(api) => api.createDatastore({ datastoreName: "a" }), "*"],
  DeleteDatastore: [(api) => api.deleteDatastore({ datastoreId: ID }), DATASTORE_ARN],
  DeleteImageSet: [(api) => api.deleteImageSet(IMAGE_SET), IMAGE_SET_ARN],
  GetDICOMImportJob: [(api) => api.getDICOMImportJob({ datastoreId: ID, jobId: ID }), DATASTORE_ARN],
  GetDatastore: [(api) => api.getDatastore({ datastoreId: ID }), DATASTORE_ARN],
  GetImageFrame: [
    (api) => api.getImageFrame({ ...IMAGE_SET, imageFrameInformation: { imageFrameId: ID } }),
    IMAGE_SET_ARN,
  ],
  GetImageSet: [(api) => api.getImageSet(IMAGE_SET), IMAGE_SET_ARN],
  GetImageSetMetadata: [(api) => api.getImageSetMetadata(IMAGE_SET), IMAGE_SET_ARN],
  ListDICOMImportJobs: [(api) => api.listDICOMImportJobs({ datastoreId: ID }), DATASTORE_ARN],
  ListDatastores: [(api) => api.listDatastores({}), "*"],
  ListImageSetVersions: [(api) => api.listImageSetVersions(IMAGE_SET), IMAGE_SET_ARN],
  ListTagsForResource: [(api) => api.listTagsForResource({ resourceArn: DATASTORE_ARN }), DATASTORE_ARN],
  SearchImageSets: [(api) => api.searchImageSets({ datastoreId: ID }), DATASTORE_ARN],
  StartDICOMImportJob: [
    (api) =>
      api.startDICOMImportJob({
        datastoreId: ID,
        clientToken: crypto.randomUUID(),
        inputS3Uri: "s3://input/",
        outputS3Uri: "s3://output/",
        dataAccessRoleArn: "arn:aws:iam::123456789012:role/import",
      }),
    DATASTORE_ARN,
  ],
  TagResource: [(api) => api.tagResource({ resourceArn: IMAGE_SET_ARN, tags: { a: "b" } }), IMAGE_SET_ARN],
  UntagResource: [(api) => api.untagResource({ resourceArn: IMAGE_SET_ARN, tagKeys: ["a"] }), IMAGE_SET_ARN],
  UpdateImageSetMetadata: [
    (api) =>
      api.updateImageSetMetadata({
        ...IMAGE_SET,
        latestVersionId: "1",
        updateImageSetMetadataUpdates: {
          DICOMUpdates: { updatableAttributes: new TextEncoder().encode("{}") },
        },
      }),
    IMAGE_SET_ARN,
  ],
};

let emulator: EmulatorServer;
let client: MedicalImaging;
const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of ends.splice(0).toReversed()) await close();
});

async function open(options: EmulatorOptions): Promise<void> {
  emulator = await startEmulator(options);
  ends.push(emulator.close);
  client = connect("AKIA");
}

function connect(accessKeyId: string): MedicalImaging {
  const connected = new MedicalImaging({
    region: "us-east-1",
    credentials: { accessKeyId, secretAccessKey: "test" },
    requestHandler: emulator.requestHandler,
    maxAttempts: 1,
  });
  ends.push(() => connected.destroy());
  return connected;
}

/** The errors' types of a call that is made so often: its request again and again, as the SDK makes it once. */
async function repeat(name: string, times: number): Promise<Set<string | undefined>> {
  const requests: Parameters<typeof emulator.requestHandler.handle>[0][] = [];
  client.middlewareStack.add(
    (next) => (args) => {
      requests.push(args.request as (typeof requests)[number]);
      return next(args);
    },
    { step: "finalizeRequest", priority: "low", name: "recorder" },
  );
  const types = new Set([(await fail(name))?.name]);
  client.middlewareStack.remove("recorder");
  const [request] = requests;
  if (request === undefined) throw new Error(`${name} sent no request`);
  for (let sent = 1; sent < times; sent++) {
    const { response } = await emulator.requestHandler.handle(request);
    types.add(response.headers["x-amzn-errortype"]);
  }
  return types;
}

const fail = async (name: string, by = client): Promise<MedicalImagingServiceException | undefined> =>
  CALLS[name]?.[0](by).then(
    () => undefined,
    (error: MedicalImagingServiceException) => error,
  );

/** The error's name, or the operation's where there is none. */
const call = async (name: string, by = client): Promise<string> => (await fail(name, by))?.name ?? name;

const OPERATIONS = [...model.operations.keys()];

test("the admission tests call every operation of the API", () => {
  expect(Object.keys(CALLS).toSorted()).toEqual(OPERATIONS.toSorted());
});

describe("with AWS's throttling", () => {
  test.each(OPERATIONS)("%s is throttled after its burst, and passes again at its rate", async (name) => {
    const clock = new ManualClock();
    await open({ clock, throttling: "aws" });
    const { rate = 0, burst = 0 } = THROTTLES.get(name) ?? {};
    expect(await repeat(name, burst)).not.toContain("ThrottlingException");
    const refused = await fail(name);
    expect(refused).toBeInstanceOf(ThrottlingException);
    expect(refused?.$metadata.httpStatusCode).toBe(429);
    clock.advance(Math.ceil(1000 / rate) - 1);
    expect(await call(name)).toBe("ThrottlingException");
    clock.advance(1);
    expect(await call(name)).not.toBe("ThrottlingException");
    expect(await call(name)).toBe("ThrottlingException");
    expect(await call(name, connect("111122223333"))).not.toBe("ThrottlingException");
  });

  test("a call is throttled before it is validated, and the hint names the setting that turns throttling off", async () => {
    await open({ clock: new ManualClock(), throttling: "aws" });
    const invalid = (): Promise<Response> => fetch(`${emulator.url}/datastore/NO-ID`, { method: "DELETE" });
    expect((await invalid()).status).toBe(400);
    const response = await invalid();
    expect([response.status, response.headers.get("x-amzn-errortype")]).toEqual([429, "ThrottlingException"]);
    expect(response.headers.get("retry-after")).toBeNull();
    expect(response.headers.get("x-local-hint")).toContain("--throttling off");
    expect(await response.json()).toEqual({ message: "The request was denied due to throttling." });
  });

  test("requests to /_local, to S3 and to unknown operations are neither throttled nor denied", async () => {
    await open({ clock: new ManualClock(), throttling: 0.001, deny: ["*"] });
    for (const path of ["/_local/health", "/", "/_local/health", "/"]) {
      expect((await fetch(`${emulator.url}${path}`)).status).toBe(200);
    }
    expect((await fetch(`${emulator.url}/datastore`, { method: "PUT" })).status).toBe(404);
  });

  test("an emulator that a test starts does not throttle by default", async () => {
    await open({ clock: new ManualClock() });
    expect([await call("CreateDatastore"), await call("CreateDatastore")]).toEqual([
      "CreateDatastore",
      "CreateDatastore",
    ]);
  });
});

describe("the deny setting", () => {
  test.each(OPERATIONS)(
    "refuses %s with IAM's message when it is denied, and no other operation",
    async (name) => {
      await open({ deny: [`medical-imaging:${name}`] });
      const denied = await fail(name);
      expect(denied).toBeInstanceOf(AccessDeniedException);
      expect(denied?.$metadata.httpStatusCode).toBe(403);
      expect(denied?.message).toBe(
        `User: arn:aws:iam::000000000000:user/AKIA is not authorized to perform: medical-imaging:${name} on resource: ${CALLS[name]?.[1]} with an explicit deny in an identity-based policy`,
      );
      for (const other of OPERATIONS.filter((operation) => operation !== name)) {
        expect(await call(other)).not.toBe("AccessDeniedException");
      }
    },
  );

  test("refuses the denied access key only, names the rule in the hint, and takes nothing from the throttling burst", async () => {
    await open({
      clock: new ManualClock(),
      throttling: "aws",
      deny: ["111122223333=medical-imaging:Create*"],
    });
    const other = connect("111122223333");
    expect(await call("CreateDatastore", other)).toBe("AccessDeniedException");
    expect(await call("CreateDatastore", other)).toBe("AccessDeniedException");
    expect(await call("CreateDatastore")).toBe("CreateDatastore");
    const response = await fetch(`${emulator.url}/datastore`, {
      method: "POST",
      headers: {
        authorization:
          "AWS4-HMAC-SHA256 Credential=111122223333/20240501/us-east-1/medical-imaging/aws4_request, SignedHeaders=host, Signature=0",
      },
    });
    expect(response.headers.get("x-local-hint")).toContain("111122223333=medical-imaging:Create*");
  });

  test("refuses StartDICOMImportJob when iam:PassRole is denied", async () => {
    await open({ deny: ["iam:PassRole"] });
    expect((await fail("StartDICOMImportJob"))?.message).toContain(
      "is not authorized to perform: iam:PassRole",
    );
  });
});
