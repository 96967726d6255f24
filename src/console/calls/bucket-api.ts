import { callerHeaders } from "./console-caller.ts";
import { carry } from "./carry.ts";

export interface ListedObject {
  readonly key: string;
  readonly byteLength: number;
  /** ISO 8601. */
  readonly lastModified: string;
}

export interface ObjectPage {
  /** What the bucket shows as folders: prefixes that end with `/`. */
  readonly folders: readonly string[];
  readonly objects: readonly ListedObject[];
  readonly nextToken: string | undefined;
}

/** A request of S3's. @throws CallError */
export const callS3 = (
  method: "GET" | "PUT" | "DELETE",
  path: string,
  body?: Blob,
  accepts: readonly number[] = [],
): Promise<Response> => carry(path, { method, headers: callerHeaders("s3"), ...(body && { body }) }, accepts);

export const objectPath = (bucket: string, key: string): string =>
  `/${bucket}/${key.split("/").map(encodeURIComponent).join("/")}`;

export async function listBuckets(): Promise<{ name: string; createdAt: string }[]> {
  const xml = await readXml(await callS3("GET", "/"));
  return elementsOf(xml, "Bucket").map((bucket) => ({
    name: textIn(bucket, "Name"),
    createdAt: textIn(bucket, "CreationDate"),
  }));
}

/** One folder of a bucket, at most 200 entries. */
export async function listFolder(
  bucket: string,
  prefix: string,
  token: string | undefined,
): Promise<ObjectPage> {
  const query = new URLSearchParams({
    "list-type": "2",
    delimiter: "/",
    prefix,
    "max-keys": "200",
    ...(token !== undefined && { "continuation-token": token }),
  });
  const xml = await readXml(await callS3("GET", `/${bucket}?${query.toString()}`));
  return {
    folders: elementsOf(xml, "CommonPrefixes").map((entry) => textIn(entry, "Prefix")),
    objects: elementsOf(xml, "Contents").map((entry) => ({
      key: textIn(entry, "Key"),
      byteLength: Number(textIn(entry, "Size")),
      lastModified: textIn(entry, "LastModified"),
    })),
    nextToken: textIn(xml, "NextContinuationToken") || undefined,
  };
}

async function readXml(response: Response): Promise<Element> {
  return new DOMParser().parseFromString(await response.text(), "application/xml").documentElement;
}

const elementsOf = (parent: Element, name: string): Element[] => [...parent.getElementsByTagName(name)];

const textIn = (parent: Element, name: string): string =>
  parent.getElementsByTagName(name)[0]?.textContent ?? "";
