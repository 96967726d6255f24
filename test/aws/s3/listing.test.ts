import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  ListObjectsCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  paginateListObjectsV2,
} from "@aws-sdk/client-s3";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FolderBuckets } from "../../../src/aws/s3/folder-buckets.ts";
import { bodyOf, call, openFolder, openFront, outcomeOf, type ServedFront, serveFront } from "./front.ts";

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** What S3 lists of these keys, folder markers aside: the reference for what the folders answer. */
function model(keys: readonly string[], prefix: string, delimiter: string, after: string): string[] {
  const items = keys
    .filter((key) => key.startsWith(prefix))
    .map((key) => {
      const end = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
      return end < 0 ? `object ${key}` : `prefix ${key.slice(0, end + delimiter.length)}`;
    });
  return [...new Set(items)]
    .filter((item) => byBytes(item.slice("object ".length), after) > 0)
    .sort((a, b) => byBytes(a.slice("object ".length), b.slice("object ".length)));
}

/** Folders cannot hold a key beside a key below it; of a marker and what is in its folder, the latter stays. */
function fitting(keys: readonly string[]): string[] {
  const held: string[] = [];
  for (const key of new Set(keys)) {
    const [file, folder] = [key.replace(/\/$/, ""), key.replace(/\/?$/, "/")];
    const isBlocked = held.some(
      (other) =>
        (!other.endsWith("/") && folder.startsWith(`${other}/`)) ||
        (!key.endsWith("/") && other.startsWith(folder)),
    );
    if (!isBlocked && file !== "") held.push(key);
  }
  return held.filter(
    (key) => !key.endsWith("/") || !held.some((other) => other !== key && other.startsWith(key)),
  );
}

// Names whose order with "/" behind them, or in UTF-8, is not the order of the names in JavaScript.
const name = fc.constantFrom("a", "a-b", "a0", "a b", "b", "é", "\uff5e", "😀", ".DS_Store", "+&<>%");
const key = fc
  .tuple(fc.array(name, { minLength: 1, maxLength: 4 }), fc.constantFrom("", "", "", "/"))
  .map(([names, end]) => names.join("/") + end);

test("a listing has each key and common prefix once, in the order of their bytes", async () => {
  const root = await openFolder();
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(key, { maxLength: 25 }),
      fc.oneof(
        fc.constant(""),
        key,
        key.map((whole) => whole.slice(0, whole.length / 2)),
        fc.constant("../"),
      ),
      fc.constantFrom("", "/", "/", "-", "a", "a/", "é"),
      fc.oneof(fc.constant(""), key),
      fc.integer({ min: 1, max: 6 }),
      async (candidates, prefix, delimiter, after, maxKeys) => {
        const bucket = `run-${++runs}`;
        const keys = fitting(candidates);
        const buckets = new FolderBuckets(root);
        await buckets.createBucket(bucket);
        for (const one of keys) await writeByHand(join(root, bucket), one);

        const found: string[] = [];
        for (let position: string | undefined = after; position !== undefined;) {
          const page = await buckets.page(bucket, { prefix, delimiter, after: position, maxKeys });
          const items = [
            ...page.objects.map((info) => `object ${info.key}`),
            ...page.commonPrefixes.map((commonPrefix) => `prefix ${commonPrefix}`),
          ];
          expect(items.length).toBeLessThanOrEqual(maxKeys);
          if (page.next !== undefined) expect(items.length).toBe(maxKeys);
          found.push(...items.sort((a, b) => byBytes(a.slice(7), b.slice(7))));
          position = page.next;
        }
        expect(found).toEqual(model(keys, prefix, delimiter, after));

        const listed: string[] = [];
        for await (const info of buckets.list(bucket, prefix)) listed.push(info.key);
        expect(listed).toEqual(keys.filter((one) => one.startsWith(prefix)).sort(byBytes));
      },
    ),
    { numRuns: 150 },
  );
});

async function writeByHand(folder: string, one: string): Promise<void> {
  await mkdir(join(folder, one.endsWith("/") ? one : dirname(one)), { recursive: true });
  if (!one.endsWith("/")) await writeFile(join(folder, one), one);
}

const Bucket = "bucket";

async function serveKeys(...keys: string[]): Promise<ServedFront> {
  const front = await serveFront();
  await front.buckets.createBucket(Bucket);
  for (const one of keys) await writeByHand(join(front.root, Bucket), one);
  return front;
}

