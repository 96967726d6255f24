import { S3Error, type S3ErrorCode } from "../s3-error.ts";
import type { FolderBuckets } from "../folder-buckets.ts";
import { answerXml, OWNER } from "./s3-answer.ts";
import { CONFIGURATIONS, type S3Operations } from "./s3-route.ts";
import type { XmlContent } from "./body/xml.ts";

type Configuration = (typeof CONFIGURATIONS)[number];

type Answer =
  | readonly [root: string, content: XmlContent]
  | { readonly code: S3ErrorCode; readonly message: string };

const ACL = {
  Owner: OWNER,
  AccessControlList: {
    Grant: {
      Grantee: {
        "@xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
        "@xsi:type": "CanonicalUser",
        ...OWNER,
      },
      Permission: "FULL_CONTROL",
    },
  },
};

const NO_POLICY: Answer = { code: "NoSuchBucketPolicy", message: "The bucket policy does not exist" };

/** What S3 answers of a general purpose bucket that was made with no other setting than its name. */
const ANSWERS: Readonly<Record<Configuration, Answer>> = {
  accelerate: ["AccelerateConfiguration", undefined],
  acl: ["AccessControlPolicy", ACL],
  analytics: ["ListBucketAnalyticsConfigurationResult", { IsTruncated: false }],
  encryption: [
    "ServerSideEncryptionConfiguration",
    {
      Rule: {
        ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" },
        BucketKeyEnabled: false,
      },
    },
  ],
  "intelligent-tiering": ["ListBucketIntelligentTieringConfigurationsOutput", { IsTruncated: false }],
  inventory: ["ListInventoryConfigurationsResult", { IsTruncated: false }],
  lifecycle: {
    code: "NoSuchLifecycleConfiguration",
    message: "The lifecycle configuration does not exist",
  },
  logging: ["BucketLoggingStatus", undefined],
  metrics: ["ListMetricsConfigurationsResult", { IsTruncated: false }],
  notification: ["NotificationConfiguration", undefined],
  "object-lock": {
    code: "ObjectLockConfigurationNotFoundError",
    message: "Object Lock configuration does not exist for this bucket",
  },
  ownershipControls: ["OwnershipControls", { Rule: { ObjectOwnership: "BucketOwnerEnforced" } }],
  policy: NO_POLICY,
  policyStatus: NO_POLICY,
  publicAccessBlock: [
    "PublicAccessBlockConfiguration",
    { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true },
  ],
  replication: {
    code: "ReplicationConfigurationNotFoundError",
    message: "The replication configuration was not found",
  },
  requestPayment: ["RequestPaymentConfiguration", { Payer: "BucketOwner" }],
  tagging: { code: "NoSuchTagSet", message: "The TagSet does not exist" },
  versioning: ["VersioningConfiguration", undefined],
  website: {
    code: "NoSuchWebsiteConfiguration",
    message: "The specified bucket does not have a website configuration",
  },
};

/** A bucket has any number of these, each with an `id`; without one in the query they are listed. */
const LISTED: ReadonlySet<Configuration> = new Set([
  "analytics",
  "intelligent-tiering",
  "inventory",
  "metrics",
]);
const NO_CONFIGURATION: Answer = {
  code: "NoSuchConfiguration",
  message: "The specified configuration does not exist.",
};

/** GETs of configuration. Nothing here can be set: a PUT of it is a 501 that names it. */
export const configurationOperations = ({ buckets }: { buckets: FolderBuckets }) =>
  ({
    async GetBucketConfiguration({ bucket, query }) {
      buckets.folderOf(bucket);
      const name = CONFIGURATIONS.find((one) => query.has(one));
      if (name === undefined) throw new Error("the route selects a configuration");
      const answer = LISTED.has(name) && query.has("id") ? NO_CONFIGURATION : ANSWERS[name];
      if ("code" in answer)
        throw new S3Error(answer.code, answer.message, { details: { BucketName: bucket } });
      return answerXml(...answer);
    },

    async GetObjectAcl({ bucket, key }) {
      buckets.checkObject(bucket, key);
      return answerXml("AccessControlPolicy", ACL);
    },

    async GetObjectTagging({ bucket, key }) {
      buckets.checkObject(bucket, key);
      return answerXml("Tagging", { TagSet: "" });
    },
  }) satisfies Partial<S3Operations>;
