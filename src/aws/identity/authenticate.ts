import { isAccount } from "../../api/account.ts";
import { ServiceError } from "../../api/errors.ts";
import type { Scope } from "../../api/arns.ts";
import type { HttpRequest } from "../../api/http.ts";
import type { Caller } from "../../domain/caller.ts";

/** A caller, and the service that the request was signed for: `medical-imaging`, `s3` ... */
export interface Authenticated extends Caller {
  readonly service: string | undefined;
}

/**
 * Reads the credential scope of a Signature Version 4 request, from its Authorization header or from the
 * query of a presigned URL. The region is the scope's; the account is the access key if that is 12 digits. A
 * request without a scope belongs to the default account and region.
 * @throws ServiceError IncompleteSignatureException for an AWS4 header without a readable scope.
 */
export function authenticate(
  request: Pick<HttpRequest, "headers" | "query">,
  defaults: Scope,
): Authenticated {
  const credential = readCredential(request);
  if (credential === undefined) return { ...defaults, accessKeyId: undefined, service: undefined };
  const parts = credential.split("/");
  const [region, service, terminator] = parts.slice(-3);
  const accessKeyId = parts.slice(0, -4).join("/");
  const isWhole = accessKeyId !== "" && region && service && terminator === "aws4_request";
  if (!isWhole || /[^\x21-\x7e]/.test(credential)) {
    const expected = "Credential must be ACCESS_KEY/DATE/REGION/SERVICE/aws4_request";
    throw new ServiceError("IncompleteSignatureException", `${expected}, got '${encodeURI(credential)}'.`, {
      logged: { message: `${expected}.` },
    });
  }
  const account = isAccount(accessKeyId) ? accessKeyId : defaults.account;
  return { account, region, accessKeyId, service };
}

function readCredential({ headers, query }: Pick<HttpRequest, "headers" | "query">): string | undefined {
  const { authorization } = headers;
  if (authorization?.startsWith("AWS4-")) {
    const credential = /Credential=([^,\s]+)/.exec(authorization)?.[1];
    if (credential === undefined)
      throw new ServiceError(
        "IncompleteSignatureException",
        "Authorization header requires 'Credential' parameter.",
      );
    return credential;
  }
  if (!query.includes("X-Amz-Credential")) return undefined;
  return new URLSearchParams(query).get("X-Amz-Credential") ?? undefined;
}