const keysOf = (contents: readonly { Key?: string }[] = []) => contents.map(({ Key }) => Key);

describe("over HTTP,", () => {
  test("a client pages through 2500 keys", async () => {
    const keys = Array.from({ length: 2500 }, (_, index) => `study ${index % 7}/${index}.dcm`);
    const { client } = await serveKeys(...keys);
    const found: (string | undefined)[] = [];
    const pages: number[] = [];
    for await (const { Contents, KeyCount = 0 } of paginateListObjectsV2({ client }, { Bucket })) {
      found.push(...keysOf(Contents));
      pages.push(KeyCount);
    }
    expect(found).toEqual(keys.sort(byBytes));
    expect(pages).toEqual([1000, 1000, 500]);
  });

  test("folders are common prefixes, and an empty folder is a marker in its own listing", async () => {
    const { client } = await serveKeys("a/b", "a-b", "empty/", "file");
    const list = (input: Partial<ListObjectsV2CommandInput>) =>
      client.send(new ListObjectsV2Command({ Bucket, Delimiter: "/", ...input }));
    const top = await list({});
    expect([keysOf(top.Contents), top.CommonPrefixes, top.KeyCount]).toEqual([
      ["a-b", "file"],
      [{ Prefix: "a/" }, { Prefix: "empty/" }],
      4,
    ]);
    expect((await list({ Prefix: "empty/" })).Contents).toMatchObject([{ Key: "empty/", Size: 0 }]);
    expect(keysOf((await list({ StartAfter: "a-b" })).Contents)).toEqual(["file"]);
    expect(await list({ MaxKeys: 0 })).toMatchObject({ KeyCount: 0, IsTruncated: false });
    expect(await list({ Prefix: "absent" })).toMatchObject({ KeyCount: 0, IsTruncated: false });
  });

  test("the owner is shown on request", async () => {
    const { client } = await serveKeys("a");
    const owners = [true, false].map(async (FetchOwner) => {
      const { Contents } = await client.send(new ListObjectsV2Command({ Bucket, FetchOwner }));
      return Contents?.[0]?.Owner?.DisplayName;
    });
    expect(await Promise.all(owners)).toEqual(["healthimaging-local", undefined]);
  });

  test("ListObjects continues after a marker", async () => {
    const { client } = await serveKeys("a/1", "a/2", "b", "c/1", "d");
    const list = (MaxKeys: number, Marker?: string) =>
      client.send(new ListObjectsCommand({ Bucket, Delimiter: "/", MaxKeys, Marker }));
    expect(await list(1)).toMatchObject({ IsTruncated: true, NextMarker: "a/" });
    const first = await list(2);
    expect(first).toMatchObject({ IsTruncated: true, NextMarker: "b", CommonPrefixes: [{ Prefix: "a/" }] });
    const second = await list(2, first.NextMarker);
    expect([keysOf(second.Contents), second.CommonPrefixes, second.IsTruncated]).toEqual([
      ["d"],
      [{ Prefix: "c/" }],
      false,
    ]);
  });

  test("keys with special characters are listed unchanged, or encoded on request", async () => {
    const odd = "a+b &<>\"'%/ü 😀";
    const { client, handle } = await serveKeys(odd);
    const { Contents } = await client.send(new ListObjectsV2Command({ Bucket, Prefix: "a+b &" }));
    expect(keysOf(Contents)).toEqual([odd]);
    const target = "/bucket?list-type=2&encoding-type=url&prefix=a%2Bb%20";
    const xml = await bodyOf(await call(handle, { target }));
    expect(xml).toContain(`<Key>${encodeURIComponent(odd).replace("%2F", "/")}</Key>`);
    expect(xml).toContain("<Prefix>a%2Bb%20</Prefix>");
  });

  test.each([
    "max-keys=x",
    "max-keys=-1",
    "encoding-type=xml",
    "continuation-token=%21",
    "continuation-token=",
  ])("%s is refused", async (query) => {
    const { handle, buckets } = await openFront();
    await buckets.createBucket(Bucket);
    const answer = call(handle, { target: `/bucket?list-type=2&${query}` });
    expect(await outcomeOf(answer)).toBe("400 InvalidArgument");
  });
});
