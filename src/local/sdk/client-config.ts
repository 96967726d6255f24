import { Agent } from "node:https";
import { readEndpoint } from "./endpoint.ts";

export interface ClientConfigOptions {
  /** The access key. Twelve digits are a separate account: a test with one does not see the data of others. */
  readonly accessKeyId?: string;
  /** `us-east-1` by default. */
  readonly region?: string;
  /** The CA that HTTPS trusts, in PEM, for SDKs since version 3.521; by default those of Node.js. */
  readonly ca?: string | undefined;
}

/** The configuration with which a client of the AWS SDK for JavaScript reaches an emulator. */
export interface ClientConfig {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Otherwise the SDK puts `runtime-` before the endpoint's host (facts: clients#the-runtime-prefix). */
  readonly disableHostPrefix: true;
  /** For an S3Client: a bucket is part of the path, not of the host. */
  readonly forcePathStyle: true;
  /** Where a CA is given. */
  readonly requestHandler?: { readonly httpsAgent: Agent };
}

/**
 * The configuration of any client of the AWS SDK for JavaScript:
 * `new MedicalImagingClient(clientConfig(url))`, `new S3Client(clientConfig(url))`.
 * @param endpoint of the emulator: `http://127.0.0.1:4464`
 * @throws TypeError if it is not an HTTP URL
 */
export function clientConfig(
  endpoint: string | URL,
  { accessKeyId = "test", region = "us-east-1", ca }: ClientConfigOptions = {},
): ClientConfig {
  return {
    endpoint: readEndpoint(endpoint),
    region,
    credentials: { accessKeyId, secretAccessKey: "test" },
    disableHostPrefix: true,
    forcePathStyle: true,
    ...(ca === undefined ? {} : { requestHandler: { httpsAgent: new Agent({ ca, keepAlive: true }) } }),
  };
}
