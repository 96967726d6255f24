import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { get as getPlain, type IncomingMessage } from "node:http";
import { Agent, get, type RequestOptions } from "node:https";
import { connect as connectRaw } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { connect, type SecureVersion } from "node:tls";
import { once } from "node:events";
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
  CreateBucketCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import {
  MedicalImagingClient,
  ListDatastoresCommand,
  SearchImageSetsCommand,
} from "@aws-sdk/client-medical-imaging";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clientConfig } from "../../../src/client.ts";
import { ControlClient, startEmulator, type EmulatorServer } from "../../../src/index.ts";
import { createSampleSeries } from "../../../src/local/sdk/import/sample-series.ts";

let folder: string;
let emulator: EmulatorServer;
let ca: string;
const warnings: string[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
  const warn = (message: string): void => void warnings.push(message);
  const tls = { folder: join(folder, "tls"), hosts: ["imaging.example", "10.1.2.3"] };
  emulator = await startEmulator({ tls, log: { info: () => {}, warn, error: () => {} } });
  ca = emulator.ca?.certificate ?? "";
});
afterAll(async () => {
  await emulator.close();
  await rm(folder, { recursive: true });
});

const send = async (options: RequestOptions): Promise<IncomingMessage> => {
  const request = get({ host: "127.0.0.1", port: emulator.port, ca, agent: false, ...options });
  const [response] = (await once(request, "response")) as [IncomingMessage];
  // Of a connection that is broken off later, the response tells.
  request.on("error", () => {});
  return response;
};
const statusOf = async (options: RequestOptions): Promise<number | undefined> => {
  const response = await send(options);
  response.resume();
  return response.statusCode;
};

/** Finds the emulator by AWS's own names, as a hosts file would have it. */
const inHostsFile = (tls: object): MedicalImagingClient =>
  new MedicalImagingClient({
    endpoint: `https://medical-imaging.eu-west-1.amazonaws.com:${emulator.port}`,
    region: "eu-west-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    requestHandler: {
      httpsAgent: new Agent({
        ca,
        lookup: (_, { all }, answer) =>
          all === true ? answer(null, [{ address: "127.0.0.1", family: 4 }]) : answer(null, "127.0.0.1", 4),
        ...tls,
      }),
    },
  });

