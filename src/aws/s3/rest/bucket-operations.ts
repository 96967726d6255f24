import { ownerOf, type BucketOwners } from "../../../domain/import-jobs/bucket-owner.ts";
import { S3Error } from "../s3-error.ts";
import type { FolderBuckets } from "../folder-buckets.ts";
import { answerS3Nothing, answerXml, isoTime, OWNER, REGION } from "./s3-answer.ts";
import { readXmlBody } from "./body/payload.ts";
import { countParameter, type S3Request } from "./s3-request.ts";
import type { S3Operations } from "./s3-route.ts";
import { textOf } from "./body/xml.ts";

const MAX_BUCKETS = 10_000;

interface BucketOperationsDependencies {
  readonly buckets: FolderBuckets;
  readonly bucketOwners: BucketOwners;
}

export const bucketOperations = ({ buckets, bucketOwners }: BucketOperationsDependencies) =>
  ({
    async ListBuckets({ query, caller }) {
      const prefix = query.get("prefix") ?? "";
      const after = query.get("continuation-token") ?? "";
      const limit = countParameter(query, "max-buckets", MAX_BUCKETS);
      const found = (await buckets.listBuckets()).filter(
        ({ name }) => name.startsWith(prefix) && name > after,
      );
      const page = found.slice(0, limit);
      return answerXml("ListAllMyBucketsResult", {
        Owner: OWNER,
        Buckets: {
          Bucket: page.map(({ name, createdMs }) => ({
            Name: name,
            CreationDate: isoTime(createdMs),
            BucketRegion: ownerOf(bucketOwners, name, caller).region,
          })),
        },
        ContinuationToken: found.length > limit ? page.at(-1)?.name : undefined,
        Prefix: prefix === "" ? undefined : prefix,
      });
    },

    async CreateBucket(request) {
      const region = await requestedRegion(request);
      const isNew = await buckets.createBucket(request.bucket);
      // In its oldest region S3 answers 200 to an owner who creates a bucket again.
      if (!isNew && region !== REGION)
        throw new S3Error(
          "BucketAlreadyOwnedByYou",
          "Your previous request to create the named bucket succeeded and you already own it.",
          {
            details: { BucketName: request.bucket },
          },
        );
      return answerS3Nothing(200, { location: `/${request.bucket}` });
    },

    async HeadBucket({ bucket, caller }) {
      buckets.folderOf(bucket);
      const { region } = ownerOf(bucketOwners, bucket, caller);
      return answerS3Nothing(200, { "x-amz-bucket-region": region });
    },

    async GetBucketLocation({ bucket, caller }) {
      buckets.folderOf(bucket);
      const { region } = ownerOf(bucketOwners, bucket, caller);
      // S3's oldest region has an empty location constraint.
      return answerXml("LocationConstraint", region === REGION ? undefined : region);
    },

    async DeleteBucket({ bucket }) {
      await buckets.deleteBucket(bucket);
      return answerS3Nothing(204);
    },
  }) satisfies Partial<S3Operations>;

async function requestedRegion(request: S3Request): Promise<string> {
  const configuration = await readXmlBody(request, "CreateBucketConfiguration");
  return (configuration && textOf(configuration, "LocationConstraint")) ?? REGION;
}
