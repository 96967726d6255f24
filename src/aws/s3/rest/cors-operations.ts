import { S3Error } from "../s3-error.ts";
import type { FolderBuckets } from "../folder-buckets.ts";
import { removeCorsFile, writeCorsFile } from "../metadata/cors-file.ts";
import type { CorsRule } from "../metadata/cors-rules.ts";
import { answerS3Nothing, answerXml } from "./s3-answer.ts";
import { readXmlBody } from "./body/payload.ts";
import type { S3Operations } from "./s3-route.ts";
import { elementsOf, malformed, textOf, textsOf, type XmlElement } from "./body/xml.ts";

/** S3's own: the rules are read for each request of a page. */
const MAX_BYTES = 64 * 1024;
const MAX_RULES = 100;
const METHODS = new Set(["GET", "PUT", "POST", "DELETE", "HEAD"]);

export const corsOperations = ({ buckets }: { buckets: FolderBuckets }) =>
  ({
    async PutBucketCors(request) {
      const { bucket } = request;
      const configuration = await readXmlBody(request, "CORSConfiguration", MAX_BYTES);
      const rules = configuration === undefined ? [] : elementsOf(configuration, "CORSRule").map(readRule);
      if (rules.length === 0 || rules.length > MAX_RULES)
        throw malformed(`expected 1 to ${MAX_RULES} CORS rules, got ${rules.length}`);
      buckets.folderOf(bucket);
      writeCorsFile(buckets.metadata.folderOf(bucket), rules);
      return answerS3Nothing(200);
    },

    async GetBucketCors({ bucket }) {
      buckets.folderOf(bucket);
      const rules = buckets.metadata.corsRulesOf(bucket);
      if (rules === undefined)
        throw new S3Error("NoSuchCORSConfiguration", "The CORS configuration does not exist", {
          details: { BucketName: bucket },
        });
      return answerXml("CORSConfiguration", {
        CORSRule: rules.map((rule) => ({
          ID: rule.id,
          AllowedHeader: rule.allowedHeaders,
          AllowedMethod: rule.allowedMethods,
          AllowedOrigin: rule.allowedOrigins,
          ExposeHeader: rule.exposeHeaders,
          MaxAgeSeconds: rule.maxAgeSeconds,
        })),
      });
    },

    async DeleteBucketCors({ bucket }) {
      buckets.folderOf(bucket);
      removeCorsFile(buckets.metadata.folderOf(bucket));
      return answerS3Nothing(204);
    },
  }) satisfies Partial<S3Operations>;

function readRule(element: XmlElement): CorsRule {
  const rule = {
    allowedOrigins: textsOf(element, "AllowedOrigin"),
    allowedMethods: textsOf(element, "AllowedMethod"),
    allowedHeaders: textsOf(element, "AllowedHeader"),
    exposeHeaders: textsOf(element, "ExposeHeader"),
  };
  if (rule.allowedOrigins.length === 0 || rule.allowedMethods.length === 0)
    throw malformed("expected an <AllowedOrigin> and an <AllowedMethod> in each <CORSRule>");
  const method = rule.allowedMethods.find((one) => !METHODS.has(one));
  if (method !== undefined)
    throw invalid(`Found unsupported HTTP method in CORS config. Unsupported method is ${method}`);
  checkPatterns("AllowedOrigin", rule.allowedOrigins, 1);
  checkPatterns("AllowedHeader", rule.allowedHeaders, 1);
  checkPatterns("ExposeHeader", rule.exposeHeaders, 0);
  const [id, maxAgeSeconds] = [textOf(element, "ID"), maxAgeOf(element)];
  return { ...(id !== undefined && { id }), ...rule, ...(maxAgeSeconds !== undefined && { maxAgeSeconds }) };
}

function checkPatterns(name: string, patterns: readonly string[], wildcards: 0 | 1): void {
  for (const pattern of patterns) {
    // Each goes into a header of an answer.
    if (!/^[\x20-\x7e]+$/.test(pattern)) throw invalid(`${name} "${pattern}" is not a header's value`);
    if (pattern.split("*").length - 1 > wildcards)
      throw invalid(
        wildcards === 1
          ? `${name} "${pattern}" can not have more than one wildcard.`
          : `${name} "${pattern}" contains wildcard. We currently do not support wildcard for ${name}.`,
      );
  }
}

function maxAgeOf(element: XmlElement): number | undefined {
  const text = textOf(element, "MaxAgeSeconds")?.trim();
  if (text === undefined) return undefined;
  if (!/^\d{1,10}$/.test(text)) throw malformed(`expected a number in <MaxAgeSeconds>, got "${text}"`);
  return Number(text);
}

const invalid = (message: string): S3Error => new S3Error("InvalidRequest", message);
