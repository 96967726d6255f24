import { S3Error } from "../errors.ts";
import type { FolderBuckets } from "../folder-buckets.ts";
import { answerNothing, answerXml, isoTime, OWNER, REGION } from "./answer.ts";
import { readXmlBody } from "./payload.ts";
import { countParameter, type S3Request } from "./request.ts";
import type { Operations } from "./route.ts";
import { textOf } from "./xml.ts";

const MAX_BUCKETS = 10_000;

export const bucketOperations = ({ buckets }: { buckets: FolderBuckets }) =>
  ({
    async ListBuckets({ query }) {
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
            BucketRegion: REGION,
          })),
        },
        ContinuationToken: found.length > limit ? page.at(-1)?.name : undefined,
        Prefix: prefix === "" ? undefined : prefix,
      });
    },

    async CreateBucket(request) {
      const region = await requestedRegion(request);
      const isNew = await buckets.createBucket(request.bucket);
      // In its oldest region S3 answers 200 to whoever creates a bucket of their own again.
      if (!isNew && region !== REGION)
        throw new S3Error(
          "BucketAlreadyOwnedByYou",
          "Your previous request to create the named bucket succeeded and you already own it.",
          {
            details: { BucketName: request.bucket },
          },
        );
      return answerNothing(200, { location: `/${request.bucket}` });
    },

    async HeadBucket({ bucket }) {
      buckets.folderOf(bucket);
      return answerNothing(200, { "x-amz-bucket-region": REGION });
    },

    async GetBucketLocation({ bucket }) {
      buckets.folderOf(bucket);
      return answerXml("LocationConstraint", undefined); // What S3 calls us-east-1.
    },

    async DeleteBucket({ bucket }) {
      await buckets.deleteBucket(bucket);
      return answerNothing(204);
    },
  }) satisfies Partial<Operations>;

async function requestedRegion(request: S3Request): Promise<string> {
  const configuration = await readXmlBody(request, "CreateBucketConfiguration");
  return (configuration && textOf(configuration, "LocationConstraint")) ?? REGION;
}
