/** Another S3: AWS's, or a server with its API. */
export interface ExternalS3 {
  /** `http://localhost:9000` */
  readonly endpoint: string;
  /** `us-east-1` by default. */
  readonly region?: string | undefined;
  /** By default the access key and the secret key `test`. */
  readonly credentials?:
    | {
        readonly accessKeyId: string;
        readonly secretAccessKey: string;
        readonly sessionToken?: string;
      }
    | undefined;
}

/** What local servers with S3's API accept. */
export const EXTERNAL_S3_DEFAULTS = {
  region: "us-east-1",
  credentials: { accessKeyId: "test", secretAccessKey: "test" },
} as const;

export const isHttpUrl = (text: string): boolean =>
  URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);

/** @throws TypeError for what no client could be made of; it never quotes credentials */
export function checkExternalS3(external: ExternalS3 | undefined): void {
  if (external === undefined) return;
  const { endpoint, credentials }: { endpoint?: unknown; credentials?: object | undefined } = external;
  if (typeof endpoint !== "string" || !isHttpUrl(endpoint))
    throw new TypeError(
      `endpoint of externalS3 expects a URL such as http://localhost:9000, got ${JSON.stringify(endpoint)}`,
    );
  if (credentials === undefined) return;
  const given: ReadonlyMap<string, unknown> = new Map(Object.entries(credentials));
  const missing = ["accessKeyId", "secretAccessKey"].find((name) => typeof given.get(name) !== "string");
  if (missing !== undefined)
    throw new TypeError(
      `credentials of externalS3 expects accessKeyId and secretAccessKey, which are strings: ${missing} is missing or not a string`,
    );
}
