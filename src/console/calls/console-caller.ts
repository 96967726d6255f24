import { USER_AGENT } from "../../api/user-agent.ts";

/** Whom requests to the AWS API are from. The emulator reads the account and region, and checks no signature. */
export interface ConsoleCaller {
  readonly accessKeyId: string;
  readonly region: string;
}

const KEY = "caller";

/** Undefined: requests are not signed. Each tab has its own. */
export function currentCaller(): ConsoleCaller | undefined {
  const [accessKeyId, region] = (sessionStorage.getItem(KEY) ?? "").split(" ");
  return accessKeyId && region ? { accessKeyId, region } : undefined;
}

export function changeCaller(caller: ConsoleCaller | undefined): void {
  if (caller === undefined) sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, `${caller.accessKeyId} ${caller.region}`);
}

type Service = "medical-imaging" | "s3";

/** The headers that name the caller, and the console: the report of what clients do leaves its requests out. */
export function callerHeaders(service: Service): Record<string, string> {
  const caller = currentCaller();
  const own = { "x-amz-user-agent": USER_AGENT };
  if (caller === undefined) return own;
  const credential = credentialOf(caller, service);
  return {
    ...own,
    authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=${"0".repeat(64)}`,
  };
}

/** For a link, which has no headers: the parameter of a presigned URL that names the caller; empty for unsigned requests. */
export function callerParameter(service: Service): string {
  const caller = currentCaller();
  return caller === undefined ? "" : `X-Amz-Credential=${encodeURIComponent(credentialOf(caller, service))}`;
}

function credentialOf({ accessKeyId, region }: ConsoleCaller, service: Service): string {
  const date = new Date().toISOString().slice(0, 10).replaceAll("-", "");
  return `${accessKeyId}/${date}/${region}/${service}/aws4_request`;
}
