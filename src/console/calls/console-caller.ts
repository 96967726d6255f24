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

/** The headers that name the caller, and the console: the report of what clients do leaves its requests out. */
export function callerHeaders(service: "medical-imaging" | "s3"): Record<string, string> {
  const caller = currentCaller();
  const own = { "x-amz-user-agent": USER_AGENT };
  if (caller === undefined) return own;
  const date = new Date().toISOString().slice(0, 10).replaceAll("-", "");
  const credential = `${caller.accessKeyId}/${date}/${caller.region}/${service}/aws4_request`;
  return {
    ...own,
    authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=${"0".repeat(64)}`,
  };
}