describe("an emulator with TLS", () => {
  test("tells its address and its CA", async () => {
    expect(emulator.url).toBe(`https://127.0.0.1:${emulator.port}`);
    expect(await readFile(emulator.ca?.file ?? "", "utf8")).toBe(ca);
    expect(Object.keys(emulator.ca?.variables ?? {})).toEqual([
      "NODE_EXTRA_CA_CERTS",
      "AWS_CA_BUNDLE",
      "REQUESTS_CA_BUNDLE",
      "CURL_CA_BUNDLE",
      "SSL_CERT_FILE",
    ]);
  });

  test.each<SecureVersion>(["TLSv1.2", "TLSv1.3"])(
    "serves the AWS SDK by AWS's own host names over %s, host prefix and all",
    async (version) => {
      const client = inHostsFile({ minVersion: version, maxVersion: version });
      expect((await client.send(new ListDatastoresCommand({}))).datastoreSummaries).toEqual([]);
      const search = client.send(new SearchImageSetsCommand({ datastoreId: "a".repeat(32) }));
      await expect(search).rejects.toMatchObject({ name: "ResourceNotFoundException" });
      client.destroy();
    },
  );

  test("serves HealthImaging and S3 clients of clientConfig", async () => {
    const config = clientConfig(emulator.url, { ca });
    const client = new MedicalImagingClient(config);
    expect((await client.send(new ListDatastoresCommand({}))).datastoreSummaries).toEqual([]);
    const s3 = new S3Client(config);
    await s3.send(new CreateBucketCommand({ Bucket: "over-tls" }));
    await s3.send(new PutObjectCommand({ Bucket: "over-tls", Key: "a", Body: "b".repeat(2 ** 20) }));
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: "over-tls", Key: "a" }));
    expect(await Body?.transformToString()).toHaveLength(2 ** 20);
    const upload = { Bucket: "over-tls", Key: "c/d e" };
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand(upload));
    const part = { ...upload, UploadId, PartNumber: 1, Body: "part" };
    const { ETag } = await s3.send(new UploadPartCommand(part));
    const MultipartUpload = { Parts: [{ ETag, PartNumber: 1 }] };
    const whole = await s3.send(new CompleteMultipartUploadCommand({ ...upload, UploadId, MultipartUpload }));
    expect(whole.Location).toBe(`${emulator.url}/over-tls/c%2Fd%20e`);
    client.destroy();
    s3.destroy();
  });

  test("is controlled over TLS, imports included", async () => {
    await writeFile(join(folder, "one.dcm"), createSampleSeries(1)[0]?.bytes ?? "");
    const control = new ControlClient(emulator.url, { ca });
    expect(await control.health()).toMatchObject({ status: "ok" });
    expect(await control.importFolder(folder, { datastore: "over-tls" })).toMatchObject({
      failures: expect.any(Array),
    });
    await expect(new ControlClient(emulator.url).health()).rejects.toThrow(/certificate/);
  });

  test.each([
    ["an address of this machine", {}],
    ["localhost", { servername: "localhost" }],
    [
      "a name of AWS in another region",
      { servername: "runtime-medical-imaging.ap-southeast-2.amazonaws.com" },
    ],
    ["a bucket before AWS's name", { servername: "dicom-input.s3.us-east-1.amazonaws.com" }],
    ["a given name", { servername: "imaging.example" }],
    ["a given name with the SDK's prefix", { servername: "runtime-imaging.example" }],
    ["a name that cannot be registered", { servername: "viewer.localhost" }],
  ])("has a certificate for %s", async (_, options) => {
    const headers = { host: "localhost" };
    expect(await statusOf({ path: "/datastore", headers, ...options })).toBe(200);
  });

  test("has a certificate for a given address", async () => {
    const socket = connect({
      host: "127.0.0.1",
      port: emulator.port,
      ca,
      checkServerIdentity: () => undefined,
    });
    await once(socket, "secureConnect");
    expect(socket.getPeerX509Certificate()?.checkIP("10.1.2.3")).toBe("10.1.2.3");
    socket.destroy();
  });

  test("has no certificate for any other name, and says once how to get one", async () => {
    for (let time = 0; time < 2; time++)
      await expect(statusOf({ servername: "evil.example.org" })).rejects.toThrow(/altnames/);
    expect(warnings.filter((line) => line.includes("--tls-host evil.example.org"))).toHaveLength(1);
  });

  test("says once that a client does not trust it", async () => {
    for (const maxVersion of ["TLSv1.2", "TLSv1.3", "TLSv1.3"] as const)
      await expect(statusOf({ ca: [], maxVersion })).rejects.toThrow(/certificate/);
    await expect
      .poll(() => warnings.filter((line) => line.includes("does not trust the CA")))
      .toHaveLength(1);
  });

  test("refuses TLS 1.1", async () => {
    const old = { minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" } as const;
    await expect(statusOf(old)).rejects.toThrow(/protocol/);
  });

  test("speaks HTTP/1.1 also where a client offers HTTP/2 first", async () => {
    const socket = connect({ host: "127.0.0.1", port: emulator.port, ca, ALPNProtocols: ["h2", "http/1.1"] });
    await once(socket, "secureConnect");
    expect(socket.alpnProtocol).toBe("http/1.1");
    socket.destroy();
  });

  test("tells a client of plain HTTP that this port speaks HTTPS", async () => {
    const [response] = (await once(getPlain(`http://127.0.0.1:${emulator.port}/datastore`), "response")) as [
      IncomingMessage,
    ];
    expect(response.statusCode).toBe(400);
    expect(response.headers["x-amzn-errortype"]).toBe("MalformedHttpRequestException");
    expect(JSON.parse(await text(response))).toEqual({
      message: "This port speaks HTTPS, but the request is plain HTTP: begin the endpoint with https://",
    });
    await expect(new ControlClient(`http://127.0.0.1:${emulator.port}`).health()).rejects.toThrow(
      "begin the endpoint with https://",
    );
  });

  test("breaks connections off as a scenario says, by a reset too", async () => {
    const control = new ControlClient(emulator.url, { ca });
    const rule = (effect: object): object => ({
      rules: [{ id: "a", match: { op: "ListDatastores" }, effects: [effect] }],
    });
    for (const effect of [{ reset: {} }, { reset: { bytes: 5 } }, { truncate: {} }]) {
      await control.scenarios.put("broken", rule(effect), { activate: true });
      const answer = send({ path: "/datastore" }).then((response) => text(response));
      await expect(answer).rejects.toThrow(/aborted|ECONNRESET|hang up/);
    }
    await control.scenarios.remove("broken");
  });
});

test("an emulator with TLS closes while clients have connected, begun a handshake or sent a request", async () => {
  const second = await startEmulator({ tls: { folder: join(folder, "tls") } });
  expect(second.ca?.certificate).toBe(ca);
  const silent = connectRaw(second.port, "127.0.0.1");
  await once(silent, "connect");
  const begun = connectRaw(second.port, "127.0.0.1");
  begun.on("error", () => {});
  begun.write(Buffer.from([0x16, 0x03, 0x01, 0x02]));
  await once(begun, "connect");
  const idle = connect({ port: second.port, host: "127.0.0.1", ca });
  idle.on("error", () => {});
  await once(idle, "secureConnect");
  const closed = [silent, begun, idle].map((socket) => once(socket, "close"));
  await second.close();
  await Promise.all(closed);
});

test("options of tls that there are not, or that are of another kind, are refused", async () => {
  const start = async (tls: unknown): Promise<unknown> =>
    startEmulator(JSON.parse(JSON.stringify({ tls })) as object);
  await expect(start("yes")).rejects.toThrow(
    "tls of startEmulator expects true, or an object of options, got a string",
  );
  await expect(start({ host: "a" })).rejects.toThrow(
    'tls of startEmulator has no option "host". Did you mean "hosts"?',
  );
  await expect(start({ hosts: ["https://a"] })).rejects.toThrow(
    "hosts of tls of startEmulator expects host names such as",
  );
});
