import {
  GetBucketAccelerateConfigurationCommand,
  GetBucketAclCommand,
  GetBucketEncryptionCommand,
  GetBucketLoggingCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketRequestPaymentCommand,
  GetBucketVersioningCommand,
  GetObjectAclCommand,
  GetPublicAccessBlockCommand,
  ListBucketAnalyticsConfigurationsCommand,
  ListBucketIntelligentTieringConfigurationsCommand,
  ListBucketInventoryConfigurationsCommand,
  ListBucketMetricsConfigurationsCommand,
} from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";
import { call, openFront, outcomeOf, serveFront } from "../front.ts";

const Bucket = "dicom-input";

async function openBucket() {
  const front = await openFront();
  await front.buckets.createBucket(Bucket);
  await front.buckets.write(Bucket, "key", Buffer.from("text"));
  return front;
}

describe("a bucket without settings", () => {
  test.each([
    ["cors", "404 NoSuchCORSConfiguration"],
    ["lifecycle", "404 NoSuchLifecycleConfiguration"],
    ["policy", "404 NoSuchBucketPolicy"],
    ["policyStatus", "404 NoSuchBucketPolicy"],
    ["tagging", "404 NoSuchTagSet"],
    ["website", "404 NoSuchWebsiteConfiguration"],
    ["object-lock", "404 ObjectLockConfigurationNotFoundError"],
    ["replication", "404 ReplicationConfigurationNotFoundError"],
    ["metrics&id=all", "404 NoSuchConfiguration"],
    ["inventory&id=all", "404 NoSuchConfiguration"],
  ])("has no ?%s: %s", async (name, outcome) => {
    const { handle } = await openBucket();
    expect(await outcomeOf(call(handle, { target: `/${Bucket}?${name}` }))).toBe(outcome);
    expect(await outcomeOf(call(handle, { target: `/missing?${name}` }))).toBe("404 NoSuchBucket");
  });

  test("is plain, private, encrypted and its owner's, as the SDK reads it", async () => {
    const { client, buckets } = await serveFront();
    await buckets.createBucket(Bucket);
    await buckets.write(Bucket, "key", Buffer.from("text"));
    const owner = { ID: "0".repeat(64), DisplayName: "healthimaging-local" };
    const acl = {
      Owner: owner,
      Grants: [{ Grantee: { ...owner, Type: "CanonicalUser" }, Permission: "FULL_CONTROL" }],
    };
    const at = { Bucket };
    expect(await client.send(new GetBucketAclCommand(at))).toMatchObject(acl);
    expect(await client.send(new GetObjectAclCommand({ ...at, Key: "key" }))).toMatchObject(acl);
    const { ServerSideEncryptionConfiguration } = await client.send(new GetBucketEncryptionCommand(at));
    expect(ServerSideEncryptionConfiguration?.Rules).toEqual([
      { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" }, BucketKeyEnabled: false },
    ]);
    const { OwnershipControls } = await client.send(new GetBucketOwnershipControlsCommand(at));
    expect(OwnershipControls?.Rules).toEqual([{ ObjectOwnership: "BucketOwnerEnforced" }]);
    const { PublicAccessBlockConfiguration } = await client.send(new GetPublicAccessBlockCommand(at));
    expect(Object.values(PublicAccessBlockConfiguration ?? {})).toEqual([true, true, true, true]);
    expect(await client.send(new GetBucketRequestPaymentCommand(at))).toMatchObject({ Payer: "BucketOwner" });
    const { Status } = await client.send(new GetBucketVersioningCommand(at));
    const { Status: accelerate } = await client.send(new GetBucketAccelerateConfigurationCommand(at));
    const { LoggingEnabled } = await client.send(new GetBucketLoggingCommand(at));
    const { TopicConfigurations } = await client.send(new GetBucketNotificationConfigurationCommand(at));
    expect([Status, accelerate, LoggingEnabled, TopicConfigurations]).toEqual(Array(4).fill(undefined));
    for (const list of [
      ListBucketAnalyticsConfigurationsCommand,
      ListBucketIntelligentTieringConfigurationsCommand,
      ListBucketInventoryConfigurationsCommand,
      ListBucketMetricsConfigurationsCommand,
    ])
      expect(await client.send(new list(at))).toMatchObject({ IsTruncated: false });
  });

  test.each(["acl", "tagging"])("has no ?%s of an object that is not there", async (name) => {
    const { handle } = await openBucket();
    expect(await outcomeOf(call(handle, { target: `/${Bucket}/absent?${name}` }))).toBe("404 NoSuchKey");
  });
});

describe("the CORS rules of a bucket", () => {
  const RULE = "<AllowedOrigin>https://a.example</AllowedOrigin><AllowedMethod>GET</AllowedMethod>";
  const rules = (...rule: string[]) =>
    `<CORSConfiguration>${rule.map((one) => `<CORSRule>${one}</CORSRule>`).join("")}</CORSConfiguration>`;
  const put = async (body: string) => {
    const front = await openBucket();
    const outcome = await outcomeOf(call(front.handle, { method: "PUT", target: `/${Bucket}?cors`, body }));
    return { ...front, outcome };
  };

  test("are answered as they were put, in their order, until they are deleted or their bucket is", async () => {
    const first = `<ID>one</ID><AllowedHeader>*</AllowedHeader>${RULE}<ExposeHeader>ETag</ExposeHeader><MaxAgeSeconds>30</MaxAgeSeconds>`;
    const second =
      "<AllowedMethod>PUT</AllowedMethod><AllowedMethod>POST</AllowedMethod><AllowedOrigin>*</AllowedOrigin>";
    const { handle, outcome, buckets } = await put(rules(first, second));
    expect(outcome).toBe("200");
    const get = async () =>
      (await outcomeOf(call(handle, { target: `/${Bucket}?cors` }))).replaceAll(/ xmlns="[^"]*"/g, "");
    expect(await get()).toContain(
      "<CORSRule><ID>one</ID><AllowedHeader>*</AllowedHeader><AllowedMethod>GET</AllowedMethod><AllowedOrigin>https://a.example</AllowedOrigin><ExposeHeader>ETag</ExposeHeader><MaxAgeSeconds>30</MaxAgeSeconds></CORSRule><CORSRule><AllowedMethod>PUT</AllowedMethod><AllowedMethod>POST</AllowedMethod><AllowedOrigin>*</AllowedOrigin></CORSRule>",
    );
    const remove = { method: "DELETE", target: `/${Bucket}?cors` };
    expect(await outcomeOf(call(handle, remove))).toBe("204");
    expect(await outcomeOf(call(handle, remove))).toBe("204");
    expect(await get()).toBe("404 NoSuchCORSConfiguration");
    await call(handle, { method: "PUT", target: `/${Bucket}?cors`, body: rules(RULE) });
    await buckets.delete(Bucket, "key");
    await buckets.deleteBucket(Bucket);
    await buckets.createBucket(Bucket);
    expect(await get()).toBe("404 NoSuchCORSConfiguration");
  });

  test.each([
    ["", "400 MalformedXML"],
    [rules(), "400 MalformedXML"],
    [rules("<AllowedMethod>GET</AllowedMethod>"), "400 MalformedXML"],
    [rules(`${RULE}<MaxAgeSeconds>x</MaxAgeSeconds>`), "400 MalformedXML"],
    [rules(...Array<string>(101).fill(RULE)), "400 MalformedXML"],
    [rules(`${RULE}<AllowedMethod>PATCH</AllowedMethod>`), "400 InvalidRequest"],
    [rules(`${RULE}<AllowedOrigin>*.*</AllowedOrigin>`), "400 InvalidRequest"],
    [rules(`${RULE}<AllowedHeader>**</AllowedHeader>`), "400 InvalidRequest"],
    [rules(`${RULE}<ExposeHeader>*</ExposeHeader>`), "400 InvalidRequest"],
    [rules(`${RULE}<ExposeHeader>a&#13;b: c</ExposeHeader>`), "400 InvalidRequest"],
  ])("are refused as %s: %s", async (body, refused) => {
    const { handle, outcome } = await put(body);
    expect(outcome).toBe(refused);
    expect(await outcomeOf(call(handle, { target: `/${Bucket}?cors` }))).toBe("404 NoSuchCORSConfiguration");
  });

  test("are refused where they are longer than 64 KB", async () => {
    const { outcome } = await put(
      rules(RULE + "<AllowedOrigin>https://a.example</AllowedOrigin>".repeat(1400)),
    );
    expect(outcome).toBe("400 MaxMessageLengthExceeded");
  });

  test.each(["PUT", "GET", "DELETE"])("cannot be of a bucket that is not there: %s", async (method) => {
    const { handle } = await openBucket();
    const answer = call(handle, {
      method,
      target: "/missing?cors",
      body: method === "PUT" ? rules(RULE) : "",
    });
    expect(await outcomeOf(answer)).toBe("404 NoSuchBucket");
  });
});
