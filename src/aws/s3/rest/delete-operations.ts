import { asS3Error, S3Error } from "../s3-error.ts";
import type { FolderBuckets } from "../folder-buckets.ts";
import { answerS3Nothing, answerXml } from "./s3-answer.ts";
import { readXmlBody } from "./body/payload.ts";
import { notImplemented, type S3Operations } from "./s3-route.ts";
import { knowingPermitOf } from "./write-operations.ts";
import { elementsOf, malformed, textOf, type XmlContent, type XmlElement } from "./body/xml.ts";

const MAX_KEYS = 1000;
/** Conditions on single keys. Ignoring them would delete what a client wants to keep. */
const CONDITIONS = ["ETag", "LastModifiedTime", "Size"];

export const deleteOperations = ({ buckets }: { buckets: FolderBuckets }) =>
  ({
    async DeleteObject(request) {
      await buckets.delete(request.bucket, request.key, await knowingPermitOf(buckets, request));
      return answerS3Nothing(204);
    },

    async DeleteObjects(request) {
      const { bucket } = request;
      const order = await readXmlBody(request, "Delete");
      if (order === undefined) throw malformed("the body is empty");
      const objects = elementsOf(order, "Object");
      if (objects.length === 0 || objects.length > MAX_KEYS)
        throw malformed(`expected 1 to ${MAX_KEYS} objects, got ${objects.length}`);
      const keys = objects.map(keyOf);
      buckets.folderOf(bucket);
      const deleted: XmlContent[] = [];
      const failed: XmlContent[] = [];
      for (const [index, key] of keys.entries()) {
        const error = await failureOf(buckets, bucket, key, objects[index]);
        if (error === undefined) deleted.push({ Key: key });
        else failed.push({ Key: key, Code: error.code, Message: error.message });
      }
      const isQuiet = textOf(order, "Quiet")?.trim() === "true";
      return answerXml("DeleteResult", { Deleted: isQuiet ? [] : deleted, Error: failed });
    },
  }) satisfies Partial<S3Operations>;

function keyOf(object: XmlElement): string {
  const key = textOf(object, "Key");
  if (key === undefined) throw malformed("an <Object> has no <Key>");
  return key;
}

async function failureOf(
  buckets: FolderBuckets,
  bucket: string,
  key: string,
  object: XmlElement = {},
): Promise<S3Error | undefined> {
  if ((textOf(object, "VersionId") ?? "null") !== "null") return notImplemented("versions of objects");
  if (CONDITIONS.some((name) => object[name] !== undefined))
    return notImplemented("conditions in DeleteObjects");
  try {
    await buckets.delete(bucket, key);
    return undefined;
  } catch (error) {
    return asS3Error(error);
  }
}
