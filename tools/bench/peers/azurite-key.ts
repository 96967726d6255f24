import { createHmac } from "node:crypto";
import type { Asked } from "../load/load.ts";

/** An account of our own, in place of Azurite's well-known one. */
const ACCOUNT = "bench";
const KEY = Buffer.from("a key for the bench alone");

export const AZURITE_ENVIRONMENT = { AZURITE_ACCOUNTS: `${ACCOUNT}:${KEY.toString("base64")}` };

/** List Containers, signed by Shared Key: Azure Storage's reference, "Authorize with Shared Key". */
export function listContainers(): Asked {
  const headers = { "x-ms-date": new Date().toUTCString(), "x-ms-version": "2021-10-04" };
  const canonicalHeaders = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
  // The path holds the account twice: as the host of an emulator, and as the account itself.
  const resource = `/${ACCOUNT}/${ACCOUNT}\ncomp:list`;
  const text = `GET${"\n".repeat(12)}${canonicalHeaders.join("")}${resource}`;
  const signature = createHmac("sha256", KEY).update(text, "utf8").digest("base64");
  const authorization = `SharedKey ${ACCOUNT}:${signature}`;
  return { method: "GET", path: `/${ACCOUNT}?comp=list`, headers: { ...headers, authorization } };
}
